/** The same conversation with real brokers: mosquitto, and the stand-in with its sign-in. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generateDevices } from '../../../src/model/devices/generated-devices.ts';
import type { Failure } from '../../../src/model/failure.ts';
import { securemodeOf } from '../../../src/platform/aliyun/endpoint.ts';
import { sign } from '../../../src/platform/aliyun/signing/credentials.ts';
import type { Endpoint } from '../../../src/platform/endpoint.ts';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import {
  MOSQUITTO,
  type Mosquitto,
  mosquittoMustBeInstalledInCi,
  NOT_INSTALLED,
  startMosquitto,
} from '../mosquitto.ts';
import { goodIdentity, type Identity } from './certificates.ts';
import { expectWholeService } from './contract/opening.ts';
import { Bench, type ClientFactory, CREDENTIALS, type DeviceOptions } from './device.ts';

const DEVICES = generateDevices('pk', 3, 'd');

/** Two subscriptions, a message to itself at each QoS, goodbye. `place` is what the device's own topics begin with. */
async function converse(
  bench: Bench,
  endpoint: Endpoint,
  place: string,
  options: DeviceOptions,
): Promise<void> {
  const device = bench.connect(endpoint, options);
  await device.until('opened');
  expectWholeService(device);
  device.connection.subscribe([
    { topic: `${place}/user/get`, qos: 1 },
    { topic: `${place}/user/+/more`, qos: 0 },
  ]);
  await device.until('subscribed');
  const packetId = device.connection.publish(`${place}/user/get`, 'at least once', 1);
  device.connection.publish(`${place}/user/a/more`, Buffer.from('at most once'), 0);
  await device.until('received', 2);
  await device.until('acked');
  device.connection.close();
  await device.until('ended');
  expect(device.told[0]).toEqual(['opened']);
  expect(device.told[1]).toEqual(['subscribed', [1, 0]]);
  expect(device.told).toContainEqual(['acked', packetId, 0]);
  expect(device.told).toContainEqual(['received', `${place}/user/get`, 'at least once']);
  expect(device.told).toContainEqual(['received', `${place}/user/a/more`, 'at most once']);
  expect(device.told.at(-1)).toEqual(['ended']);
}

export function describeBrokerContract(name: string, createClient: ClientFactory): void {
  const bench = new Bench(createClient);
  afterEach(() => bench.clear());
  describeMosquitto(name, bench);
  describeStandIn(name, bench);
}

