import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { balanceOf } from '../../../src/load/behaviour/telemetry/delivery/ledger.ts';
import { type FromShard, orderOfRun, type ToShard } from '../../../src/load/protocol.ts';
import { runShard } from '../../../src/load/shard.ts';
import { imbalances } from '../../../src/metrics/books.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import type { ConnectPlan, Scenario } from '../../../src/model/scenario.ts';
import { FakeClient } from './fake-client.ts';
import { devicesOf, publishOf, RUN, scenarioOf, TARGET } from './fleet.ts';

// The wheel sleeps on setTimeout; the clock reads the same simulated time.
const clock = { nowUs: () => Date.now() * 1000 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 1_700_000_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

class ShardInHand {
  readonly client = new FakeClient();
  readonly posted: FromShard[] = [];
  readonly totals = new Totals(1);
  readonly startUs: number;
  /** Of each connect, since the start line. */
  readonly connectedMs: number[] = [];
  finished = false;
  private readonly durationUs: number;
  private tell: (message: ToShard) => void = () => {};

  constructor(scenario: Scenario, { starts = 10, index = 0, of = 1, durationUs = 3e6 } = {}) {
    const startMs = Date.now() + 100;
    this.startUs = startMs * 1000;
    this.client.onConnect = () => void this.connectedMs.push(Date.now() - startMs);
    this.durationUs = durationUs;
    const assignment = { segment: { index, of }, scenario, target: TARGET, connections: starts, run: RUN };
    const port = {
      post: (message: FromShard) => {
        this.posted.push(message);
        if (message.type === 'snapshot') this.totals.add(0, structuredClone(message.snapshot));
        if (message.type === 'settled') this.tell({ type: 'stop', graceful: false });
      },
      onMessage: (listener: (message: ToShard) => void) => {
        this.tell = listener;
      },
    };
    void runShard(assignment, devicesOf(starts), port, clock, this.client).then(() => {
      this.finished = true;
    });
    this.tell({ type: 'prepare', order: orderOfRun(starts) });
  }

  /** Every connection opens 5 ms after it began, has its messages acknowledged at once, and ends when it is closed. */
  obliging(): this {
    const { onConnect } = this.client;
    this.client.onConnect = (connection) => {
      onConnect(connection);
      setTimeout(() => connection.open(), 5);
    };
    setTimeout(
      function oblige(this: ShardInHand) {
        for (const connection of this.client.connections) {
          while (connection.state === 'open' && connection.unacked.length > 0) connection.ack();
          connection.end();
        }
        setTimeout(oblige.bind(this), 1);
      }.bind(this),
      1,
    );
    return this;
  }

  start(): this {
    this.tell({ type: 'begin', startUs: this.startUs, durationUs: this.durationUs });
    return this;
  }

  stop(): this {
    this.tell({ type: 'stop', graceful: true });
    return this;
  }

  /** To so many ms after the start line. */
  async runTo(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms - (clock.nowUs() - this.startUs) / 1000);
  }

  get snapshots() {
    return this.posted.flatMap((message) => (message.type === 'snapshot' ? [message.snapshot] : []));
  }
}

function connectOf(part: Partial<ConnectPlan>): ConnectPlan {
  return { ...scenarioOf().connect, ...part };
}

it('says ready, waits for the start line, connects on schedule, reports each second, ends', async () => {
  const shard = new ShardInHand(scenarioOf({ publish: [publishOf()] })).obliging();
  expect(shard.posted).toEqual([{ type: 'ready' }, { type: 'prepared', waitUs: 0, openingUs: 900_000 }]);
  await vi.advanceTimersByTimeAsync(50);
  shard.start();
  await shard.runTo(3_500);
  expect(shard.connectedMs).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
  expect(shard.posted.map(({ type }) => type)).toEqual([
    'ready',
    'prepared',
    ...shard.snapshots.map(() => 'snapshot'),
    'settled',
    'done',
  ]);
  expect(shard.snapshots.map(({ second, fromUs, open }) => [second, fromUs / 1e6, open])).toEqual([
    [0, 0, 10],
    [1, 1, 10],
    [2, 2, 10],
    [3, 3, 10],
    [4, 3, 0],
  ]);
  expect(shard.snapshots.map(({ closing }) => closing)).toEqual([false, false, false, false, true]);
  expect(shard.finished).toBe(true);
  const { counters } = shard.totals;
  expect(counters).toMatchObject({
    connects_scheduled: 10,
    connects_ok: 10,
    messages_scheduled: counters.messages_acked,
  });
  expect(counters.messages_sent).toBeGreaterThanOrEqual(20);
  expect(imbalances(counters)).toEqual([]);
});

