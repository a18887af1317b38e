/** Signs a device in with a user name of its own for each attempt. */
import { randomInt } from 'node:crypto';
import type { Auth } from '../../../model/scenario.ts';
import type { LoginMethod } from '../../login-method.ts';
import { bytesOfBase64, DEVICE_KEY_BASE64, epochSec } from '../names.ts';
import { type TencentSignmethod, tencentPassword } from './password.ts';

export interface TencentSettings extends Auth {
  signmethod: TencentSignmethod;
  appId: string;
  /** µs */
  expires: number;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Five letters that tell one connection of a device from the next. */
function connectionId(): string {
  return Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

export const tencentHmac = {
  name: 'hmac',
  settings: () => import('./hmac-settings.ts'),
  names: ['productKey', 'deviceName'],
  nameFrom: [],
  columns: [DEVICE_KEY_BASE64],
  word: ({ signmethod }) => signmethod,
  prepare:
    ({ signmethod, appId, expires }, devices) =>
    ({ productKey, deviceName }, row, _endpoint, epochMs) => {
      const mqttClientId = productKey + deviceName;
      const expiry = epochSec(epochMs + expires / 1000);
      const username = `${mqttClientId};${appId};${connectionId()};${expiry}`;
      const password = tencentPassword(username, bytesOfBase64(devices.secret(row)), signmethod);
      return { mqttClientId, username, password };
    },
} satisfies LoginMethod<TencentSettings>;
