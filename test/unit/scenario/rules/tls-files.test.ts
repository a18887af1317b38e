import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FleetError, formatProblem } from '../../../../src/model/errors.ts';
import { readScenario } from '../../../../src/scenario/scenario-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
const DAY_MS = 86_400_000;

async function identity(fromDay: number, toDay: number): Promise<{ cert: string; key: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'test' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() + fromDay * DAY_MS),
    notAfterDate: new Date(Date.now() + toDay * DAY_MS),
  });
  return { cert, key };
}

const PASSPHRASE = 'canary5ecret';
let bodyOfKey = '';

beforeAll(async () => {
  const [good, expired, early, other] = await Promise.all([
    identity(-1, 9),
    identity(-20, -10),
    identity(5, 9),
    identity(-1, 9),
  ]);
  const key = createPrivateKey(good.key);
  bodyOfKey = good.key.split('\n')[1]!;
  const files: Record<string, string | Buffer> = {
    'good.pem': good.cert,
    'good.key': good.key,
    'ec.key': key.export({ type: 'sec1', format: 'pem' }),
    'both.pem': `${good.key}${good.cert}`,
    'other.key': other.key,
    'enc.key': key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }),
    'old-enc.key': key.export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }),
    'expired.pem': expired.cert,
    'expired.key': expired.key,
    'early.pem': early.cert,
    'bundle.pem': `${expired.cert}\n${good.cert}`,
    'empty.pem': ' \n',
    'ca.der': new X509Certificate(good.cert).raw,
    'text.pem': 'canary5ecret',
    'cut.pem': good.cert.slice(0, 200),
    'cut.key': good.key.slice(0, 80),
    'half.pem': `${good.cert}\n${good.cert.slice(0, 200)}`,
    'great.pem': Buffer.alloc(4 * 1024 * 1024 + 1, 'x'),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** `tls` is line 3. Problems, or warnings, as `line:column: message (hint)`. */
async function saidOf(tls: string, target = 'mqtts://127.0.0.1:8883'): Promise<string[]> {
  const file = join(folder, 's.yaml');
  writeFileSync(
    file,
    `target: ${target}\ndevices: { generate: { productKey: pk, count: 1 } }\ntls: { ${tls} }\n`,
  );
  const shown = (problem: Parameters<typeof formatProblem>[0]) =>
    formatProblem(problem).replace(`${file}:`, '');
  try {
    return (await readScenario(file, { env: {} })).warnings.map(shown);
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== 'bad-input') throw error;
    return error.problems.map(shown);
  }
}

describe('what is sound', () => {
  it.each([
    'ca: good.pem',
    'cert: good.pem, key: good.key',
    'cert: good.pem, key: ec.key',
    'cert: both.pem, key: both.pem',
    'ca: bundle.pem',
    'servername: iot.example.com',
    'servername: 127.0.0.1',
    'servername: "::1"',
    'servername: 物联网.example',
  ])('tls: { %s }', async (tls) => {
    expect(await saidOf(tls)).toEqual([]);
  });
});

describe('what is wrong with a file', () => {
  it.each([
    ['cert: good.pem, key: enc.key', '3:29: "enc.key" has a passphrase (take it off: openssl pkey'],
    ['cert: good.pem, key: old-enc.key', '3:29: "old-enc.key" has a passphrase (take it off'],
    ['cert: good.pem, key: other.key', '3:29: "other.key" does not belong to the certificate in tls.cert'],
    ['cert: good.pem, key: good.pem', '3:29: "good.pem" holds a certificate, not a key'],
    ['cert: good.pem, key: cut.key', '3:29: "cut.key" is a key that cannot be read'],
    ['cert: good.pem, key: text.pem', '3:29: "text.pem" is not in PEM (a key in PEM begins with'],
    ['cert: good.key, key: good.key', '3:14: "good.key" holds a key, not a certificate'],
    ['cert: good.pem', '3:14: "good.pem" needs its key (tls.key)'],
    ['key: good.key', '3:13: "good.key" needs its certificate (tls.cert)'],
    ['ca: empty.pem', '3:12: "empty.pem" is empty'],
    ['ca: ca.der', '3:12: "ca.der" is in DER, not in PEM (openssl x509 -inform der'],
    ['ca: good.key', '3:12: "good.key" holds a key, not a certificate'],
    ['ca: text.pem', '3:12: "text.pem" is not in PEM (a certificate in PEM begins with -----BEGIN CERT'],
    ['ca: cut.pem', '3:12: "cut.pem" holds a certificate that cannot be read'],
    ['ca: half.pem', '3:12: "half.pem" holds a certificate (number 2) that cannot be read'],
    ['ca: great.pem', '3:12: "great.pem" is over 4 MB'],
    ['ca: nowhere.pem', '3:12: "nowhere.pem" is not a file that can be read'],
    ['servername: "mqtts://h"', '3:20: "mqtts://h" is no host name; without a scheme and a port'],
    ['servername: "h:8883"', '3:20: "h:8883" is no host name'],
    ['servername: ""', '3:20: tls.servername is no host name'],
    // Warnings: clocks differ.
    ['cert: expired.pem, key: expired.key', '3:14: "expired.pem" holds a certificate that expired on 20'],
    ['ca: expired.pem', '3:12: "expired.pem" holds a certificate that expired on 20'],
    ['ca: early.pem', '3:12: "early.pem" holds a certificate that is not valid before 20'],
  ])('tls: { %s }', async (tls, expected) => {
    const said = await saidOf(tls);
    expect(said).toEqual([expect.stringContaining(expected)]);
    expect(said[0]).not.toContain(PASSPHRASE);
    expect(said[0]).not.toContain(bodyOfKey);
  });

  it('of both files at once', async () => {
    expect(await saidOf('ca: empty.pem, cert: good.pem, key: enc.key')).toHaveLength(2);
  });
});

it('warns of nothing where a token is asked for over HTTPS, with those certificates', async () => {
  const auth = (url: string) => `mqtt://127.0.0.1\nauth: { method: https, url: '${url}' }`;
  expect(await saidOf('ca: good.pem', auth('https://127.0.0.1:4433'))).toEqual([]);
  expect(await saidOf('ca: good.pem', auth('http://127.0.0.1:8080'))).toEqual([
    expect.stringContaining('tls has no effect'),
  ]);
});

it.each([
  ['mqtt://127.0.0.1', 'mqtts:// or wss://'],
  ['embedded', 'broker: { tls: true }'],
  ['{ region: cn-shanghai, tls: false }', 'tls: true'],
])('warns where the target %s is not reached over TLS', async (target, remedy) => {
  expect(await saidOf('ca: good.pem', target)).toEqual([
    `3:6: tls has no effect: the target is not reached over TLS (write ${remedy})`,
  ]);
});