it('a segment starts its own share of the devices at their own times', async () => {
  const shard = new ShardInHand(scenarioOf(), { index: 1, of: 3 }).obliging().start();
  await shard.runTo(1_000);
  expect(shard.connectedMs).toEqual([100, 400, 700]);
  expect(shard.client.connections.map(({ credentials }) => credentials.username)).toEqual([
    'd1&pk',
    'd4&pk',
    'd7&pk',
  ]);
});

it('the last start is not cut off where publishing ends at its very moment', async () => {
  const shard = new ShardInHand(scenarioOf(), { durationUs: 900_000 }).obliging().start();
  await shard.runTo(2_000);
  expect(shard.connectedMs.at(-1)).toBe(900);
  expect(shard.totals.counters).toMatchObject({
    connects_scheduled: 10,
    connects_ok: 10,
    connects_cancelled: 0,
  });
});

it('drops starts that find no free slot, in place of starting them late', async () => {
  const shard = new ShardInHand(scenarioOf({ connect: connectOf({ maxInFlight: 3 }) })).start();
  await shard.runTo(450);
  expect(shard.connectedMs).toEqual([0, 100, 200]);
  shard.client.connections[0]!.fail();
  await shard.runTo(1_100);
  expect(shard.connectedMs).toEqual([0, 100, 200, 500]);
  expect(shard.totals.counters).toMatchObject({
    connects_scheduled: 10,
    connects_started: 4,
    connects_dropped: 6,
  });
});

it('a hold-up of the thread leaves seconds out and keeps the rest in place', async () => {
  const shard = new ShardInHand(scenarioOf(), { durationUs: 7e6 }).obliging().start();
  await shard.runTo(1_500);
  // The clock goes on while no timer fires.
  vi.setSystemTime(Date.now() + 2_200);
  await shard.runTo(9_000);
  expect(shard.snapshots.map(({ second, fromUs, toUs }) => [second, fromUs / 1e6, toUs / 1e6])).toEqual([
    [0, 0, 1],
    [1, 1, expect.closeTo(4.2, 0)],
    [4, expect.closeTo(4.2, 0), 5],
    [5, 5, 6],
    [6, 6, 7],
    [7, 7, expect.any(Number)],
    [8, 7, expect.any(Number)],
  ]);
});

describe('messages between devices', () => {
  const payload = { kind: 'size', sizes: { kind: 'fixed', bytes: 64 } } as const;
  const topic = '/${productKey}/${deviceName}/up';
  const scenario = scenarioOf({
    subscribe: [{ topic, qos: 0 }],
    publish: [publishOf({ topic, qos: 0, payload, everyUs: 200_000 })],
    gracefulStopUs: 5e6,
  });

  /** What a device sends comes back to it after `ms`, but for each message that `drops` says. */
  function echoing(shard: ShardInHand, ms: number, drops: (seq: number) => boolean = () => false) {
    const { onConnect } = shard.client;
    shard.client.onConnect = (connection) => {
      onConnect(connection);
      setTimeout(() => connection.suback(0), 10);
      let echoed = 0;
      connection.onPublish = ({ topic, body }) => {
        if (!drops(++echoed)) setTimeout(() => connection.deliver(topic, body), ms);
      };
    };
    return shard;
  }

  function lostOf(shard: ShardInHand): number {
    return balanceOf(shard.posted.flatMap((message) => (message.type === 'settled' ? [message.ledger] : [])))
      .lost;
  }

  it('are waited for at the end: what is only slow is not lost', async () => {
    const shard = echoing(new ShardInHand(scenario).obliging(), 700).start();
    await shard.runTo(10_000);
    expect(shard.finished).toBe(true);
    const { messages_sent, messages_received } = shard.totals.counters;
    expect(messages_sent).toBeGreaterThan(50);
    expect(messages_received).toBe(messages_sent);
    expect(shard.totals.histogram('message_latency')!.count).toBe(messages_sent);
    expect(lostOf(shard)).toBe(0);
  });

  it.each([
    ['the first came only in the drain', 1_400],
    ['they keep coming for longer than the pause that ends a drain', 1_900],
  ])('are waited for though %s', async (_, delayMs) => {
    const publish = [publishOf({ topic, qos: 0, payload, everyUs: 500_000 })];
    const shard = echoing(
      new ShardInHand({ ...scenario, publish }, { durationUs: 1.1e6 }).obliging(),
      delayMs,
    );
    shard.start();
    await shard.runTo(10_000);
    expect(shard.finished).toBe(true);
    expect(lostOf(shard)).toBe(0);
    expect(shard.totals.counters.messages_received).toBe(shard.totals.counters.messages_sent);
  });

  it('that never came, the last one too, are what the ledger says', async () => {
    const shard = echoing(new ShardInHand(scenario).obliging(), 5, (seq) => seq % 2 === 1).start();
    await shard.runTo(10_000);
    const { messages_sent, messages_received } = shard.totals.counters;
    expect(lostOf(shard)).toBe(messages_sent - messages_received);
    expect(lostOf(shard)).toBeGreaterThanOrEqual(messages_sent / 2);
  });

  it('are not waited for where none can come', async () => {
    const shard = new ShardInHand({ ...scenario, subscribe: [] }).obliging().start();
    await shard.runTo(3_100);
    expect(shard.finished).toBe(true);
    expect(lostOf(shard)).toBe(0);
  });

  it('are waited for no longer than the graceful stop', async () => {
    const shard = echoing(new ShardInHand({ ...scenario, gracefulStopUs: 500_000 }).obliging(), 5).start();
    await shard.runTo(3_450);
    expect(shard.finished).toBe(false);
    await shard.runTo(3_600);
    expect(shard.finished).toBe(true);
  });
});

