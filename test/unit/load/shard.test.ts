import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FromShard, ToShard } from '../../../src/load/protocol.ts';
import { runShard } from '../../../src/load/shard.ts';
import { imbalances } from '../../../src/metrics/books.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import type { ConnectPlan, Scenario } from '../../../src/scenario/scenario.ts';
import { FakeClient } from './fake-client.ts';
import { devicesOf, publishOf, scenarioOf, TARGET } from './fleet.ts';

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
  private tell: (message: ToShard) => void = () => {};

  constructor(scenario: Scenario, { starts = 10, index = 0, of = 1, durationUs = 3e6 } = {}) {
    const startMs = Date.now() + 100;
    this.startUs = startMs * 1000;
    this.client.onConnect = () => void this.connectedMs.push(Date.now() - startMs);
    const assignment = {
      segment: { index, of },
      scenario,
      target: TARGET,
      devices: devicesOf(starts).shared,
      starts,
      durationUs,
    };
    const port = {
      post: (message: FromShard) => {
        this.posted.push(message);
        if (message.type === 'snapshot') this.totals.add(0, structuredClone(message.snapshot));
      },
      onMessage: (listener: (message: ToShard) => void) => {
        this.tell = listener;
      },
    };
    void runShard(assignment, port, clock, this.client).then(() => {
      this.finished = true;
    });
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
    this.tell({ type: 'start', startUs: this.startUs });
    return this;
  }

  stop(): this {
    this.tell({ type: 'stop' });
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
  expect(shard.posted).toEqual([{ type: 'ready' }]);
  await vi.advanceTimersByTimeAsync(50);
  shard.start();
  await shard.runTo(3_500);
  expect(shard.connectedMs).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
  expect(shard.posted.map(({ type }) => type)).toEqual([
    'ready',
    ...shard.snapshots.map(() => 'snapshot'),
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
