/** Direct login: the password is an HMAC over the device's names, made on the spot. */
import * as z from 'zod';
import { wholeNumber } from '../../input/fields.ts';
import { generatedSecret } from '../../model/devices/generated-devices.ts';
import { type Auth, SIGNMETHODS, type Signmethod, type Timestamp } from '../../model/scenario.ts';
import type { LoginMethod } from '../platform.ts';
import { credentialsOf, timestampText } from './credentials.ts';
import { securemodeOf } from './endpoint.ts';

export interface HmacSettings extends Auth {
  method: 'hmac';
  signmethod: Signmethod;
  timestamp: Timestamp;
}

export const hmac = {
  name: 'hmac',
  settings: {
    signmethod: z.enum(SIGNMETHODS).prefault('hmacsha1').meta({ description: 'The HMAC of the password' }),
    timestamp: z
      .union([z.enum(['now', 'omit']), wholeNumber(0)], {
        error: 'is no timestamp; write now, omit or a number of ms',
      })
      .prefault('now')
      .meta({ description: 'now, omit, or a number of ms: a part of the signed content' }),
  },
  names: ['productKey', 'deviceName'],
  nameFrom: [],
  columns: [
    {
      name: 'deviceSecret',
      isSecret: true,
      otherNames: ['设备密钥', '设备秘钥', '密钥', '秘钥', 'secret', 'ds'],
      generated: generatedSecret,
    },
  ],
  phases: [],
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