it('devices that were cut off return, and the run ends with those still away', async () => {
  const reconnect = { policy: 'fixed', delayUs: 500_000, maxDelayUs: 500_000, perMinute: 5 } as const;
  const shard = new ShardInHand(scenarioOf({ reconnect }), { durationUs: 3e6 }).obliging().start();
  await shard.runTo(1_500);
  const first = [...shard.client.connections];
  for (const connection of first) connection.lose();
  await shard.runTo(2_700);
  expect(shard.client.connections).toHaveLength(20);
  expect(shard.connectedMs.slice(10)).toEqual(new Array(10).fill(2000));
  // The next attempts would be at 3,200 ms: after the run.
  for (const connection of shard.client.connections.slice(10, 14)) connection.lose();
  await shard.runTo(3_200);
  expect(shard.finished).toBe(true);
  const { counters } = shard.totals;
  expect(counters).toMatchObject({
    connects_scheduled: 10,
    connects_ok: 10,
    connects_cancelled: 0,
    disconnects: 14,
    reconnects_started: 10,
    reconnects_ok: 10,
  });
  expect(imbalances(counters)).toEqual([]);
  expect(shard.totals.mostTries).toBe(1);
  expect(shard.snapshots.at(-2)!.open).toBe(6);
});

describe('stop', () => {
  it('cancels what has not begun, lets what is under way finish, and sends no new message', async () => {
    const shard = new ShardInHand(scenarioOf({ publish: [publishOf({ everyUs: 50_000 })] })).start();
    await shard.runTo(350);
    const [first, second, third, fourth] = shard.client.connections;
    first!.open();
    await shard.runTo(480);
    expect(first!.sent.length).toBeGreaterThan(0);
    const sent = first!.sent.length;
    shard.stop();
    await shard.runTo(600);
    second!.open();
    third!.fail();
    await shard.runTo(1_300);
    expect(shard.client.connections).toHaveLength(5);
    expect(first!.sent).toHaveLength(sent);
    expect(second!.sent, 'a device that opens during the drain').toEqual([]);
    expect(fourth!.state).toBe('opening');
    // gracefulStop is over at 1,480.
    await shard.runTo(1_600);
    for (const connection of shard.client.connections) {
      expect(['closing', 'over']).toContain(connection.state);
      connection.end();
    }
    await shard.runTo(1_700);
    expect(shard.finished).toBe(true);
    const { counters } = shard.totals;
    expect(counters).toMatchObject({
      connects_scheduled: 10,
      connects_ok: 2,
      connects_failed: 1,
      connects_cancelled: 7,
      messages_unacked: sent,
    });
    expect(imbalances(counters)).toEqual([]);
  });

  it('ends as soon as nothing is outstanding', async () => {
    const shard = new ShardInHand(scenarioOf()).obliging().start();
    await shard.runTo(350);
    shard.stop();
    await shard.runTo(400);
    expect(shard.finished).toBe(true);
  });

  it('does not wait for ever for a socket that does not close', async () => {
    const shard = new ShardInHand(scenarioOf()).start();
    await shard.runTo(350);
    for (const connection of shard.client.connections) connection.open();
    shard.stop();
    await shard.runTo(2_300);
    expect(shard.finished).toBe(false);
    await shard.runTo(2_500);
    expect(shard.finished).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('before there is a start line it cancels everything', async () => {
    const shard = new ShardInHand(scenarioOf()).stop();
    await vi.advanceTimersByTimeAsync(50);
    shard.start();
    await shard.runTo(5_000);
    expect(shard.finished).toBe(true);
    expect(shard.client.connections).toEqual([]);
    expect(shard.totals.counters).toMatchObject({ connects_scheduled: 10, connects_cancelled: 10 });
  });

  it('between the start message and the start line reports no interval that ends before it begins', async () => {
    const shard = new ShardInHand(scenarioOf()).start().stop();
    await shard.runTo(1_000);
    expect(shard.finished).toBe(true);
    expect(shard.client.connections).toEqual([]);
    for (const { fromUs, toUs } of shard.snapshots) expect(toUs).toBeGreaterThanOrEqual(fromUs);
    expect(shard.totals.counters).toMatchObject({ connects_scheduled: 10, connects_cancelled: 10 });
  });
});
