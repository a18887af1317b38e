/** X.509: a certificate of each device, made by `mqtt-fleet devices`, against the stand-in and against mosquitto. */
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateDevices } from '../../../src/model/devices/generated-devices.ts';
import { startStandIn } from '../../../src/stand-in/stand-in.ts';
import { goodIdentity } from '../../integration/client/certificates.ts';
import {
  MOSQUITTO,
  mosquittoMustBeInstalledInCi,
  NOT_INSTALLED,
  startMosquitto,
} from '../../integration/mosquitto.ts';
import { cli, type Finished, readSummary, startCli, temporaryFolder } from '../../support/cli.ts';
import { everythingOf } from '../../support/everything.ts';
import { inProcess } from '../../support/in-process.ts';

const folder = temporaryFolder();
const at = (...names: string[]): string => join(folder, ...names);
const SCENARIO = at('x509.yaml');
const DEVICES = 6;
const SHORT = ['devices.generate.count=6', 'connect.stages=[{ duration: 300ms, rate: 20/s }]', 'hold=300ms'];

beforeAll(async () => {
  copyFileSync('scenarios/x509.yaml', SCENARIO);
  for (const name of ['certs', 'others']) {
    const made = await devices(name, at(`${name}.csv`));
    expect(made).toMatchObject({ code: 0, stdout: '', stderr: '' });
  }
});

function devices(certificates: string, out: string): Promise<Finished> {
  const how = ['--product-key', 'a1X509', '--count', String(DEVICES), '--certificates', at(certificates)];
  return inProcess(['devices', ...how, '--out', out]);
}

let runs = 0;
async function run(...sets: string[]) {
  const out = at(`out-${++runs}`);
  const set = [...SHORT, 'thresholds={}', ...sets].flatMap((each) => ['--set', each]);
  const args = ['run', SCENARIO, '--workers', '1', '--allow-invalid', '--quiet', '--out', out, ...set];
  const finished = await cli(args);
  return {
    ...finished,
    summary: () => readSummary(out),
    everything: () => everythingOf(finished, out),
  };
}

/** The sign-in of the first device, in the test's own process. */
function probe(...sets: string[]): Promise<Finished> {
  const set = [...SHORT, 'thresholds={}', ...sets].flatMap((each) => ['--set', each]);
  return inProcess(['check', SCENARIO, '--probe', ...set]);
}

/** A line in the middle of each private key. */
const bodiesOfKeys = (): string[] =>
  readdirSync(at('certs'))
    .filter((name) => name.endsWith('.key'))
    .map((name) => readFileSync(at('certs', name), 'utf8').split('\n')[1]!);

const RETURNS = [
  ...['reconnect={ policy: fixed, delay: 100ms, perMinute: 5 }', 'hold=2s', 'tls.resume=true'],
  'connect.stages=[{ duration: 600ms, rate: 10/s }]',
];
const CUT = 'disconnect: [{ at: 1200ms, share: 100% }]';

