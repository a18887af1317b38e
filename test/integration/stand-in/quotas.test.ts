/** Quotas as devices meet them: what is within goes on undisturbed, what is beyond is refused as asked and counted by quota. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { MqttClient } from 'mqtt';
import mqttPacket from 'mqtt-packet';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DeviceTableBuilder } from '../../../src/model/devices/device-table.ts';
import type { Quotas } from '../../../src/model/scenario.ts';
import { PLATFORM_QUOTAS } from '../../../src/stand-in/quotas/quotas.ts';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { closed, connect, connectPacketOf, optionsOf, returnCodeOf } from './fleet.ts';

const builder = new DeviceTableBuilder();
for (let number = 0; number < 10; number++) builder.add('pk', `d${number}`, `secret-of-d${number}`);
const FLEET = builder.build();
const POST = '/sys/pk/d1/thing/event/property/post';
const GET = '/pk/d1/user/get';
const UPDATE = '/pk/d1/user/update';

const ends: (() => Promise<void>)[] = [];

async function start(quotas?: Quotas): Promise<StandIn> {
  const standIn = await startStandIn({ devices: FLEET.shared, quotas });
  ends.push(() => standIn.close());
  return standIn;
}

/** `number` 1 is d1. */
async function device(standIn: StandIn, number: number, options = {}): Promise<MqttClient> {
  const client = await connect(FLEET.triple(number), standIn.urls.tcp!, options);
  ends.unshift(() => client.endAsync(true));
  return client;
}

function answerTo(standIn: StandIn, number: number): Promise<number> {
  const url = standIn.urls.tcp!;
  return returnCodeOf(url, optionsOf(FLEET.triple(number), url));
}

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describe('connections', () => {
  it('refuses those beyond with CONNACK 3 and leaves those within alone', async () => {
    const standIn = await start({ connections: 2 });
    const within = [await device(standIn, 1), await device(standIn, 2)];
    expect(await Promise.all([3, 4, 5].map((number) => answerTo(standIn, number)))).toEqual([3, 3, 3]);
    for (const client of within) await client.publishAsync(UPDATE, 'x', { qos: 1 });
    expect(standIn.counts()).toMatchObject({
      connects_ok: 2,
      connections_open: 2,
      connects_over_quota_connections: 3,
      connects_refused: 3,
      connects_refused_3: 3,
      kicked: 0,
      disconnects: 0,
    });
  });

  it('has room again when one has gone, and not a place more', async () => {
    const standIn = await start({ connections: 1 });
    await (await device(standIn, 1)).endAsync();
    await vi.waitFor(() => expect(standIn.counts().connections_open).toBe(0));
    await device(standIn, 2);
    expect(await answerTo(standIn, 1)).toBe(3);
  });

  it('lets a device that is connected take its own place over', async () => {
    const standIn = await start({ connections: 1 });
    const older = await device(standIn, 1);
    const gone = closed(older);
    await device(standIn, 1);
    await gone;
    expect(standIn.counts()).toMatchObject({ kicked: 1, connections_open: 1, connects_refused: 0 });
  });

  it('does not ask a wrong password whether there is room', async () => {
    const standIn = await start({ connections: 1 });
    await device(standIn, 1);
    const url = standIn.urls.tcp!;
    expect(await returnCodeOf(url, { ...optionsOf(FLEET.triple(2), url), password: 'wrong' })).toBe(4);
    expect(standIn.counts().connects_over_quota_connections).toBe(0);
  });

  it('refuses with CONNACK 5 when asked to', async () => {
    const standIn = await start({ connections: 1, refuse: 'connack5' });
    await device(standIn, 1);
    expect(await answerTo(standIn, 2)).toBe(5);
    expect(standIn.counts()).toMatchObject({ connects_refused_5: 1, connects_over_quota_connections: 1 });
  });

  it('closes without a word when asked to', async () => {
    const standIn = await start({ connections: 1, refuse: 'close' });
    await device(standIn, 1);
    await expect(device(standIn, 2)).rejects.toThrow('connect to server');
    expect(standIn.counts()).toMatchObject({
      connects_over_quota_connections: 1,
      connects_refused: 0,
      connections_open: 1,
    });
  });

  it('says nothing at all when asked to, and sees the device go', async () => {
    const standIn = await start({ connections: 1, refuse: 'ignore' });
    await device(standIn, 1);
    const socket = connectTcp({ port: standIn.ports.tcp!, host: '127.0.0.1' });
    const heard = once(socket, 'data');
    socket.write(connectPacketOf(FLEET.triple(2)));
    await vi.waitFor(() => expect(standIn.counts().connects_over_quota_connections).toBe(1));
    const gone = once(socket, 'close');
    socket.end(mqttPacket.generate({ cmd: 'pingreq' }));
    // Its own end closes only when the stand-in has closed the other.
    expect(await Promise.race([gone, heard])).toEqual([false]);
    expect(standIn.counts()).toMatchObject({ connects_refused: 0, connections_open: 1 });
  });
});

