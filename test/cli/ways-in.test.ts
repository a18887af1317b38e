/**
 * The direct login over every transport, by both clients and in both versions of MQTT (each with each is of the client's contract), against
 * the stand-in and against mosquitto: in each run two devices are right and one is not. The other ways in have files of their own: https, ready-made, register (with its tokens) and schemes/ beside this.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeviceTableBuilder } from '../../src/model/devices/device-table.ts';
import { hmacHex } from '../../src/platform/aliyun/signing/credentials.ts';
import { type StandIn, startStandIn } from '../../src/stand-in/stand-in.ts';
import {
  MOSQUITTO,
  mosquittoMustBeInstalledInCi,
  NOT_INSTALLED,
  startMosquitto,
} from '../integration/mosquitto.ts';
import { expectBalanced } from '../support/books.ts';
import { cli, readSummary, temporaryFolder } from '../support/cli.ts';
import { everythingOf } from '../support/everything.ts';

const CANARY = 'canary5ecret';
const TIMESTAMP = 1_700_000_000_000;
const RIGHT = ['d1', 'd2'];
const WRONG = 'd3';
const NAMES = [...RIGHT, WRONG];
const SIGNATURES = NAMES.map((name) =>
  hmacHex(
    'hmacsha256',
    `${CANARY}-${name}`,
    `clientIdpk.${name}deviceName${name}productKeypktimestamp${TIMESTAMP}`,
  ),
);

const folder = temporaryFolder();
let standIn: StandIn;

beforeAll(async () => {
  const known = new DeviceTableBuilder();
  for (const name of NAMES) known.add('pk', name, name === WRONG ? 'another' : `${CANARY}-${name}`);
  standIn = await startStandIn({ devices: known.build().shared, tcp: 0, tls: 0, ws: 0, wss: 0 });
  writeFileSync(join(folder, 'ca.pem'), standIn.ca!);
  const triples = NAMES.map((name) => `pk,${name},${CANARY}-${name}\n`);
  write('triples.csv', `productKey,deviceName,deviceSecret\n${triples.join('')}`);
  const accounts = NAMES.map((name) => `${name},${name},${CANARY}-${name}\n`);
  write('accounts.csv', `clientId,username,password\n${accounts.join('')}`);
});
afterAll(() => standIn.close());

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
}

/** The reports of such a scenario, in which nobody's secret is. */
async function run(name: string, lines: string[]) {
  const text = [
    ...lines,
    'connect: { stages: [{ duration: 300ms, rate: 10/s }] }',
    'publish: [{ topic: "/pk/${deviceName}/user/update", qos: 1, every: 200ms, payload: { size: 64B } }]',
    'hold: 300ms',
    'gracefulStop: 2s',
    'thresholds: { connects_failed: [count == 0], messages_acked: [share == 1] }',
  ];
  write(`${name}.yaml`, `${text.join('\n')}\n`);
  const out = join(folder, name);
  const args = ['run', join(folder, `${name}.yaml`), '--workers', '1', '--allow-invalid', '--out', out];
  const done = await cli(args);
  const everything = everythingOf(done, out);
  for (const secret of [CANARY, ...SIGNATURES]) expect(everything).not.toContain(secret);
  expectBalanced(out);
  return { ...done, summary: readSummary(out) };
}

/** Who is right signed in and published; the other is told of with that code, and alone makes the run fail. */
function expectOneRefused(done: Awaited<ReturnType<typeof run>>, code: string, hint: string): void {
  const { counters, failures, thresholds } = done.summary;
  expect(counters).toMatchObject({ connects_ok: RIGHT.length, connects_failed: 1, messages_failed: 0 });
  expect(counters.messages_acked).toBeGreaterThanOrEqual(RIGHT.length);
  const refused = { phase: 'connack', kind: 'rejected', code, count: 1, examples: [WRONG] };
  expect(failures).toEqual([{ ...refused, hint: expect.stringContaining(hint) }]);
  expect(done.stdout).toContain(`connack: rejected ${code}`);
  expect(thresholds.map(({ verdict }) => verdict)).toEqual(['fail', 'pass']);
  expect(done.code).toBe(99);
}

it.each([
  ['tcp', 'mqtt', '3.1.1'],
  ['ws', 'wire', '3.1.1'],
  ['tls', 'mqtt', '5'],
  ['wss', 'wire', '5'],
] as const)('hmac over %s, client: %s, MQTT %s', async (transport, client, protocol) => {
  const before = standIn.counts();
  const done = await run(`${transport}-${protocol}`, [
    `target: ${standIn.urls[transport]}`,
    'devices: { file: triples.csv }',
    `auth: { signmethod: hmacsha256, timestamp: ${TIMESTAMP} }`,
    `tls: ${transport === 'tls' || transport === 'wss' ? '{ ca: ca.pem }' : '{}'}`,
    `client: ${client}`,
    `protocol: ${protocol}`,
  ]);
  expectOneRefused(done, protocol === '5' ? 'CONNACK 134' : 'CONNACK 4', 'check the DeviceSecret');
  const handshakes = transport === 'tls' || transport === 'wss' ? NAMES.length : 0;
  const { tls_handshakes_full, tls_handshakes_resumed, messages_sent } = done.summary.counters;
  expect({ tls_handshakes_full, tls_handshakes_resumed }).toEqual({
    tls_handshakes_full: handshakes,
    tls_handshakes_resumed: 0,
  });
  const after = standIn.counts();
  const seen = Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - before[name as keyof typeof before]]),
  );
  expect(seen).toMatchObject({
    connections_accepted: NAMES.length,
    tls_handshakes_full: handshakes,
    connects_ok: RIGHT.length,
    connects_refused: 1,
    connects_refused_4: 1,
    connects_securemode_mismatch: 0,
    publishes_received: messages_sent,
    publishes_unauthorized: 0,
  });
});

mosquittoMustBeInstalledInCi();
it.skipIf(MOSQUITTO === undefined)(`MQTT 5 to mosquitto; ${NOT_INSTALLED} otherwise`, async () => {
  const users = NAMES.map((name) => `${name}:${name === WRONG ? 'another' : `${CANARY}-${name}`}`);
  const passwords = join(folder, 'passwords');
  writeFileSync(passwords, `${users.join('\n')}\n`);
  execFileSync('mosquitto_passwd', ['-U', passwords]);
  const settings = ['allow_anonymous false', `password_file ${passwords}`];
  const mosquitto = await startMosquitto({ settings, webSocket: false });
  try {
    const done = await run('mosquitto', [
      'platform: plain',
      `target: mqtt://${mosquitto.host}:${mosquitto.port}`,
      'devices: { file: accounts.csv }',
      'client: mqtt',
      'protocol: 5',
    ]);
    expect(done.stdout).toContain('MQTT 5');
    expect(done.summary.standIn).toBeNull();
    expectOneRefused(done, 'CONNACK 135', 'not authorised');
  } finally {
    await mosquitto.close();
  }
});
