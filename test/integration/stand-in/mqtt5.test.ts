/** MQTT 5 as the platform speaks it: its limits, its reasons, and what a device may say. */
import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { packet } from '../client/contract/malformed.ts';
import { connect, D1, D2, DEVICES, nextMessage, optionsOf } from './fleet.ts';
import { connectFields, RawDevice } from './raw-device.ts';

const OWN = '/pk/d1/user/get';

let standIn: StandIn;
let port: number;

beforeEach(async () => {
  standIn = await startStandIn({ devices: DEVICES });
  port = standIn.ports.tcp!;
});
afterEach(() => standIn.close());

describe('CONNACK', () => {
  it('names the limits of the platform, and the device’s own keepalive and expiry', async () => {
    const device = await RawDevice.open(port, D1, {
      keepalive: 77,
      properties: { sessionExpiryInterval: 90 },
    });
    expect(await device.next('connack')).toMatchObject({
      reasonCode: 0,
      sessionPresent: false,
      properties: {
        maximumQoS: 1,
        retainAvailable: true,
        wildcardSubscriptionAvailable: true,
        subscriptionIdentifiersAvailable: false,
        sharedSubscriptionAvailable: true,
        topicAliasMaximum: 20,
        maximumPacketSize: 262_144,
        serverKeepAlive: 77,
        sessionExpiryInterval: 90,
      },
    });
    await device.cut();
  });

  it.each([
    ['a client id without extension part', 133, { clientId: 'pk.d1' }],
    ['a wrong password', 134, { password: Buffer.from('f'.repeat(40)) }],
    ['an unknown device', 135, { username: 'nobody&pk' }],
    ['a keepalive of 29 s', 136, { keepalive: 29 }],
    ['another method of authentication', 140, { properties: { authenticationMethod: 'SCRAM' } }],
    ['21 user properties', 151, { properties: { userProperties: { a: new Array(21).fill('b') } } }],
    [
      'a will of QoS 2',
      155,
      { will: { topic: OWN, payload: Buffer.from('x'), qos: 2 as const, retain: false } },
    ],
  ])('refuses %s with reason %i', async (_what, reasonCode, more) => {
    const device = await RawDevice.dial(port);
    device.say(connectFields(D1, more));
    expect(await device.next('connack')).toMatchObject({ reasonCode });
    expect(await device.reason()).toBeUndefined();
    expect(standIn.counts()).toMatchObject({ connects_refused: 1, connects_ok: 0, connections_open: 0 });
  });

  it('refuses over a quota as busy, or as used up', async () => {
    for (const [refuse, reasonCode] of [
      ['connack3', 137],
      ['connack5', 151],
    ] as const) {
      const full = await startStandIn({ devices: DEVICES, quotas: { connections: 1, refuse } });
      const first = await RawDevice.open(full.ports.tcp!, D1);
      const second = await RawDevice.dial(full.ports.tcp!);
      second.say(connectFields(D2));
      expect(await second.next('connack')).toMatchObject({ reasonCode });
      await first.cut();
      await full.close();
    }
  });

  it.each(['/pk/d1/#', '/pk/+/user/get'])(
    'refuses a will on %j, which nobody could be sent',
    async (topic) => {
      const will = { topic, payload: Buffer.from('x'), qos: 0 as const, retain: false };
      const device = await RawDevice.dial(port);
      device.say(connectFields(D1, { will }));
      expect(await device.next('connack')).toMatchObject({ reasonCode: 144 });
      await device.reason();
      const old = await RawDevice.dial(port, 4);
      old.say(connectFields(D1, { will, protocolVersion: 4 }));
      expect(await old.reason()).toBeUndefined();
      expect(old.all('connack')).toEqual([]);
    },
  );

  it('tells a CONNECT that cannot be read why', async () => {
    const head = [0, 4, 'MQTT', 5, 2, 0, 60] as const;
    const clientId = [0, 1, 'a'] as const;
    for (const [bytes, reasonCode] of [
      // The session expiry is there twice, the receive maximum is 0, and a topic alias is nothing for a CONNECT.
      [packet(0x10, ...head, 10, 0x11, 0, 0, 0, 1, 0x11, 0, 0, 0, 1, ...clientId), 130],
      [packet(0x10, ...head, 3, 0x21, 0, 0, ...clientId), 130],
      [packet(0x10, ...head, 3, 0x23, 0, 1, ...clientId), 129],
      [packet(0x10, ...head, 9, 0x21, 0, 1, ...clientId), 129],
    ] as const) {
      const device = await RawDevice.dial(port);
      device.say(bytes);
      expect(await device.next('connack')).toMatchObject({ reasonCode });
      await device.reason();
    }
    expect(standIn.counts()).toMatchObject({ connects_refused: 4, connections_open: 0 });
  });
});