describe('connects', () => {
  it('refuses all beyond the rate of the endpoint, whoever they are', async () => {
    const standIn = await start({ connectsPerSec: 5 });
    const answers = await Promise.all(Array.from({ length: 8 }, (_, nth) => answerTo(standIn, nth + 1)));
    expect(answers.toSorted()).toEqual([0, 0, 0, 0, 0, 3, 3, 3]);
    expect(standIn.counts()).toMatchObject({ connects_ok: 5, connects_over_quota_rate: 3 });
  });

  it('refuses a device beyond its number in a minute, and no other', async () => {
    const standIn = await start({ connectsPerMinute: 2 });
    const answers = [];
    for (let attempt = 0; attempt < 4; attempt++) answers.push(await answerTo(standIn, 1));
    expect(answers).toEqual([0, 0, 3, 3]);
    await device(standIn, 2);
    expect(standIn.counts()).toMatchObject({
      connects_ok: 3,
      connects_over_quota_per_minute: 2,
      connects_per_minute_max: 4,
    });
  });

  it('beyond the rate does not end the connection that the device has', async () => {
    const standIn = await start({ connectsPerMinute: 1 });
    const client = await device(standIn, 1);
    expect(await answerTo(standIn, 1)).toBe(3);
    await client.publishAsync(UPDATE, 'x', { qos: 1 });
    expect(standIn.counts()).toMatchObject({ kicked: 0, connections_open: 1 });
  });
});

describe('messages', () => {
  it('over the rate are acknowledged and go no further', async () => {
    const standIn = await start({ messageRate: { qos0PerSec: 1_000, qos1PerSec: 3 } });
    const client = await device(standIn, 1);
    await client.subscribeAsync([`${POST}_reply`, GET]);
    // In one chunk, so that all are of one second.
    const sent = Array.from({ length: 8 }, () => client.publishAsync(POST, '{"id":"1"}', { qos: 1 }));
    await Promise.all(sent);
    await client.publishAsync(GET, 'x', { qos: 0 });
    await vi.waitFor(() => expect(standIn.counts().messages_delivered).toBe(4));
    expect(standIn.counts()).toMatchObject({
      publishes_received: 9,
      publishes_over_rate: 5,
      replies_sent: 3,
    });
    expect(standIn.truth()).toMatchObject({ puback: { count: 8 }, reply: { count: 3 } });
  });

  it('over the size end the connection', async () => {
    const standIn = await start({ messageBytes: 100 });
    const client = await device(standIn, 1);
    await client.publishAsync(UPDATE, Buffer.alloc(100), { qos: 1 });
    const gone = closed(client);
    client.publish(UPDATE, Buffer.alloc(101), { qos: 1 }, () => {});
    await gone;
    expect(standIn.counts()).toMatchObject({
      publishes_received: 2,
      publishes_over_size: 1,
      disconnects: 1,
    });
    expect(standIn.truth().puback).toMatchObject({ count: 1 });
  });
});

describe('subscriptions', () => {
  /** The SUBACK's code of each filter. */
  async function granted(client: MqttClient, ...filters: string[]): Promise<number[]> {
    const suback = new Promise<number[]>((resolve) => {
      client.on('packetreceive', (packet) => {
        if (packet.cmd === 'suback') resolve(packet.granted as number[]);
      });
    });
    client.subscribe(filters, () => {});
    return suback;
  }
  const filters = (from: number, to: number): string[] =>
    Array.from({ length: to - from + 1 }, (_, nth) => `/pk/d1/user/${from + nth}`);

  it.each([true, false])(
    'are refused beyond their number, until others are given up (clean %s)',
    async (clean) => {
      const standIn = await start({ subscriptions: 3 });
      const client = await device(standIn, 1, { clean });
      expect(await granted(client, ...filters(1, 4))).toEqual([0, 0, 0, 128]);
      expect(await granted(client, ...filters(3, 5))).toEqual([0, 128, 128]);
      await client.unsubscribeAsync(filters(1, 1)[0]!);
      expect(await granted(client, ...filters(4, 5))).toEqual([0, 128]);
      expect(standIn.counts()).toMatchObject({
        subscribes: 5,
        subscribes_refused: 4,
        subscribes_over_quota: 4,
      });
    },
  );

  it('are refused beyond the number of one SUBSCRIBE', async () => {
    const standIn = await start({ topicsPerSubscribe: 2 });
    const client = await device(standIn, 1);
    expect(await granted(client, ...filters(1, 4))).toEqual([0, 0, 128, 128]);
    expect(await granted(client, ...filters(3, 4))).toEqual([0, 0]);
    expect(standIn.counts().subscribes_over_quota).toBe(2);
  });
});

describe('the platform’s quotas', () => {
  it('are kept when asked for', async () => {
    const standIn = await start(PLATFORM_QUOTAS);
    const client = await device(standIn, 1);
    await Promise.all(Array.from({ length: 11 }, () => client.publishAsync(UPDATE, 'x', { qos: 1 })));
    for (let attempt = 2; attempt <= 5; attempt++) await device(standIn, 1);
    expect(await answerTo(standIn, 1)).toBe(3);
    expect(standIn.counts()).toMatchObject({ publishes_over_rate: 1, connects_over_quota_per_minute: 1 });
  });

  it('are not kept when not', async () => {
    const standIn = await start();
    const client = await device(standIn, 1);
    await Promise.all(Array.from({ length: 40 }, () => client.publishAsync(UPDATE, 'x', { qos: 1 })));
    await client.publishAsync(UPDATE, Buffer.alloc(300_000), { qos: 1 });
    for (let attempt = 2; attempt <= 7; attempt++) await device(standIn, 1);
    expect(standIn.counts()).toMatchObject({
      connects_ok: 7,
      publishes_received: 41,
      publishes_over_rate: 0,
    });
  });
});
