/** One device's certificate and key in files of its own. Read at once: a list may name thousands, and a login waits for its own. */
import { readFileSync, statSync } from 'node:fs';
import { certificatesOf, datesTrouble, opensslTrouble, privateKeyOf } from './certificates.ts';
import { type FileTrouble, troubleOf } from './given-file.ts';
import type { OwnCertificate } from './secure-context.ts';

/** A chain of certificates has some KB. */
const MAX_BYTES = 64 * 1024;

/** Throws what the file system throws. */
export function readKeyPair(certFile: string, keyFile: string): OwnCertificate {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

export interface KeyPairTrouble extends FileTrouble {
  of: 'cert' | 'key';
  /** It can be used, but is not likely to be taken. */
  isWarning?: true;
}

/** What stands against the two at that time; undefined where nothing does. */
export function keyPairTrouble(
  certFile: string,
  keyFile: string,
  epochMs: number,
): KeyPairTrouble | undefined {
  const cert = readPem(certFile);
  if ('wrong' in cert) return { of: 'cert', ...cert };
  const chain = certificatesOf(cert.content);
  if ('wrong' in chain) return { of: 'cert', ...chain };
  const key = readPem(keyFile);
  if ('wrong' in key) return { of: 'key', ...key };
  const privateKey = privateKeyOf(key.content);
  if ('wrong' in privateKey) return { of: 'key', ...privateKey };
  const [own] = chain;
  if (!own!.checkPrivateKey(privateKey))
    return { of: 'key', wrong: 'does not belong to the certificate', hint: CERTIFICATE_FIRST };
  const refused = opensslTrouble(cert.content, key.content);
  if (refused !== undefined) return { of: 'cert', wrong: refused };
  const dates = datesTrouble(own!, epochMs);
  return dates === undefined ? undefined : { of: 'cert', wrong: dates, isWarning: true };
}

const CERTIFICATE_FIRST =
  'name the key that it was made with; the certificate of the device comes first in its file';

function readPem(file: string): { content: Buffer } | FileTrouble {
  try {
    const info = statSync(file);
    if (!info.isFile()) return { wrong: 'is no regular file' };
    if (info.size > MAX_BYTES) return { wrong: `is over ${MAX_BYTES / 1024} KB` };
    return { content: readFileSync(file) };
  } catch (error) {
    return troubleOf(error);
  }
}