describe('the end of a connection', () => {
  const publishBody = [0, OWN.length, OWN] as const;
  const subscribe = (...properties: number[]): Buffer =>
    packet(0x82, 0, 1, properties.length, ...properties, 0, OWN.length, OWN, 1);

  it.each<[string, number | undefined, Buffer]>([
    ['after DISCONNECT', undefined, packet(0xe0)],
    ['a second CONNECT', 130, packet(0x10, 0, 4, 'MQTT', 5, 2, 0, 60, 0, 0, 0)],
    ['AUTH', 130, packet(0xf0)],
    ['PUBREL', 130, packet(0x62, 0, 1)],
    ['QoS 2', 155, packet(0x34, ...publishBody, 0, 1, 0)],
    ['QoS 3', 129, packet(0x36, ...publishBody, 0, 1, 0)],
    ['no properties', 129, packet(0x32, ...publishBody, 0, 1)],
    ['packet id 0', 130, packet(0x32, ...publishBody, 0, 0, 0)],
    ['a property twice', 130, packet(0x30, ...publishBody, 4, 1, 1, 1, 1)],
    ['a property of another packet', 129, packet(0x30, ...publishBody, 3, 0x13, 0, 1)],
    ['a subscription identifier of a device', 129, packet(0x30, ...publishBody, 2, 0x0b, 1)],
    ['a property that is cut off', 129, packet(0x30, ...publishBody, 2, 0x23, 0)],
    ['topic alias 0', 148, packet(0x30, ...publishBody, 3, 0x23, 0, 0)],
    ['topic alias 21', 148, packet(0x30, ...publishBody, 3, 0x23, 0, 21)],
    ['an alias that stands for nothing', 130, packet(0x30, 0, 0, 3, 0x23, 0, 5)],
    ['neither topic nor alias', 130, packet(0x30, 0, 0, 0)],
    ['a packet of 256 KB and a byte', 149, Buffer.of(0x30, 0xfd, 0xff, 0x0f)],
    ['a reserved type', 129, packet(0x00)],
    ['a subscription identifier', 161, subscribe(0x0b, 1)],
    ['a filter that is empty', 129, packet(0x82, 0, 1, 0, 0, 0, 1)],
    ['reserved bits of a subscription', 129, packet(0x82, 0, 1, 0, 0, 1, 'a', 0xc1)],
    ['UNSUBSCRIBE with a property of another', 129, packet(0xa2, 0, 1, 2, 0x01, 1, 0, 1, 'a')],
    ['PUBACK of an unknown reason', 129, packet(0x40, 0, 1, 0x55)],
    ['PINGREQ with a body', 129, packet(0xc0, 0)],
    ['DISCONNECT of an unknown reason', 129, packet(0xe0, 0x55)],
    ['DISCONNECT that would prolong what ends', 130, packet(0xe0, 0, 5, 0x11, 0, 0, 0, 9)],
  ])('on %s: reason %s', async (_what, reason, bytes) => {
    const device = await RawDevice.open(port, D1);
    device.say(bytes);
    expect(await device.reason()).toBe(reason);
    expect(standIn.counts()).toMatchObject({ connects_ok: 1, disconnects: 1, connections_open: 0 });
  });

  it('by another connection of the same device: taken over', async () => {
    const first = await RawDevice.open(port, D1);
    const second = await RawDevice.open(port, D1, { clientId: connectFields(D1).clientId });
    expect(await first.reason()).toBe(142);
    await second.settled();
    await second.cut();
  });

  it('by a message beyond the quota of size: too large', async () => {
    const small = await startStandIn({ devices: DEVICES, quotas: { messageBytes: 10 } });
    const device = await RawDevice.open(small.ports.tcp!, D1);
    device.publish(OWN, 'x'.repeat(11));
    expect(await device.reason()).toBe(149);
    await small.close();
  });

  it('by the end of the stand-in: shutting down', async () => {
    const device = await RawDevice.open(port, D1);
    await standIn.close();
    expect(await device.reason()).toBe(139);
  });
});

describe('acknowledgements', () => {
  it('say why a message goes no further', async () => {
    const limited = await startStandIn({ devices: DEVICES, quotas: { messageRate: { qos1PerSec: 1 } } });
    const device = await RawDevice.open(limited.ports.tcp!, D1);
    device.publish('/pk/d2/user/get', 'x', { qos: 1, messageId: 1 });
    const userProperties = { a: new Array(21).fill('b') };
    device.publish(OWN, 'x', { qos: 1, messageId: 2, properties: { userProperties } });
    device.publish(OWN, 'x', { qos: 1, messageId: 3 });
    device.publish(OWN, 'x', { qos: 1, messageId: 4 });
    await device.next('puback', 4);
    expect(device.all('puback').map(({ messageId, reasonCode }) => [messageId, reasonCode])).toEqual([
      [1, 135],
      [2, 151],
      [3, 0],
      [4, 151],
    ]);
    expect(limited.counts()).toMatchObject({ publishes_unauthorized: 1, publishes_over_rate: 1 });
    await device.cut();
    await limited.close();
  });

  it('of SUBSCRIBE and UNSUBSCRIBE have a reason for each filter', async () => {
    const limited = await startStandIn({ devices: DEVICES, quotas: { subscriptions: 1 } });
    const device = await RawDevice.open(limited.ports.tcp!, D1);
    expect(await device.subscribe('/pk/d2/user/get')).toEqual([135]);
    expect(await device.subscribe('/pk/d1/user/#/x')).toEqual([143]);
    expect(await device.subscribe(OWN)).toEqual([1]);
    expect(await device.subscribe('/pk/d1/user/more')).toEqual([151]);
    device.say({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: [OWN, '/pk/d1/user/never'] });
    expect(await device.next('unsuback')).toMatchObject({ messageId: 9, granted: [0, 17] });
    await device.cut();
    await limited.close();
  });
});

