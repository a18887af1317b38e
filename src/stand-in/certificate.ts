/** A certificate for the stand-in's TLS listeners, made afresh for each start. */
import { isIP } from 'node:net';
import type { CertificateKind } from '../model/scenario.ts';

/** PEM texts. The certificate signs itself, so it is also the CA that a client has to trust. */
export interface Certificate {
  key: string;
  cert: string;
}

/**
 * RSA is what the platform has, and all that the C Link SDK can check; a signature with it costs a handshake ten times what one with P-256
 * does.
 */
const KEYS = {
  rsa: { keyType: 'rsa', keySize: 2048 },
  ecdsa: { keyType: 'ec', curve: 'P-256' },
} as const satisfies Record<CertificateKind, object>;

/** `hosts` are names and addresses the certificate is to be valid for, besides this machine's own. */
export async function makeCertificate(hosts: string[], kind: CertificateKind = 'rsa'): Promise<Certificate> {
  const names = [...new Set(['localhost', '127.0.0.1', '::1', ...hosts])];
  // Loaded where it is needed: it would be a sixth of what every command takes to start.
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'mqtt-fleet stand-in' }], {
    ...KEYS[kind],
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      // Suites of TLS 1.2 without a key exchange of their own have RSA encipher the key.
      {
        name: 'keyUsage',
        digitalSignature: true,
        keyEncipherment: kind === 'rsa',
        keyCertSign: true,
        critical: true,
      },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}
