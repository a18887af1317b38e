/** The password is an HMAC over the user name, in which an expiry stands (https://cloud.tencent.com/document/product/634/32546). */
import { createHmac } from 'node:crypto';

export const TENCENT_HASH = { hmacsha256: 'sha256', hmacsha1: 'sha1' } as const;
export type TencentSignmethod = keyof typeof TENCENT_HASH;

/** `psk` is the secret's bytes. */
export function tencentPassword(username: string, psk: Buffer, signmethod: TencentSignmethod): string {
  return `${createHmac(TENCENT_HASH[signmethod], psk).update(username).digest('hex')};${signmethod}`;
}
