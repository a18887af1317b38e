/** HTTPS first, then MQTT, through the built command: against the stand-in that comes along, and against one that is a program of its own. */
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hmacHex } from '../../src/platform/aliyun/signing/credentials.ts';
import { cli, readSummary, startCli, temporaryFolder } from '../support/cli.ts';
import { everythingOf } from '../support/everything.ts';
import { inProcess } from '../support/in-process.ts';

const CANARY = 'canary5ecret';
const COUNT = 6;
const TIMESTAMP = 1_700_000_000_000;

function listOf(rows: [name: string, secret: string][]): string {
  return `productKey,deviceName,deviceSecret\n${rows.map(([name, secret]) => `pk,${name},${secret}`).join('\n')}\n`;
}
const ROWS = Array.from({ length: COUNT }, (_, n): [string, string] => [`d${n}`, `${CANARY}${n}`]);
/** The signs of the devices' requests. */
const SIGNS = ROWS.map(([name, secret]) =>
  hmacHex('hmacsha256', secret, `clientIdpk.${name}deviceName${name}productKeypktimestamp${TIMESTAMP}`),
);

interface Written {
  auth?: string;
  more?: string;
  target?: string;
  known?: string;
}

function written({ auth = '', more = '', target = 'embedded', known }: Written): {
  scenario: string;
  out: string;
} {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'list.csv'), listOf(ROWS), { mode: 0o600 });
  if (known !== undefined) writeFileSync(join(folder, 'known.csv'), known, { mode: 0o600 });
  const scenario = join(folder, 'scenario.yaml');
  const lines = [
    `target: ${target}`,
    'devices: { file: list.csv }',
    `auth: { method: https, signmethod: hmacsha256, timestamp: ${TIMESTAMP}${auth} }`,
    'connect: { stages: [{ duration: 300ms, rate: 20/s }] }',
    'hold: 300ms',
    more,
  ];
  writeFileSync(scenario, `${lines.join('\n')}\n`);
  const out = join(folder, 'out');
  mkdirSync(out);
  return { scenario, out };
}

async function run(what: Written) {
  const { scenario, out } = written(what);
  const done = await cli(['run', scenario, '--workers', '1', '--allow-invalid', '--out', out]);
  const everything = everythingOf(done, out);
  for (const secret of [CANARY, ...SIGNS]) expect(everything).not.toContain(secret);
  // As the stand-in makes tokens.
  expect(everything).not.toMatch(/[0-9a-f]{64}\.\d{13}/);
  return { ...done, summary: readSummary(out), everything };
}

describe('devices that ask for a token over HTTPS', () => {
  it('sign in with it, but where a secret is wrong, or nobody knows them (client: wire)', async () => {
    const known = listOf(
      ROWS.map(([name, secret], n) => (n === 4 ? [name, 'other'] : [n === 5 ? 'x' : name, secret])),
    );
    const { code, summary, stdout, everything } = await run({
      more: 'client: wire\nbroker: { devices: known.csv }\nthresholds: { connects_failed: [count == 2] }',
      known,
    });
    expect(code).toBe(0);
    expect(summary.counters).toMatchObject({ connects_ok: 4, connects_failed: 2 });
    expect(summary.failures).toHaveLength(2);
    const refused = { phase: 'auth', kind: 'rejected', count: 1 };
    expect(Object.fromEntries(summary.failures.map((each) => [each.code, each]))).toMatchObject({
      'HTTPS 401': { ...refused, examples: ['d4'] },
      'HTTPS 5001': { ...refused, examples: ['d5'] },
    });
    expect(stdout).toContain('auth: rejected HTTPS 401');
    expect(stdout).toContain('the sign is wrong: check the DeviceSecret');
    expect(stdout).toContain('https, hmacsha256');
    expect(everything).toContain('HTTPS request of a token');
    const { connect_auth, connect_service, auth_dns, auth_tcp, auth_tls } = summary.trends;
    expect(connect_auth!.count).toBe(4);
    expect(connect_auth!.max).toBeLessThan(connect_service!.max);
    const { counts, truth, differences } = summary.standIn!;
    expect(counts).toMatchObject({ auths_ok: 4, auths_refused_401: 1, auths_refused_5001: 1 });
    const opened = counts.http_connections!;
    expect(opened).toBeLessThanOrEqual(COUNT);
    // A trend has those who got a token; a connection whose first request was refused is in none.
    expect(auth_dns).toBeNull();
    expect(auth_tcp!.count).toBeLessThanOrEqual(opened);
    expect(auth_tls!.count).toBe(auth_tcp!.count);
    expect(truth.auth!.count).toBe(4);
    expect(differences).toEqual([]);
  });

  it('run out of time as any attempt does', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}).resume());
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const { scenario } = written({ target: 'mqtt://127.0.0.1:1', auth: `, url: "${url}"` });
    const { stdout } = await inProcess(['check', scenario, '--probe', '--set', 'connect.timeout=200ms']);
    silent.close();
    expect(stdout).toMatch(/^ {2}auth\s+timeout after \d+ ms$/m);
    expect(stdout).toContain('did not answer in time');
  });

  it('are those of https-first.yaml, each with requests over connections of their own, and come back with a new token (client: mqtt)', async () => {
    const out = temporaryFolder();
    const sets = [
      ...[
        'devices.generate.count=10',
        'auth.keepAlive=false',
        'auth.resources=false',
        'auth.extension=false',
      ],
      ...['connect.stages=[{ duration: 500ms, rate: 20/s }]', 'hold=2s', 'client=mqtt'],
      ...[
        'broker.disconnect={ at: 1s, share: 100% }',
        'reconnect={ policy: fixed, delay: 10ms, perMinute: 60 }',
      ],
    ].flatMap((set) => ['--set', set]);
    const run = ['run', 'scenarios/https-first.yaml', '--workers', '1', '--allow-invalid', '--out', out];
    const { code, stderr } = await cli([...run, '--quiet', '--set', 'thresholds={}', ...sets]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { counters, trends, standIn } = readSummary(out);
    expect(counters).toMatchObject({ connects_ok: 10, connects_failed: 0, reconnects_ok: 10 });
    // The service answers after 20 ms.
    expect(trends.connect_auth!.min).toBeGreaterThanOrEqual(20);
    // First connects only, as all trends of a connect.
    expect([trends.auth_tls!.count, trends.auth_tcp!.count]).toEqual([10, 10]);
    expect(standIn).toMatchObject({
      counts: { auths_ok: 20, auths_refused: 0, http_connections: 20, connects_ok: 20 },
      differences: [],
    });
  });
});

