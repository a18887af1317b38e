/** A certificate for the stand-in's TLS listeners, made afresh for each start. */
import { isIP } from 'node:net';

/** PEM texts. The certificate signs itself, so it is also the CA that a client has to trust. */
export interface Certificate {
  key: string;
  cert: string;
}

/** `hosts` are names and addresses the certificate is to be valid for, besides this machine's own. */
export async function makeCertificate(hosts: string[]): Promise<Certificate> {
  const names = [...new Set(['localhost', '127.0.0.1', '::1', ...hosts])];
  // Loaded where it is needed: it would be a sixth of what every command takes to start.
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'mqtt-fleet stand-in' }], {
    // A signature with P-256 costs a handshake a tenth of what RSA-2048 does.
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}
