/** Sessions that others' clients come back to: MQTT.js, paho and mosquitto's, in both versions. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sign } from '../../../src/platform/aliyun/signing/credentials.ts';
import { type StandIn, type StandInSettings, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { findProgram, mustBeInstalledInCi } from '../../support/program.ts';
import { PYTHON_WITH_PAHO } from '../paho.ts';
import { connect, D1, DEVICES, optionsOf } from './fleet.ts';

const MOSQUITTO_SUB = findProgram('mosquitto_sub');
const MOSQUITTO_PUB = findProgram('mosquitto_pub');
const PAHO_SCRIPT = fileURLToPath(new URL('paho-session.py', import.meta.url));
const OWN = '/pk/d1/user/get';
const PLAIN = { platform: 'plain', auth: { method: 'none' } } as Partial<StandInSettings>;

mustBeInstalledInCi('python3-paho-mqtt', PYTHON_WITH_PAHO);
mustBeInstalledInCi('mosquitto-clients', MOSQUITTO_SUB);

let standIn: StandIn;
async function start(settings: Partial<StandInSettings> = {}): Promise<void> {
  standIn = await startStandIn({ devices: DEVICES, ...settings });
}
afterEach(() => standIn.close());

interface Done {
  code: number;
  stdout: string;
  stderr: string;
}

function done(program: string, args: string[]): Promise<Done> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 50_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const SESSIONS: [string, IClientOptions][] = [
  ['3.1.1', { protocolVersion: 4, clean: false }],
  ['5', { protocolVersion: 5, clean: false, properties: { sessionExpiryInterval: 300 } }],
];

it.each(SESSIONS)(
  'MQTT.js finds what the cloud sent while it was away, each once and in order, MQTT %s',
  async (_version, options) => {
    await start({
      faults: { downlink: { send: { topic: '/${productKey}/${deviceName}/user/get', everyUs: 30_000 } } },
    });
    const url = standIn.urls.tcp!;
    const heard: number[] = [];
    /** What is kept comes right behind the CONNACK. */
    const come = async (): Promise<MqttClient> => {
      const client = mqtt.connect(url, { ...optionsOf(D1, url), ...options });
      client.on('message', (_topic, payload) => heard.push(Number(JSON.parse(payload.toString()).id)));
      await new Promise<void>((resolve) => {
        client.once('connect', () => resolve());
      });
      return client;
    };
    const first = await come();
    await first.subscribeAsync(OWN, { qos: 1 });
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(2), 10_000);
    await first.endAsync();
    const before = standIn.counts();
    await vi.waitFor(() => expect(standIn.counts().messages_stored).toBeGreaterThan(4), 10_000);
    expect(standIn.counts().messages_delivered).toBe(before.messages_delivered);
    const again = await come();
    const after = heard.length + standIn.counts().messages_stored + 2;
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(after), 10_000);
    await again.endAsync();
    const [from = 0] = heard;
    expect([...new Set(heard)]).toEqual(Array.from({ length: heard.at(-1)! - from + 1 }, (_, n) => from + n));
    // One may have been on its way, unacknowledged, when the first connection ended.
    expect(heard.length - new Set(heard).size).toBeLessThanOrEqual(standIn.counts().messages_resent);
  },
);

it.each(['4', '5'])(
  'MQTT.js of version %s is sent nothing of the cloud without a session',
  async (version) => {
    await start({
      faults: { downlink: { send: { topic: '/${productKey}/${deviceName}/user/get', everyUs: 10_000 } } },
    });
    const protocolVersion = Number(version) as 4 | 5;
    const client = await connect(D1, standIn.urls.tcp!, { protocolVersion, clean: true });
    await client.subscribeAsync(OWN, { qos: 1 });
    await vi.waitFor(() => expect(standIn.counts().messages_delivered).toBeGreaterThan(2), 10_000);
    await client.endAsync();
    await vi.waitFor(() => expect(standIn.counts().connections_open).toBe(0));
    const { messages_delivered } = standIn.counts();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(standIn.counts()).toMatchObject({ messages_delivered, messages_stored: 0 });
  },
);

describe.skipIf(PYTHON_WITH_PAHO === undefined)(
  'paho; skipped where python3-paho-mqtt is not installed',
  () => {
    it.each(['4', '5'])('is sent again what it had not acknowledged, version %s', async (version) => {
      await start();
      const { mqttClientId, username, password } = sign(D1, 'hmacsha256', 3, '789');
      const port = String(standIn.ports.tcp);
      const args = [PAHO_SCRIPT, port, version, mqttClientId, username, password, OWN];
      const { code, stdout, stderr } = await done(PYTHON_WITH_PAHO!, args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const [first, again] = JSON.parse(stdout);
      expect(first).toMatchObject({ connack: 0, present: 0, suback: [1] });
      expect(again).toMatchObject({ connack: 0, present: 1 });
      if (version === '5')
        expect(first.limits).toMatchObject({
          TopicAliasMaximum: 20,
          MaximumQoS: 1,
          SessionExpiryInterval: 300,
        });
      const payloads = ['message 0', 'message 1', 'message 2'];
      expect(first.heard).toEqual(payloads.map((payload) => [payload, false]));
      expect(again.heard).toEqual(payloads.map((payload) => [payload, true]));
      expect(standIn.counts()).toMatchObject({ messages_resent: 3, messages_delivered: 6 });
    });
  },
);

describe.skipIf(MOSQUITTO_SUB === undefined)('mosquitto; skipped where its clients are not installed', () => {
  const versions = [
    ['mqttv311', ['-c']],
    ['mqttv5', ['-c', '-x', '300']],
  ] as const;

  it.each(versions)('finds what others sent while it was away, %s', async (version, session) => {
    await start(PLAIN);
    const to = ['-p', String(standIn.ports.tcp), '-V', version];
    const listen = ['-i', 'listener', ...session, '-q', '1', '-t', 'news/#', '-W', '20'];
    const subscribed = await done(MOSQUITTO_SUB!, [...to, ...listen, '-E']);
    expect(subscribed).toMatchObject({ code: 0, stderr: '' });
    for (const text of ['one', 'two', 'three']) {
      const sent = await done(MOSQUITTO_PUB!, [...to, '-q', '1', '-t', 'news/today', '-m', text]);
      expect(sent).toMatchObject({ code: 0, stderr: '' });
    }
    expect(standIn.counts()).toMatchObject({ messages_stored: 3, messages_delivered: 0 });
    const { stdout } = await done(MOSQUITTO_SUB!, [...to, ...listen, '-C', '3']);
    expect(stdout).toBe('one\ntwo\nthree\n');
  });

  it('publishes with properties and an alias, and is told the reason of a refusal', async () => {
    await start();
    const { mqttClientId, username, password } = sign(D1, 'hmacsha1', 3, '789');
    const to = ['-p', String(standIn.ports.tcp), '-V', 'mqttv5', '-i', mqttClientId, '-u', username];
    const what = ['-t', OWN, '-q', '1', '-m', 'x', '-D', 'publish', 'topic-alias', '7'];
    const more = [
      '-D',
      'publish',
      'user-property',
      'a',
      'b',
      '-D',
      'publish',
      'message-expiry-interval',
      '9',
    ];
    const sent = await done(MOSQUITTO_PUB!, [...to, '-P', password, ...what, ...more]);
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    const wrong = await done(MOSQUITTO_PUB!, [...to, '-P', 'wrong', ...what]);
    expect(wrong.stderr).toMatch(/bad user ?name or password/i);
    expect(standIn.counts()).toMatchObject({ publishes_received_qos1: 1, connects_refused_4: 1 });
  });
});
