/**
 * TLS-PSK as the platform has it [sdk]: identity `devicename|hmacsha256|<pk>&<dn>|<timestamp>`, and as key the hex digits, in
 * capitals and as text, of HMAC-SHA256(DeviceSecret, `id<pk>&<dn>timestamp<timestamp>`).
 */
import type { PresharedKey } from '../../endpoint.ts';
import { hmacHex } from './credentials.ts';

/** The SDK's constant: the platform looks at no clock. */
export const PSK_TIMESTAMP = '2524608000000';

export function pskOf(
  productKey: string,
  deviceName: string,
  deviceSecret: string | Buffer,
  timestamp = PSK_TIMESTAMP,
): PresharedKey {
  const names = `${productKey}&${deviceName}`;
  const key = hmacHex('hmacsha256', deviceSecret, `id${names}timestamp${timestamp}`).toUpperCase();
  return { identity: `devicename|hmacsha256|${names}|${timestamp}`, key: Buffer.from(key) };
}

export interface PskIdentity {
  productKey: string;
  deviceName: string;
  timestamp: string;
}

/** Undefined where it is of another form. */
export function readPskIdentity(identity: string): PskIdentity | undefined {
  const [type, signmethod, names = '', timestamp, ...more] = identity.split('|');
  const [productKey, deviceName, ...others] = names.split('&');
  const isSound = type === 'devicename' && signmethod === 'hmacsha256' && timestamp !== undefined;
  if (!isSound || more.length > 0 || others.length > 0 || !productKey || !deviceName) return undefined;
  return { productKey, deviceName, timestamp };
}
