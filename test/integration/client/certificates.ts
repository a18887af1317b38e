/** Certificates with one thing wrong each. All sign themselves: whoever gets one as CA has nothing else to complain about. */
import { generate } from 'selfsigned';

export interface Identity {
  key: string;
  cert: string;
}

const DAY_MS = 86_400_000;

export function goodIdentity(): Promise<Identity> {
  return identity('127.0.0.1', 0, 30);
}

export function expiredIdentity(): Promise<Identity> {
  return identity('127.0.0.1', -20, -10);
}

export function otherNameIdentity(): Promise<Identity> {
  return identity('192.0.2.1', 0, 30);
}

/** Days are relative to now. */
async function identity(ip: string, fromDay: number, toDay: number): Promise<Identity> {
  const made = await generate([{ name: 'commonName', value: 'test' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() + fromDay * DAY_MS),
    notAfterDate: new Date(Date.now() + toDay * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip }] },
    ],
  });
  return { key: made.private, cert: made.cert };
}
