/** Signs a device in with a user name that says when, or with one for ever. */
import type { Auth } from '../../../model/scenario.ts';
import type { LoginMethod } from '../../login-method.ts';
import { DEVICE_SECRET, epochSec } from '../names.ts';
import { type BaiduMethod, baiduPassword } from './password.ts';

export interface BaiduSettings extends Auth {
  signmethod: BaiduMethod;
  timestamp: 'now' | 'omit';
}

export const baiduSignature = {
  name: 'signature',
  settings: () => import('./signature-settings.ts'),
  names: ['productKey', 'deviceName'],
  nameFrom: [],
  columns: [DEVICE_SECRET],
  word: ({ signmethod }) => signmethod,
  prepare:
    ({ signmethod, timestamp }, devices) =>
    ({ productKey, deviceName, clientId }, row, _endpoint, epochMs) => {
      const time = timestamp === 'now' ? String(epochSec(epochMs)) : '0';
      const inName = timestamp === 'now' ? `${time}|` : '';
      return {
        mqttClientId: clientId,
        username: `thingidp@${productKey}|${deviceName}|${inName}${signmethod}`,
        password: baiduPassword(deviceName, time, signmethod, devices.loginColumn(row, 0)),
      };
    },
} satisfies LoginMethod<BaiduSettings>;
