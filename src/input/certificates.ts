/** Certificates and private keys out of PEM, or what is wrong with them; nothing of what is in a file is shown. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { FileTrouble } from './given-file.ts';
import { insteadOf, type PemBlock, pemBlocks } from './pem.ts';

/** Bytes of a file; the bundle of all public CAs has 0.3 MB. */
export const MAX_PEM_BYTES = 4 * 1024 * 1024;

/** At least one. */
export function certificatesOf(content: Buffer): X509Certificate[] | FileTrouble {
  const blocks = pemBlocks(content.toString('latin1'));
  const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE');
  if (certificates.length === 0) {
    const wrong = insteadOf('certificate', content, blocks);
    return { wrong, hint: wrong === 'is in DER, not in PEM' ? FROM_DER.certificate : CERTIFICATE_FORM };
  }
  const parsed: X509Certificate[] = [];
  for (const [at, { text }] of certificates.entries()) {
    try {
      parsed.push(new X509Certificate(text));
    } catch {
      const which = certificates.length === 1 ? 'a certificate' : `a certificate (number ${at + 1})`;
      return { wrong: `holds ${which} that cannot be read`, hint: 'it may be cut off; copy it again' };
    }
  }
  return parsed;
}

const CERTIFICATE_FORM = 'a certificate in PEM begins with -----BEGIN CERTIFICATE-----';
const FROM_DER = {
  certificate: 'openssl x509 -inform der -in FILE -out FILE.pem',
  key: 'openssl pkey -inform der -in FILE -out FILE.pem',
};

export function privateKeyOf(content: Buffer): KeyObject | FileTrouble {
  const blocks = pemBlocks(content.toString('latin1'));
  const key = blocks.find(({ label }) => /PRIVATE KEY$/.test(label));
  if (key === undefined) {
    const wrong = insteadOf('key', content, blocks);
    const form = 'a key in PEM begins with -----BEGIN PRIVATE KEY-----';
    return { wrong, hint: wrong === 'is in DER, not in PEM' ? FROM_DER.key : form };
  }
  if (isEncrypted(key))
    return { wrong: 'has a passphrase', hint: 'take it off: openssl pkey -in KEY -out PLAIN.key' };
  try {
    return createPrivateKey(key.text);
  } catch {
    const hint = 'it may be cut off, or of a kind that OpenSSL does not know';
    return { wrong: 'is a key that cannot be read', hint };
  }
}

/** PKCS #8 says it in the label, the older form (RFC 1421) in a header. */
function isEncrypted({ label, text }: PemBlock): boolean {
  return label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type: *4, *ENCRYPTED/m.test(text);
}

/** Why a certificate is not valid at that time, as a predicate; undefined where it is. */
export function datesTrouble({ validFrom, validTo }: X509Certificate, epochMs: number): string | undefined {
  if (Date.parse(validTo) < epochMs) return `holds a certificate that expired on ${day(validTo)}`;
  return Date.parse(validFrom) > epochMs
    ? `holds a certificate that is not valid before ${day(validFrom)}`
    : undefined;
}

function day(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}

/** What OpenSSL has against a certificate and its key, for which it has rules of its own: too short a key, too old a hash. */
export function opensslTrouble(cert: Buffer, key: Buffer): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    const { code, reason } = error as { code?: string; reason?: string };
    return `is refused by OpenSSL: ${reason ?? code ?? 'no reason given'}`;
  }
}
