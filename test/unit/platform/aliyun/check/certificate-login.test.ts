import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeviceTableBuilder } from '../../../../../src/model/devices/device-table.ts';
import { certificateCheck } from '../../../../../src/platform/aliyun/check/certificate-login.ts';
import type { Check } from '../../../../../src/platform/check.ts';
import { makeDeviceAuthority } from '../../../../../src/stand-in/device-certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
afterAll(() => rmSync(folder, { recursive: true }));

let check: Check;
const fingerprints: string[] = [];
beforeAll(async () => {
  const authority = await makeDeviceAuthority();
  const builder = new DeviceTableBuilder(1024, 2);
  for (const name of ['d0', 'd1']) {
    const { cert } = await authority.certify('pk', name);
    writeFileSync(join(folder, name), cert);
    fingerprints.push(new X509Certificate(cert).fingerprint256);
    builder.add('pk', name, join(folder, name), '', ['no key is looked at']);
  }
  check = certificateCheck(builder.build());
});

function judged(fields: { mqttClientId?: string; username?: string; certificate?: string | undefined }) {
  const connect = { mqttClientId: '.|securemode=2|', username: '', password: '', tls: true };
  return check({ ...connect, certificate: fingerprints[1], ...fields });
}

it.each(['', '&'])(
  'user name %j: the device is whose certificate it is, and is told its names',
  (username) => {
    expect(judged({ username })).toEqual({
      ...{ ok: true, productKey: 'pk', deviceName: 'd1' },
      greeting: { topic: '/ext/auth/identity/response', payload: '{"productKey":"pk","deviceName":"d1"}' },
    });
  },
);

it('one that knows its names may say them, and is told nothing', () => {
  expect(judged({ username: 'd1&pk' })).toEqual({ ok: true, productKey: 'pk', deviceName: 'd1' });
});

it.each([
  ['the names of another', { username: 'd0&pk' }, 4],
  ['no certificate', { certificate: undefined }, 4],
  ['a certificate of no device', { certificate: 'AA:BB' }, 5],
  ['a client id without its |…| part', { mqttClientId: 'd1' }, 2],
])('%s is refused', (_what, fields, returnCode) => {
  expect(judged(fields)).toMatchObject({ ok: false, returnCode });
});
