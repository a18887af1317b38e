import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DeviceTable, DeviceTableBuilder } from '../../../../src/model/devices/device-table.ts';
import type { Login } from '../../../../src/platform/login.ts';
import { STAND_IN_BROKER } from '../../../../src/platform/plain/accounts.ts';
import { type JwtAlgorithm, secretOf, troubleOfKey } from '../../../../src/platform/plain/jwt/algorithms.ts';
import { type JwtSettings, jwt } from '../../../../src/platform/plain/jwt/jwt.ts';
import { claimsOf, verifierOf } from '../../../../src/platform/plain/jwt/token-check.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-jwt-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NOON_MS = Date.UTC(2026, 4, 1, 12, 0, 0);
beforeEach(() => void vi.useFakeTimers({ now: NOON_MS, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: typeof RSA.privateKey) => key.export({ type: 'pkcs8', format: 'pem' }) as string;

const FILES: Record<JwtAlgorithm, string> = {
  HS256: 'a secret of some length, 32 bytes\n',
  RS256: pem(RSA.privateKey),
  ES256: pem(EC.privateKey),
};
for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);

function settingsOf(part: Partial<JwtSettings> = {}): JwtSettings {
  return {
    method: 'jwt',
    algorithm: 'HS256',
    claims: { sub: '${clientId}', aud: ['mqtt', '${deviceName}'], admin: false },
    expires: 60e6,
    as: 'password',
    username: '${deviceName}',
    ...part,
  };
}

function devicesOf(secret: string): DeviceTable {
  const builder = new DeviceTableBuilder(0, 1);
  builder.add('', 'dev-0', `${secret}0`, 'c/0');
  builder.add('', 'dev-1', `${secret}1`, 'c/1');
  return builder.build();
}

async function signed(settings: JwtSettings, devices = devicesOf('secret'), row = 1) {
  const login: Login = await jwt.prepare(settings, devices);
  const attempt = { enter: () => {}, took: () => {}, signal: new AbortController().signal };
  const endpoint = { protocol: 'mqtt', host: 'h', port: 1, path: '' } as const;
  return await login(devices.identity(row), row, endpoint, Date.now(), attempt);
}

function judged(settings: JwtSettings, credentials: Awaited<ReturnType<typeof signed>>, secret = 'secret') {
  const { mqttClientId, username = '', password = '' } = credentials;
  const gate = STAND_IN_BROKER.prepare(devicesOf(secret), settings);
  return gate.judge({ mqttClientId, username, password, tls: false });
}

describe.each(['HS256', 'RS256', 'ES256'] as const)('%s with the key of a file', (algorithm) => {
  const settings = settingsOf({ algorithm, keyFile: join(folder, algorithm) });

  it('is a token that others verify, with the claims of the template', async () => {
    const { password, username } = await signed(settings);
    const publicKeys = {
      HS256: Buffer.from(FILES.HS256.trimEnd()),
      RS256: RSA.publicKey,
      ES256: EC.publicKey,
    };
    const { payload, protectedHeader } = await jwtVerify(password!, publicKeys[algorithm]);
    expect(protectedHeader).toEqual({ alg: algorithm, typ: 'JWT' });
    const iat = NOON_MS / 1000;
    expect(payload).toEqual({ sub: 'c/1', aud: ['mqtt', 'dev-1'], admin: false, iat, exp: iat + 60 });
    expect(username).toBe('dev-1');
  });

  it('is let in by the stand-in until it has run out', async () => {
    const credentials = await signed(settings);
    expect(judged(settings, credentials)).toMatchObject({ ok: true, deviceName: 'c/1' });
    vi.setSystemTime(NOON_MS + 61_000);
    expect(judged(settings, credentials)).toMatchObject({ ok: false, returnCode: 4, reason: 'expired' });
  });

  it('is refused where it is another’s, changed, or unsigned', async () => {
    const right = await signed(settings);
    const [header, claims, signature] = right.password!.split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const others = Buffer.from(Buffer.from(claims!, 'base64url').toString().replace('c/1', 'c/0')).toString(
      'base64url',
    );
    for (const password of [
      '',
      'x',
      `${header}.${claims}`,
      `${none}.${claims}.${signature}`,
      `${none}.${claims}.`,
      `${header}.${others}.${signature}`,
      (await signed(settings, undefined, 0)).password!,
    ])
      expect(judged(settings, { ...right, password }), password).toMatchObject({ reason: 'wrong-password' });
    const stranger = { ...right, mqttClientId: 'c/9' };
    expect(judged(settings, stranger)).toMatchObject({ returnCode: 5, reason: 'unknown-device' });
  });
});

it('each device signs with a key of its own where the list has them', async () => {
  const settings = settingsOf();
  const credentials = await signed(settings);
  expect(judged(settings, credentials)).toMatchObject({ ok: true });
  expect(judged(settings, credentials, 'another')).toMatchObject({ reason: 'wrong-password' });
});

it('goes as the user name where that is asked for', async () => {
  const settings = settingsOf({ as: 'username' });
  const credentials = await signed(settings);
  expect(credentials.username).toMatch(/^ey/);
  expect(credentials.password).toBeUndefined();
  expect(judged(settings, credentials)).toMatchObject({ ok: true });
});

it('the vector of RFC 7515, appendix A.1, is verified', () => {
  const file = new URL('../../../fixtures/auth-vectors.json', import.meta.url);
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as {
    vectors: { id: string; input: Record<string, string>; expected: { password: string } }[];
  };
  const { input, expected } = vectors.find(({ id }) => id === 'jwt-hs256-rfc7515')!;
  const key = Buffer.from(input.keyB64url!, 'base64url');
  expect(claimsOf(expected.password, 'HS256', verifierOf('HS256', key))).toMatchObject({ iss: 'joe' });
  const other = Buffer.from(key);
  other[0]! ^= 1;
  expect(claimsOf(expected.password, 'HS256', verifierOf('HS256', other))).toBeUndefined();
});

describe('keys', () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
  it.each([
    ['HS256', '\n', 'is empty'],
    ['RS256', 'x', 'has no private key in PEM without a passphrase'],
    ['RS256', FILES.ES256, 'has no RSA key of 2048 bits or more, which RS256 takes'],
    ['RS256', pem(short.privateKey), 'has no RSA key of 2048 bits or more, which RS256 takes'],
    ['ES256', FILES.RS256, 'has no key on the curve P-256, which ES256 takes'],
    ['ES256', FILES.ES256, undefined],
    ['RS256', FILES.RS256, undefined],
  ] as const)('%s %#', (algorithm, text, trouble) => {
    expect(troubleOfKey(algorithm, Buffer.from(text))).toBe(trouble);
  });

  it('of HS256 are what stands before the line break at the end', () => {
    expect(secretOf(Buffer.from('a\nb\r\n')).toString()).toBe('a\nb');
  });
});