describe('x509.yaml', () => {
  it('signs each device in by its own certificate, by which it is known in a session that goes on as well (client: mqtt)', async () => {
    const done = await run('client=mqtt', ...RETURNS, `broker.${CUT.replace(': ', '=')}`);
    expect(done.stderr).toBe('');
    expect(done.code).toBe(0);
    const { counters, standIn } = done.summary();
    const handshakes = { tls_handshakes_full: DEVICES, tls_handshakes_resumed: DEVICES };
    expect(counters).toMatchObject({ connects_ok: DEVICES, reconnects_ok: DEVICES, ...handshakes });
    // Each time it is told its names.
    expect(counters.messages_received).toBe(2 * DEVICES);
    expect(standIn!.counts).toMatchObject({ connects_ok: 2 * DEVICES, ...handshakes });
    expect(standIn!.differences).toEqual([]);
    const everything = done.everything();
    for (const body of bodiesOfKeys()) expect(everything).not.toContain(body);
  });

  it('is refused at CONNECT where no authority is asked for and the certificate is of another (client: wire)', async () => {
    const half = DEVICES / 2;
    const rows = Array.from({ length: DEVICES }, (_, n) => {
      const [name, from] = [`d00000${n + 1}`, n < half ? 'certs' : 'others'];
      return `a1X509,${name},${from}/${name}.pem,${from}/${name}.key\n`;
    });
    writeFileSync(at('mixed.csv'), `productKey,deviceName,cert,key\n${rows.join('')}`, { mode: 0o600 });
    const broker = `broker={ tls: true, devices: certs.csv, ${CUT} }`;
    const mixed = [
      'devices={ file: mixed.csv }',
      'auth=x509',
      broker,
      'thresholds={ connects_ok: [share == 1] }',
    ];
    const done = await run('client=wire', ...RETURNS, ...mixed);
    expect(done.code).toBe(99);
    const { counters, failures, standIn } = done.summary();
    expect(counters).toMatchObject({ connects_ok: half, connects_failed: half, reconnects_ok: half });
    expect(counters.tls_handshakes_resumed).toBe(half);
    expect(counters.messages_received).toBe(2 * half);
    const refused = failures.filter(({ phase }) => phase !== 'open');
    expect(refused).toMatchObject([{ phase: 'connack', kind: 'rejected', code: 'CONNACK 5', count: half }]);
    expect(refused[0]!.hint).toContain('this certificate');
    expect(standIn!.counts).toMatchObject({ connects_ok: 2 * half, connects_refused_5: half });
  });

  it.each(['mqtt', 'wire'])(
    'is refused in the handshake where another authority signed (client: %s)',
    async (client) => {
      const clientCa = readFileSync(at('certs/ca.pem'), 'utf8');
      const standIn = await startStandIn({ devices: generateDevices('pk', 1, 'd').shared, tls: 0, clientCa });
      writeFileSync(at('stand-in.pem'), standIn.ca!);
      const { code, stdout } = await probe(
        ...[`target=${standIn.urls.tls}`, 'tls.ca=stand-in.pem', `client=${client}`],
        ...['auth.cert=others/${deviceName}.pem', 'auth.key=others/${deviceName}.key'],
      );
      await standIn.close();
      expect(code).not.toBe(0);
      expect(stdout).toMatch(/^ {2}connack\s+(closed|reset)/m);
      expect(stdout).toContain('does not take the device’s certificate');
    },
  );
});

describe('what is wrong with the files is said at once, of each device', () => {
  it.each([
    ['a missing file', ['certs/d000001.pem', 'certs/none.key'], 'key is not there'],
    [
      'a key of another',
      ['certs/d000001.pem', 'certs/d000002.key'],
      'key does not belong to the certificate',
    ],
    ['a key in place of a certificate', ['certs/d000001.key', 'certs/d000001.key'], 'cert holds a key'],
    ['a folder', ['certs', 'certs/d000001.key'], 'cert is no regular file'],
  ])('%s', async (_what, [cert, key], message) => {
    const rows = Array.from({ length: 25 }, (_, n) => `pk,d${n},${cert},${key}`);
    writeFileSync(at('wrong.csv'), `productKey,deviceName,cert,key\n${rows.join('\n')}\n`, { mode: 0o600 });
    const checked = await inProcess([
      'check',
      SCENARIO,
      '--set',
      'devices={ file: wrong.csv }',
      '--set',
      'auth=x509',
    ]);
    expect(checked.code).toBe(104);
    expect(checked.stderr).toContain(`wrong.csv:2: ${message}`);
    expect(checked.stderr).toContain('and 5 more: ');
    expect(checked.stderr.split('\n').filter((line) => line.includes(message))).toHaveLength(20);
  });

  it('a list without keys, a target without TLS, one session for all', async () => {
    writeFileSync(at('half.csv'), 'productKey,deviceName,cert\npk,d,certs/d000001.pem\n', { mode: 0o600 });
    const half = await inProcess([
      'check',
      SCENARIO,
      '--set',
      'devices={ file: half.csv }',
      '--set',
      'auth=x509',
    ]);
    expect(half).toMatchObject({ code: 104, stderr: expect.stringContaining('the column key is missing') });
    const plain = await inProcess(['check', SCENARIO, '--set', 'broker={}', '--set', 'tls.resume=shared']);
    expect(plain.code).toBe(104);
    expect(plain.stderr).toContain('is a part of the TLS handshake (write broker: { tls: true })');
    expect(plain.stderr).toContain('each device has a session of its own by x509');
  });
});

