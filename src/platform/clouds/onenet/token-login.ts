/** Signs a device in with a token of its own for each attempt. */
import type { Auth } from '../../../model/scenario.ts';
import type { LoginMethod } from '../../login-method.ts';
import { bytesOfBase64, DEVICE_KEY_BASE64, epochSec } from '../names.ts';
import { type OnenetHash, onenetToken, resourceOf } from './token.ts';

export interface OnenetSettings extends Auth {
  signmethod: OnenetHash;
  /** µs */
  expires: number;
}

export const onenetTokenLogin = {
  name: 'token',
  settings: () => import('./token-settings.ts'),
  names: ['productKey', 'deviceName'],
  nameFrom: [],
  columns: [DEVICE_KEY_BASE64],
  word: ({ signmethod }) => `token ${signmethod}`,
  prepare:
    ({ signmethod, expires }, devices) =>
    ({ productKey, deviceName }, row, _endpoint, epochMs) => ({
      mqttClientId: deviceName,
      username: productKey,
      password: onenetToken(
        resourceOf(productKey, deviceName),
        String(epochSec(epochMs + expires / 1000)),
        signmethod,
        bytesOfBase64(devices.secret(row)),
      ),
    }),
} satisfies LoginMethod<OnenetSettings>;