function describeMosquitto(name: string, bench: Bench): void {
  mosquittoMustBeInstalledInCi();
  const note = MOSQUITTO === undefined ? ` (${NOT_INSTALLED})` : '';

  describe.skipIf(MOSQUITTO === undefined)(`${name} and mosquitto${note}`, () => {
    let broker: Mosquitto;
    let identity: Identity;
    beforeAll(async () => {
      identity = await goodIdentity();
      broker = await startMosquitto({ identity, settings: ['max_topic_alias 10'] });
    });
    afterAll(() => broker?.close());

    function endpoint(protocol: Endpoint['protocol']): Endpoint {
      const { host, port, tlsPort, webSocketPort } = broker;
      const ports = { mqtt: port, mqtts: tlsPort, ws: webSocketPort, wss: 0 };
      return { protocol, host, port: ports[protocol], path: protocol === 'ws' ? '/mqtt' : '' };
    }

    it.each([
      ['mqtt', '3.1.1'],
      ['mqtt', '5'],
      ['mqtts', '3.1.1'],
      ['ws', '5'],
    ] as const)('converse over %s in MQTT %s', async (scheme, protocol) => {
      await converse(bench, endpoint(scheme), '/pk/d1', { protocol, tls: { ca: identity.cert } });
    });

    it.each(['3.1.1', '5'] as const)('end the older login of a client id (MQTT %s)', async (protocol) => {
      const older = bench.connect(endpoint('mqtt'), { protocol });
      await older.until('opened');
      const newer = bench.connect(endpoint('mqtt'), { protocol });
      await newer.until('opened');
      await older.until('lost');
      expect(older.told).toHaveLength(2);
      // Some versions say so in a DISCONNECT, others (2.0.11) just close.
      const kinds = protocol === '5' ? ['kicked', 'closed'] : ['closed'];
      expect(kinds).toContain((older.told[1]![1] as Failure).kind);
      expect(newer.told).toEqual([['opened']]);
    });

    it.each([
      ['3.1.1', {}],
      ['5', { expirySec: 60 }],
    ] as const)('keep a session for a device that is away (MQTT %s)', async (protocol, keptSession) => {
      const credentials = { ...CREDENTIALS, mqttClientId: `${name} kept ${protocol}` };
      const options: DeviceOptions = { protocol, keptSession, credentials, topicAlias: true };
      const topic = `kept/${name}/${protocol}`;
      const first = bench.connect(endpoint('mqtt'), options);
      await first.until('opened');
      expect(first.connection.isResumed).toBe(false);
      first.connection.subscribe([{ topic, qos: 1 }]);
      await first.until('subscribed');
      first.connection.close();
      await first.until('ended');
      const other = bench.connect(endpoint('mqtt'), { protocol, topicAlias: true });
      await other.until('opened');
      for (const payload of ['1', '2', '3']) other.connection.publish(topic, payload, 1);
      await other.until('acked', 3);
      const again = bench.connect(endpoint('mqtt'), options);
      await again.until('received', 3);
      expect(again.connection.isResumed).toBe(true);
      // What a device sends again the broker takes for the first, if it had it not.
      again.connection.resend(77, topic, '4');
      await again.until('acked');
      await again.until('received', 4);
      expect(again.told.filter(([what]) => what === 'received')).toEqual(
        ['1', '2', '3', '4'].map((payload) => ['received', topic, payload]),
      );
      expect(again.told).toContainEqual(['acked', 77, 0]);
    });

    it.each(['3.1.1', '5'] as const)('leave a will (MQTT %s)', async (protocol) => {
      const will = { topic: `gone/${name}/${protocol}`, payload: 'lost', qos: 1, retain: false } as const;
      const watcher = bench.connect(endpoint('mqtt'), { protocol });
      await watcher.until('opened');
      watcher.connection.subscribe([{ topic: will.topic, qos: 1 }]);
      await watcher.until('subscribed');
      const credentials = { ...CREDENTIALS, mqttClientId: `${name} will ${protocol}`, will };
      // A second sign-in of one client id ends the first without a goodbye.
      for (let nth = 0; nth < 2; nth++) {
        const device = bench.connect(endpoint('mqtt'), { protocol, credentials });
        await device.until('opened');
      }
      await watcher.until('received');
      expect(watcher.told).toContainEqual(['received', will.topic, will.payload]);
    });

    it('part when mosquitto is killed, and meet a closed door after that', async () => {
      const doomed = await startMosquitto();
      const address: Endpoint = { protocol: 'mqtt', host: doomed.host, port: doomed.port, path: '' };
      const device = bench.connect(address);
      await device.until('opened');
      await doomed.close();
      await device.until('lost');
      expect(['closed', 'reset']).toContain((device.told[1]![1] as Failure).kind);
      const late = bench.connect(address);
      await late.untilOver();
      expect(late.told).toEqual([['failed', { phase: 'tcp', kind: 'refused', code: 'ECONNREFUSED' }]]);
    });

    it('leave an attempt to its deadline when mosquitto is frozen', async () => {
      broker.child.kill('SIGSTOP');
      try {
        const device = bench.connect(endpoint('mqtt'));
        await expect.poll(() => device.attempt.phase).toBe('connack');
        await sleep(20);
        expect(device.told).toEqual([]);
        device.connection.expire();
        expect(device.told).toEqual([['failed', { phase: 'connack', kind: 'timeout', code: '' }]]);
      } finally {
        broker.child.kill('SIGCONT');
      }
    });
  });
}

function describeStandIn(name: string, bench: Bench): void {
  describe(`${name} and the stand-in`, () => {
    let standIn: StandIn;
    beforeAll(async () => {
      standIn = await startStandIn({ devices: DEVICES.shared, tcp: 0, tls: 0, ws: 0, wss: 0 });
    });
    afterAll(() => standIn?.close());

    function endpoint(protocol: Endpoint['protocol']): Endpoint {
      const { tcp, tls, ws, wss } = standIn.ports;
      const ports = { mqtt: tcp, mqtts: tls, ws, wss };
      return {
        protocol,
        host: '127.0.0.1',
        port: ports[protocol]!,
        path: protocol.startsWith('ws') ? '/mqtt' : '',
      };
    }

    it.each(['mqtt', 'mqtts', 'ws', 'wss'] as const)('converse over %s, signed', async (protocol) => {
      const triple = DEVICES.triple(0);
      const credentials = sign(triple, 'hmacsha256', securemodeOf(protocol), '1700000000000');
      const tls = { ca: standIn.ca! };
      await converse(bench, endpoint(protocol), `/pk/${triple.deviceName}`, { credentials, tls });
    });

    it('part at a wrong password', async () => {
      const credentials = { ...sign(DEVICES.triple(1), 'hmacsha1', 3, undefined), password: 'f'.repeat(40) };
      const device = bench.connect(endpoint('mqtt'), { credentials });
      await device.untilOver();
      expect(device.told).toEqual([['failed', { phase: 'connack', kind: 'rejected', code: 'CONNACK 4' }]]);
    });

    it('part at a client id without its |…| part', async () => {
      const credentials = { ...CREDENTIALS, mqttClientId: 'pk.d1' };
      const device = bench.connect(endpoint('mqtt'), { credentials });
      await device.untilOver();
      expect(device.told).toEqual([['failed', { phase: 'connack', kind: 'rejected', code: 'CONNACK 2' }]]);
    });
  });
}
