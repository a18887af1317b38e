/** Faults on request, as devices meet them, and the stand-in's word on how late its answers were. */
import type { MqttClient } from 'mqtt';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { HistogramStats } from '../../../src/metrics/histogram/histogram.ts';
import type { FaultPlan } from '../../../src/model/scenario.ts';
import { type StandIn, type StandInSettings, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { closed, connect, D1, D2, DEVICES, nextMessage, optionsOf, returnCodeOf } from './fleet.ts';

const POST = '/sys/pk/d1/thing/event/property/post';
const GET = '/pk/d1/user/get';

const ends: (() => Promise<void>)[] = [];

async function start(faults?: FaultPlan, settings: Partial<StandInSettings> = {}): Promise<StandIn> {
  const standIn = await startStandIn({ devices: DEVICES, faults, tcp: 0, ...settings });
  ends.push(() => standIn.close());
  return standIn;
}

async function device(standIn: StandIn, triple = D1): Promise<MqttClient> {
  const client = await connect(triple, standIn.urls.tcp!);
  ends.unshift(() => client.endAsync(true));
  return client;
}

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** In µs; the zero is of no matter. */
async function timed(action: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await action();
  return (performance.now() - before) * 1e3;
}

/** The client waits for what was sent to it: never less than the truth, but for the rounding of a histogram (0.1 %) and a clock. */
function expectTruth(stats: HistogramStats | null, count: number, leastUs: number, measuredUs: number): void {
  expect(stats?.count).toBe(count);
  expect(stats?.min).toBeGreaterThanOrEqual(leastUs);
  expect(stats?.max).toBeLessThanOrEqual(measuredUs * 1.001 + 50);
}

describe('truth', () => {
  it('is told of a stand-in without faults', async () => {
    const standIn = await start();
    expect(standIn.truth()).toEqual({ connack: null, puback: null, reply: null, auth: null, register: null });
    let client: MqttClient | undefined;
    const connectUs = await timed(async () => {
      client = await device(standIn);
    });
    await client!.subscribeAsync(`${POST}_reply`);
    const reply = nextMessage(client!);
    const replyUs = await timed(async () => {
      await client!.publishAsync(POST, '{"id":"1"}', { qos: 1 });
      await reply;
    });
    expect(await returnCodeOf(standIn.urls.tcp!, { ...optionsOf(D2, 'mqtt:'), password: 'x' })).toBe(4);
    const { connack, puback, reply: replied } = standIn.truth();
    expectTruth(connack, 1, 1, connectUs);
    expectTruth(puback, 1, 0, replyUs);
    expectTruth(replied, 1, puback!.min, replyUs);
  });

  it('stays when the stand-in is closed', async () => {
    const standIn = await start();
    await device(standIn);
    const before = standIn.truth();
    await standIn.close();
    expect(standIn.truth()).toEqual(before);
  });
});

describe('delay', () => {
  it.each(['tcp', 'tls', 'ws'] as const)('is that of each answer, over %s', async (transport) => {
    const standIn = await start(
      {
        delay: {
          connack: { kind: 'fixed', us: 60_000 },
          puback: { kind: 'fixed', us: 90_000 },
          reply: { kind: 'fixed', us: 120_000 },
        },
      },
      { tcp: undefined, [transport]: 0 },
    );
    let client: MqttClient | undefined;
    const connectUs = await timed(async () => {
      client = await connect(D1, standIn.urls[transport]!, { ca: standIn.ca });
    });
    ends.unshift(() => client!.endAsync(true));
    await client!.subscribeAsync(`${POST}_reply`);
    const reply = nextMessage(client!);
    const replied = timed(() => reply);
    const pubackUs = await timed(() => client!.publishAsync(POST, '{"id":"1"}', { qos: 1 }));
    const replyUs = await replied;
    const truth = standIn.truth();
    expectTruth(truth.connack, 1, 60_000, connectUs);
    expectTruth(truth.puback, 1, 90_000, pubackUs);
    expectTruth(truth.reply, 1, 120_000, replyUs);
  });

  it('does not keep the stand-in from reading on: delays do not add up', async () => {
    const standIn = await start({ delay: { puback: { kind: 'fixed', us: 100_000 } } });
    const client = await device(standIn);
    const sent = Array.from({ length: 50 }, () => client.publishAsync('/pk/d1/user/update', 'x', { qos: 1 }));
    await client.subscribeAsync(GET);
    // The SUBACK overtook the acknowledgments of what was sent before.
    expect(standIn.truth().puback).toBeNull();
    expect(standIn.counts().publishes_received).toBe(50);
    await Promise.all(sent);
    const { puback } = standIn.truth();
    expect(puback).toMatchObject({ count: 50 });
    expect(puback!.min).toBeGreaterThanOrEqual(100_000);
  });

  it('is that of refusals as well, and no trouble for a device that goes away meanwhile', async () => {
    const standIn = await start({ delay: { connack: { kind: 'fixed', us: 100_000 } } });
    const url = standIn.urls.tcp!;
    const refusedUs = await timed(async () => {
      expect(await returnCodeOf(url, { ...optionsOf(D1, url), password: 'wrong' })).toBe(4);
    });
    expect(refusedUs).toBeGreaterThanOrEqual(100_000);
    await expect(connect(D2, url, { connectTimeout: 20 })).rejects.toThrow();
    // Aedes refuses MQTT 5 by itself, also to those who have gone.
    await expect(connect(D2, url, { connectTimeout: 20, protocolVersion: 5 })).rejects.toThrow();
    await device(standIn);
    expect(standIn.counts()).toMatchObject({ connects_ok: 1, connects_refused: 1, disconnects: 0 });
    expect(standIn.truth().connack).toMatchObject({ count: 1 });
  });
});

describe('freeze', () => {
  it('holds every answer until it ends', async () => {
    const standIn = await start({ freeze: [{ atUs: 200_000, forUs: 700_000 }] });
    const client = await device(standIn);
    await client.subscribeAsync(`${POST}_reply`);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const came: string[] = [];
    const reply = nextMessage(client);
    const waiting = [
      client.publishAsync(POST, '{"id":"1"}', { qos: 1 }).then(() => came.push('puback')),
      client.subscribeAsync(GET).then(() => came.push('suback')),
      reply.then(() => came.push('reply')),
      device(standIn, D2).then(() => came.push('connack')),
      returnCodeOf(standIn.urls.tcp!, { ...optionsOf(D2, 'mqtt:'), password: 'x' }).then((code) =>
        came.push(`refusal ${code}`),
      ),
    ];
    await vi.waitFor(() => expect(standIn.counts()).toMatchObject({ publishes_received: 1, subscribes: 2 }));
    expect(came).toEqual([]);
    expect(standIn.truth()).toMatchObject({ connack: { count: 1 }, puback: null, reply: null });
    await Promise.all(waiting);
    expect(came.toSorted()).toEqual(['connack', 'puback', 'refusal 4', 'reply', 'suback']);
    const { connack, puback, reply: replied } = standIn.truth();
    // What is left of the freeze when they were asked: certainly more than they take otherwise.
    expect(puback!.min).toBeGreaterThan(200_000);
    expect(replied!.min).toBeGreaterThan(200_000);
    expect(connack!.max).toBeGreaterThan(200_000);
  });

  it('from the first moment holds the first CONNACK', async () => {
    const standIn = await start({ freeze: [{ atUs: 0, forUs: 300_000 }] });
    expect(await timed(() => device(standIn))).toBeGreaterThanOrEqual(300_000);
    expect(standIn.truth().connack!.min).toBeGreaterThanOrEqual(300_000);
  });

  it('forgets those who do not wait for its end', async () => {
    // Long enough for the end of the one that gave up to be heard of before, on a machine that is busy.
    const standIn = await start({ freeze: [{ atUs: 0, forUs: 1_500_000 }] });
    await expect(connect(D1, standIn.urls.tcp!, { connectTimeout: 100 })).rejects.toThrow();
    await device(standIn);
    expect(standIn.counts()).toMatchObject({
      connects_ok: 1,
      connections_open: 1,
      disconnects: 0,
      kicked: 0,
    });
  });

  it('can be closed in', async () => {
    const standIn = await start({ freeze: [{ atUs: 0, forUs: 60_000_000 }] });
    const refused = expect(connect(D1, standIn.urls.tcp!)).rejects.toThrow();
    await vi.waitFor(() => expect(standIn.counts().connects_per_minute_max).toBe(1));
    await standIn.close();
    await refused;
    expect(standIn.counts()).toMatchObject({ connects_ok: 0, connections_open: 0 });
  });
});

describe('downlink', () => {
  const TOTAL = 400;

  it.each([
    [0, { clean: true }],
    [1, { clean: true }],
    [1, { clean: false }],
  ] as const)('spoils messages at QoS %i as it counts them (%o)', async (qos, options) => {
    const standIn = await start({ downlink: { drop: 0.1, repeat: 0.1, swap: 0.1 } });
    const client = await connect(D1, standIn.urls.tcp!, options);
    ends.unshift(() => client.endAsync(true));
    await client.subscribeAsync(GET, { qos });
    const arrived: { number: number; dup: boolean; id: number | undefined }[] = [];
    client.on('message', (_topic, payload, { dup, messageId }) =>
      arrived.push({ number: Number(payload.toString()), dup, id: messageId }),
    );
    for (let number = 0; number < TOTAL; number++) client.publish(GET, String(number), { qos });
    await vi.waitFor(
      () => {
        const { publishes_received, messages_delivered, messages_dropped, messages_repeated } =
          standIn.counts();
        expect(publishes_received).toBe(TOTAL);
        expect(messages_delivered).toBe(TOTAL - messages_dropped + messages_repeated);
        expect(arrived).toHaveLength(messages_delivered);
      },
      { timeout: 10_000 },
    );
    const counts = standIn.counts();
    const late = arrived.filter(({ number }, at) => number < (arrived[at - 1]?.number ?? -1));
    const copies = arrived.filter(({ number }, at) => number === arrived[at - 1]?.number);
    expect(TOTAL - new Set(arrived.map(({ number }) => number)).size).toBe(counts.messages_dropped);
    expect(late).toHaveLength(counts.messages_swapped);
    expect(copies).toHaveLength(counts.messages_repeated);
    for (const count of [counts.messages_dropped, counts.messages_swapped, counts.messages_repeated]) {
      expect(count).toBeGreaterThan(10);
    }
    // A copy is of the same packet, and says so where MQTT lets it.
    const marked = arrived.filter(({ dup }) => dup);
    expect(marked).toEqual(qos === 1 ? copies : []);
    for (const copy of marked) {
      expect(arrived.filter(({ number, id }) => number === copy.number && id === copy.id)).toHaveLength(2);
    }
  });

  it('counts as dropped what it holds for a device that goes away', async () => {
    const standIn = await start({ downlink: { swap: 1 } });
    const client = await device(standIn);
    await client.subscribeAsync(GET);
    await client.publishAsync(GET, 'x', { qos: 1 });
    await client.endAsync();
    await vi.waitFor(() => expect(standIn.counts().disconnects).toBe(1));
    expect(standIn.counts()).toMatchObject({
      messages_dropped: 1,
      messages_swapped: 0,
      messages_delivered: 0,
    });
  });

  it('loses replies too, which then have no latency', async () => {
    const standIn = await start({ downlink: { drop: 1 } });
    const client = await device(standIn);
    await client.subscribeAsync(`${POST}_reply`);
    await client.publishAsync(POST, '{"id":"1"}', { qos: 1 });
    await client.subscribeAsync(GET);
    expect(standIn.counts()).toMatchObject({ replies_sent: 1, messages_dropped: 1, messages_delivered: 0 });
    expect(standIn.truth().reply).toBeNull();
  });
});

describe('disconnect', () => {
  it.each(['rst', 'fin'] as const)('cuts all connections at its time by %s', async (how) => {
    const standIn = await start({ disconnect: [{ atUs: 300_000, share: 1, how }] });
    const clients = [await device(standIn), await device(standIn, D2)];
    const codes: (string | undefined)[] = [];
    for (const client of clients) {
      client.stream.on('error', (error: NodeJS.ErrnoException) => codes.push(error.code));
    }
    await Promise.all(clients.map(closed));
    expect(codes).toEqual(how === 'rst' ? ['ECONNRESET', 'ECONNRESET'] : []);
    expect(standIn.counts()).toMatchObject({ connections_cut: 2, disconnects: 2, connections_open: 0 });
    const again = await device(standIn);
    expect(again.connected).toBe(true);
    expect(standIn.counts()).toMatchObject({ connects_per_minute_max: 2, connections_open: 1 });
  });

  it('cuts a share of them', async () => {
    const standIn = await start({ disconnect: [{ atUs: 300_000, share: 0.5 }] });
    const clients = [await device(standIn), await device(standIn, D2)];
    await Promise.race(clients.map(closed));
    await vi.waitFor(() =>
      expect(clients.map(({ connected }) => connected).toSorted()).toEqual([false, true]),
    );
    expect(standIn.counts()).toMatchObject({ connections_cut: 1, disconnects: 1, connections_open: 1 });
  });

  it('cuts only what is still connected', async () => {
    const standIn = await start({ disconnect: [{ atUs: 300_000, share: 1 }] });
    await (await device(standIn)).endAsync();
    await closed(await device(standIn, D2));
    expect(standIn.counts()).toMatchObject({ connections_cut: 1, disconnects: 2, connections_open: 0 });
  });

  it('cuts while frozen', async () => {
    const standIn = await start({
      freeze: [{ atUs: 200_000, forUs: 400_000 }],
      disconnect: [{ atUs: 400_000, share: 1 }],
    });
    const client = await device(standIn);
    const gone = closed(client);
    await new Promise((resolve) => setTimeout(resolve, 250));
    client.publish('/pk/d1/user/update', 'x', { qos: 1 }, () => {});
    await gone;
    await device(standIn);
    expect(standIn.counts()).toMatchObject({ connections_cut: 1, connects_ok: 2, connections_open: 1 });
  });
});
