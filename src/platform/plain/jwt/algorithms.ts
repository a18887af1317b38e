/** The algorithms of a JWT (RFC 7518, 3.1), with the key that each takes. */
import { createPrivateKey, type KeyObject } from 'node:crypto';

export const JWT_ALGORITHMS = ['HS256', 'RS256', 'ES256'] as const;
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

/** RFC 7518, 3.3. */
const LEAST_RSA_BITS = 2048;

/** Why a key is none of that algorithm's, as a predicate; undefined for one that is. */
export function troubleOfKey(algorithm: JwtAlgorithm, file: Buffer): string | undefined {
  if (algorithm === 'HS256') return secretOf(file).length === 0 ? 'is empty' : undefined;
  let key: KeyObject;
  try {
    key = createPrivateKey(file);
  } catch {
    return 'has no private key in PEM without a passphrase';
  }
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (algorithm === 'ES256')
    return namedCurve === 'prime256v1' ? undefined : 'has no key on the curve P-256, which ES256 takes';
  return key.asymmetricKeyType === 'rsa' && modulusLength >= LEAST_RSA_BITS
    ? undefined
    : `has no RSA key of ${LEAST_RSA_BITS} bits or more, which RS256 takes`;
}

/** The bytes of a shared secret in a file, which editors and `echo` end with a line break that is no part of it. */
export function secretOf(file: Buffer): Buffer {
  let end = file.length;
  while (end > 0 && (file[end - 1] === 0x0a || file[end - 1] === 0x0d)) end--;
  return file.subarray(0, end);
}