describe('messages', () => {
  it('take their topic from an alias, which another topic may take over', async () => {
    const device = await RawDevice.open(port, D1);
    await device.subscribe('/pk/d1/user/+');
    const say = (topic: string, payload: string): void =>
      device.publish(topic, payload, { properties: { topicAlias: 20 } });
    say(OWN, 'named');
    say('', 'alias');
    say('/pk/d1/user/other', 'renamed');
    say('', 'alias again');
    await device.next('publish', 4);
    expect(device.all('publish').map(({ topic, payload }) => [topic, payload.toString()])).toEqual([
      [OWN, 'named'],
      [OWN, 'alias'],
      ['/pk/d1/user/other', 'renamed'],
      ['/pk/d1/user/other', 'alias again'],
    ]);
    // An alias is the connection's.
    await device.cut();
    const next = await RawDevice.open(port, D1);
    next.publish('', 'x', { properties: { topicAlias: 20 } });
    expect(await next.reason()).toBe(130);
  });

  it('keep what is said of them, but for the alias', async () => {
    const device = await RawDevice.open(port, D1);
    await device.subscribe(OWN);
    const properties = {
      payloadFormatIndicator: true,
      contentType: 'text/plain',
      responseTopic: '/pk/d1/user/back',
      correlationData: Buffer.from([1, 2, 0]),
      userProperties: { a: ['b', 'c'], d: 'ä' },
    };
    const sent = { ...properties, messageExpiryInterval: 30, topicAlias: 3 };
    device.publish(OWN, 'x', { qos: 1, messageId: 5, properties: sent });
    const received = (await device.next('publish')).properties!;
    expect({ ...received, userProperties: { ...received.userProperties } }).toEqual({
      ...properties,
      messageExpiryInterval: 30,
    });
    await device.cut();
  });

  it('do not come back where the device does not want its own', async () => {
    const device = await RawDevice.open(port, D1);
    await device.subscribe(OWN, 1, { nl: true });
    device.publish(OWN, 'own');
    await device.subscribe(OWN, 1, { nl: false });
    device.publish(OWN, 'wanted');
    await device.next('publish');
    await device.settled();
    expect(device.payloads).toEqual(['wanted']);
    await device.cut();
  });

  it('are no more at once than the device takes, and none larger', async () => {
    const properties = { receiveMaximum: 2, maximumPacketSize: 64 };
    const device = await RawDevice.open(port, D1, { properties });
    await device.subscribe(OWN);
    for (let n = 1; n <= 5; n++) device.publish(OWN, String(n), { qos: 1, messageId: n });
    await device.settled();
    expect(device.payloads).toEqual(['1', '2']);
    const [first] = device.all('publish');
    device.say({ cmd: 'puback', messageId: first!.messageId!, reasonCode: 0 });
    await device.settled();
    expect(device.payloads).toEqual(['1', '2', '3']);
    for (const { messageId } of device.all('publish').slice(1)) {
      device.say({ cmd: 'puback', messageId: messageId!, reasonCode: 0 });
    }
    await device.settled();
    expect(device.payloads).toEqual(['1', '2', '3', '4', '5']);
    device.publish(OWN, 'x'.repeat(64));
    device.publish(OWN, 'small');
    await device.next('publish', 6);
    expect(device.payloads.at(-1)).toBe('small');
    expect(standIn.counts()).toMatchObject({ messages_delivered: 6, messages_too_large: 1 });
    await device.cut();
  });
});

it('serves both versions on one port', async () => {
  const five = await mqtt.connectAsync(standIn.urls.tcp!, {
    ...optionsOf(D1, standIn.urls.tcp!),
    protocolVersion: 5,
  });
  const four = await connect(D2, standIn.urls.tcp!);
  for (const [device, name] of [
    [five, 'd1'],
    [four, 'd2'],
  ] as const) {
    await device.subscribeAsync(`/pk/${name}/user/get`, { qos: 1 });
    const message = nextMessage(device);
    await device.publishAsync(`/pk/${name}/user/get`, name, { qos: 1 });
    expect(await message).toMatchObject({ text: name, qos: 1 });
  }
  await Promise.all([five.endAsync(), four.endAsync()]);
  await vi.waitFor(() => expect(standIn.counts()).toMatchObject({ disconnects: 2, connections_open: 0 }));
});