it('devices --certificates writes over nothing', async () => {
  const again = await devices('certs', at('again.csv'));
  expect(again).toMatchObject({ code: 104, stderr: expect.stringContaining('is there already') });
  rmSync(at('again.csv'), { force: true });
});

it('mqtt-fleet broker --client-ca tells a device of the platform’s samples who it is', async () => {
  const ports = [
    '--port',
    '0',
    '--tls-port',
    '0',
    '--client-ca',
    at('certs/ca.pem'),
    '--ca-out',
    at('server.pem'),
  ];
  const broker = startCli(['broker', '--devices', at('certs.csv'), ...ports, '--json']);
  let said = '';
  broker.child.stderr!.on('data', (text) => (said += text));
  await broker.says('listens on');
  const address = /mqtts:\S+/.exec(said)![0];
  const client = mqtt.connect(address, {
    // As the platform's own samples sign in.
    ...{ clientId: '.|securemode=2|', username: '', password: '', keepalive: 60, reconnectPeriod: 0 },
    ca: readFileSync(at('server.pem')),
    cert: readFileSync(at('certs/d000003.pem')),
    key: readFileSync(at('certs/d000003.key')),
  });
  const [topic, payload] = await new Promise<[string, Buffer]>((resolve) =>
    client.once('message', (...message) => resolve([message[0], message[1]])),
  );
  expect(topic).toBe('/ext/auth/identity/response');
  expect(JSON.parse(payload.toString())).toEqual({ productKey: 'a1X509', deviceName: 'd000003' });
  await client.endAsync();
  const stranger = mqtt.connect(address, { ca: readFileSync(at('server.pem')), reconnectPeriod: 0 });
  const error = await new Promise<Error>((resolve) => stranger.once('error', resolve));
  expect(error).toMatchObject({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });
  await stranger.endAsync(true);
  await expect
    .poll(() => said)
    .toMatch(/refused a device: TLS handshake, \w+\. It showed no certificate of the authority/);
  broker.child.kill('SIGINT');
  const { stdout, code } = await broker.finished;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ connects_ok: 1, messages_delivered: 1, tls_handshakes_full: 1 });
});

mosquittoMustBeInstalledInCi();
const note = MOSQUITTO === undefined ? ` (${NOT_INSTALLED})` : '';
it.skipIf(MOSQUITTO === undefined)(
  `platform: plain signs in to mosquitto by certificate${note}`,
  async () => {
    const identity = await goodIdentity();
    const demands = [
      `cafile ${at('certs/ca.pem')}`,
      'require_certificate true',
      'use_identity_as_username true',
    ];
    const mosquitto = await startMosquitto({ identity, tlsSettings: demands });
    writeFileSync(at('mosquitto.pem'), identity.cert);
    try {
      const plain = [
        'platform=plain',
        `target=mqtts://127.0.0.1:${mosquitto.tlsPort}`,
        'tls.ca=mosquitto.pem',
      ];
      const good = (await run(...plain, 'client=wire')).summary();
      expect(good.counters).toMatchObject({ connects_ok: DEVICES, tls_handshakes_full: DEVICES });
      const other = await probe(...plain, 'client=mqtt');
      expect([other.code, other.stdout]).toEqual([0, expect.stringContaining('CONNACK 0')]);
      const bare = await probe(...plain, 'auth=none');
      expect(bare.code).not.toBe(0);
      expect(bare.stdout).toContain('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
      expect(bare.stdout).toContain('asks for a certificate of the device');
    } finally {
      await mosquitto.close();
    }
  },
);