describe('broker --http-port', () => {
  it('gives tokens to devices of another process, which it tells in its counts', async () => {
    const folder = temporaryFolder();
    const [devices, ca] = [join(folder, 'devices.csv'), join(folder, 'ca.pem')];
    const known = ROWS.map(([name, secret], n): [string, string] => [
      name,
      n === COUNT - 1 ? 'wrong' : secret,
    ]);
    writeFileSync(devices, listOf(known), { mode: 0o600 });
    const ports = ['--port', '0', '--tls-port', '0', '--http-port', '0'];
    const broker = startCli(['broker', '--devices', devices, ...ports, '--ca-out', ca, '--json']);
    const said: string[] = [];
    broker.child.stderr!.on('data', (chunk) => said.push(String(chunk)));
    await broker.says('listens on');
    const [, mqtts, https] = /(mqtts:\S+) (https:\S+)/.exec(said.join(''))!;
    const done = await run({ target: mqtts, auth: `, url: "${https}"`, more: `tls: { ca: ${ca} }` });
    const { scenario } = written({ target: mqtts!, auth: `, url: "${https}"` });
    const probe = (...set: string[]) => inProcess(['check', scenario, '--probe', ...set]);
    const trusting = await probe();
    const trusted = await probe('--set', `tls.ca=${ca}`);
    broker.child.kill('SIGINT');
    const { stdout, stderr } = await broker.finished;
    expect(done.summary.counters).toMatchObject({ connects_ok: COUNT - 1, connects_failed: 1 });
    expect(done.summary.failures).toMatchObject([{ code: 'HTTPS 401' }]);
    expect(JSON.parse(stdout)).toMatchObject({
      auths_ok: COUNT,
      auths_refused_401: 1,
      connects_ok: COUNT,
    });
    expect(stderr + stdout).not.toContain(CANARY);
    // The probe's phases: the sixth that signed in.
    expect(trusted.stdout).toMatch(/^ {2}auth\s+[\d.]+ ms$/m);
    expect([trusted.code, trusted.stdout]).toEqual([0, expect.stringContaining('CONNACK 0')]);
    // Without its certificate nobody is trusted.
    expect(trusting.stdout).toMatch(/auth\s+certificate \w+_CERT/);
    expect(trusting.stdout).toContain('set `tls.ca` to it');
  });
});

describe('what cannot be', () => {
  it.each([
    ['mqtts://127.0.0.1:1', '', 'needs a url for method: https'],
    ['{ instance: iot-x }', '', 'needs a url for method: https'],
    ['embedded', ', url: "mqtt://h"', 'is no address of a service'],
    ['embedded', ', url: "https://a:canary5ecret@h"', 'is no address of a service'],
    ['embedded', ', url: 3', 'is not a text'],
    ['embedded', ', keepalive: true', 'unknown key "keepalive"'],
    ['embedded', ', signmethod: sha256', 'is not possible here'],
  ])('target %s, auth%s', async (target, auth, expected) => {
    const { scenario } = written({ target, auth: auth.replace(/^, signmethod.*$/, '') });
    if (auth.includes('signmethod'))
      writeFileSync(scenario, readFileSync(scenario, 'utf8').replace('hmacsha256', 'sha256'));
    const { code, stdout, stderr } = await inProcess(['check', scenario]);
    expect(code).toBe(104);
    expect(stderr).toContain(expected);
    expect(stderr).toMatch(/scenario\.yaml:3:\d+/);
    expect(stdout + stderr).not.toContain(CANARY);
  });

  it('a region says where the service is', async () => {
    const { code, stderr } = await inProcess([
      'check',
      written({ target: '{ region: cn-shanghai }' }).scenario,
    ]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('url')]);
  });

  it('--ca-out without any port that has a certificate', async () => {
    const { code, stderr } = await inProcess([
      'broker',
      '--generate',
      'pk:1',
      '--port',
      '0',
      '--ca-out',
      'x.pem',
    ]);
    expect([code, stderr]).toEqual([104, expect.stringContaining('--http-port')]);
  });
});
