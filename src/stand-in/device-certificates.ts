/** Certificates to try X.509 with: an authority, and what it signs for devices. */
import type { Certificate } from './certificate.ts';

const YEAR_MS = 365 * 86_400_000;
/** P-256: a device's signature with RSA-2048 costs ten times as much, on the generator's side. */
const KEY = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

export interface DeviceAuthority extends Certificate {
  /** A certificate for that device: its name is the common name, its product the organization. */
  certify(productKey: string, deviceName: string): Promise<Certificate>;
}

export async function makeDeviceAuthority(): Promise<DeviceAuthority> {
  // Loaded where it is needed: it would be a sixth of what every command takes to start.
  const { generate } = await import('selfsigned');
  const notAfterDate = new Date(Date.now() + 10 * YEAR_MS);
  const made = await generate([{ name: 'commonName', value: 'mqtt-fleet device authority' }], {
    ...KEY,
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const ca = { key: made.private, cert: made.cert };
  return {
    ...ca,
    async certify(productKey, deviceName) {
      const subject = [
        { name: 'organizationName', value: productKey },
        { name: 'commonName', value: deviceName },
      ];
      const extensions = [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', clientAuth: true },
      ] as const;
      const own = await generate(subject, { ...KEY, notAfterDate, ca, extensions: [...extensions] });
      return { key: own.private, cert: own.cert };
    },
  };
}
