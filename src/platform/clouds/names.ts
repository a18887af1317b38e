/** What the device lists of these platforms have in common. */
import { generatedSecret } from '../../model/devices/generated-devices.ts';
import type { Platform } from '../platform.ts';

type Devices = Platform['devices'];
type Column = Platform['methods'][number]['columns'][number];

/** Checks names against what the platform documents of them; a client id of the list is no name of the platform's. */
export function namesOf(pattern: RegExp, what: string): Devices['trouble'] {
  return (name, value) =>
    name === 'clientId' || pattern.test(value)
      ? undefined
      : {
          kind: `${name} of a form the platform does not take`,
          message: `${name} is none that the platform takes`,
          hint: what,
        };
}

const OTHER_NAMES = ['secret', 'key', 'ds', 'psk', 'devicekey', 'accesskey', '设备密钥', '密钥'];

/** The secret of each device. */
export const DEVICE_SECRET = {
  name: 'deviceSecret',
  isSecret: true,
  otherNames: OTHER_NAMES,
  generated: generatedSecret,
} satisfies Column;

/** A secret that is bytes, written in base64. */
export const DEVICE_KEY_BASE64 = {
  ...DEVICE_SECRET,
  generated: (productKey: string, deviceName: string) =>
    Buffer.from(generatedSecret(productKey, deviceName)).toString('base64'),
} satisfies Column;

/** The bytes that a column in base64 holds. */
export function bytesOfBase64(column: Buffer): Buffer {
  return Buffer.from(column.toString('latin1'), 'base64');
}

export function epochSec(epochMs: number): number {
  return Math.floor(epochMs / 1000);
}
