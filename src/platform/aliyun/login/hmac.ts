/** Direct login: the password is an HMAC over the device's names, made on the spot. */
import { generatedSecret } from '../../../model/devices/generated-devices.ts';
import type { Auth, Signmethod, Timestamp } from '../../../model/scenario.ts';
import type { LoginMethod } from '../../platform.ts';
import { securemodeOf } from '../endpoint.ts';
import { credentialsOf, timestampText } from '../signing/credentials.ts';

export interface HmacSettings extends Auth {
  method: 'hmac';
  signmethod: Signmethod;
  timestamp: Timestamp;
}

export const hmac = {
  name: 'hmac',
  settings: () => import('./hmac-settings.ts'),
  names: ['productKey', 'deviceName'],
  nameFrom: [],
  columns: [
    {
      name: 'deviceSecret',
      isSecret: true,
      aliases: ['设备密钥', '设备证书'],
      otherNames: ['设备秘钥', '密钥', '秘钥', 'secret', 'ds'],
      generated: generatedSecret,
    },
  ],
  word: ({ signmethod }) => signmethod,
  prepare:
    ({ signmethod, timestamp }, devices) =>
    (device, row, { protocol }, epochMs) =>
      credentialsOf(
        device,
        devices.secret(row),
        signmethod,
        securemodeOf(protocol),
        timestampText(timestamp, epochMs),
      ),
} satisfies LoginMethod<HmacSettings>;

export function isHmac(auth: Auth): auth is HmacSettings {
  return auth.method === hmac.name;
}
