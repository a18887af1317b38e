/** The password is a token: what it is for, until when, and a signature over both (https://onenet.hk.chinamobile.com/doc/mqtt/book/manual/auth/token.html). */
import { createHmac } from 'node:crypto';

export const ONENET_HASHES = ['sha256', 'sha1', 'md5'] as const;
export type OnenetHash = (typeof ONENET_HASHES)[number];

const VERSION = '2018-10-31';

/** `et` is the token's end, epoch in s; `key` the bytes of the access key. */
export function onenetToken(
  res: string,
  et: string,
  method: OnenetHash,
  key: Buffer,
  version = VERSION,
): string {
  const sign = createHmac(method, key).update(`${et}\n${method}\n${res}\n${version}`).digest('base64');
  return `version=${version}&res=${encodeURIComponent(res)}&et=${et}&method=${method}&sign=${encodeURIComponent(sign)}`;
}

export function resourceOf(productId: string, deviceName: string): string {
  return `products/${productId}/devices/${deviceName}`;
}
