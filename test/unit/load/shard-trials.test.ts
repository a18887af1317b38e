import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scenarioOfTrials } from '../../../src/coordinator/plan.ts';
import { balanceOf } from '../../../src/load/behaviour/telemetry/delivery/ledger.ts';
import type { FromShard, ShardAssignment, ToShard, TrialOrder } from '../../../src/load/protocol.ts';
import { runShard } from '../../../src/load/shard.ts';
import { imbalances } from '../../../src/metrics/books.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import { FakeClient, type FakeConnection } from './fake-client.ts';
import { devicesOf, publishOf, RUN, scenarioOf, TARGET } from './fleet.ts';

// The wheel sleeps on setTimeout; the clock reads the same simulated time.
const clock = { nowUs: () => Date.now() * 1000 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 1_700_000_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

type Answer<Type extends FromShard['type']> = Extract<FromShard, { type: Type }>;

interface Trial {
  prepared: Answer<'prepared'>;
  settled: Answer<'settled'>;
  totals: Totals;
}

const paced = (perSec: number) => ({ perSec, restUs: 12e6 });
const ORDER: TrialOrder = {
  starts: paced(100),
  connections: 0,
  publishFactor: 0,
  awaitAttempts: true,
  closeAtEnd: false,
};

class TrialShardInHand {
  readonly client = new FakeClient();
  readonly posted: FromShard[] = [];
  finished = false;
  /** What becomes of an attempt, 5 ms after it began. */
  answer: (connection: FakeConnection) => void = (connection) => connection.open();
  private totals = new Totals(1);
  private tell: (message: ToShard) => void = () => {};

  constructor(part: Partial<ShardAssignment> = {}, devices = 20) {
    this.client.onConnect = (connection) => void setTimeout(() => this.answer(connection), 5);
    const assignment: ShardAssignment = {
      segment: { index: 0, of: 1 },
      target: TARGET,
      connections: devices,
      run: RUN,
      ...part,
      scenario: scenarioOfTrials(part.scenario ?? scenarioOf()),
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
    void runShard(assignment, devicesOf(devices), port, clock, this.client).then(() => {
      this.finished = true;
    });
    const oblige = (): void => {
      for (const connection of this.client.connections) {
        while (connection.state === 'open' && connection.unacked.length > 0) connection.ack();
        connection.end();
      }
      setTimeout(oblige, 1);
    };
    setTimeout(oblige, 1);
  }

  /** As the coordinator does one. */
  async trial(order: Partial<TrialOrder>, holdUs = 500_000): Promise<Trial> {
    const prepared = await this.prepare(order);
    await vi.advanceTimersByTimeAsync(prepared.waitUs / 1000);
    this.totals = new Totals(1);
    this.tell({ type: 'begin', startUs: clock.nowUs() + 100_000, durationUs: prepared.openingUs + holdUs });
    const settled = await this.awaits('settled');
    return { prepared, settled, totals: this.totals };
  }

  async prepare(order: Partial<TrialOrder>): Promise<Answer<'prepared'>> {
    this.tell({ type: 'prepare', order: { ...ORDER, ...order } });
    return this.awaits('prepared');
  }

  endTrial(): void {
    this.tell({ type: 'stop', graceful: true });
  }

  stop(): void {
    this.tell({ type: 'stop', graceful: false });
  }

  get open(): FakeConnection[] {
    return this.client.connections.filter(({ state }) => state === 'open');
  }

  /** The next message of that type. */
  private async awaits<Type extends FromShard['type']>(type: Type): Promise<Answer<Type>> {
    const seen = this.posted.length;
    const found = (): FromShard | undefined =>
      this.posted.slice(from).find((message) => message.type === type);
    // What was asked for may have been answered at once.
    const from = this.posted.at(-1)?.type === type ? seen - 1 : seen;
    for (let ms = 0; ms < 60_000 && found() === undefined; ms++) await vi.advanceTimersByTimeAsync(1);
    return found() as Answer<Type>;
  }
}

const usernames = (connections: FakeConnection[]) =>
  connections.map(({ credentials }) => credentials.username);

describe('connections', () => {
  it('are opened and closed by the difference alone', async () => {
    const shard = new TrialShardInHand();
    expect(shard.posted).toEqual([{ type: 'ready' }]);

    const first = await shard.trial({ connections: 5 });
    expect(first.prepared).toEqual({ type: 'prepared', waitUs: 0, openingUs: 40_000 });
    expect(first.settled).toMatchObject({ open: 5, peak: 5 });
    expect(first.totals.counters).toMatchObject({ connects_scheduled: 5, connects_ok: 5 });

    const more = await shard.trial({ connections: 7 });
    expect(more.settled.open).toBe(7);
    expect(more.totals.counters).toMatchObject({ connects_scheduled: 2, connects_ok: 2, disconnects: 0 });

    const less = await shard.trial({ connections: 4 });
    expect(less.settled.open).toBe(4);
    expect(less.totals.counters.connects_scheduled).toBe(0);
    expect(usernames(shard.open), 'the latest are closed').toEqual(['d0&pk', 'd1&pk', 'd2&pk', 'd3&pk']);
    expect(shard.client.connections).toHaveLength(7);
  });

  it('that failed or were closed are not tried again before they have rested', async () => {
    const shard = new TrialShardInHand({}, 6);
    shard.answer = (connection) => (shard.open.length < 3 ? connection.open() : connection.fail());
    const first = await shard.trial({ connections: 6 });
    expect(first.settled.open).toBe(3);
    expect(first.totals.counters).toMatchObject({ connects_ok: 3, connects_failed: 3 });
    expect(first.totals.failures).toMatchObject([{ phase: 'tcp', kind: 'refused', count: 3 }]);

    shard.answer = (connection) => connection.open();
    const { waitUs } = await shard.prepare({ connections: 4 });
    expect(waitUs / 1e6).toBeGreaterThan(11);
    expect(waitUs / 1e6).toBeLessThanOrEqual(12);
  });

  it('take devices that have not tried yet first', async () => {
    const shard = new TrialShardInHand();
    shard.answer = (connection) => connection.fail();
    await shard.trial({ connections: 3 });
    shard.answer = (connection) => connection.open();
    const { prepared } = await shard.trial({ connections: 3 });
    expect(prepared.waitUs).toBe(0);
    expect(usernames(shard.open)).toEqual(['d3&pk', 'd4&pk', 'd5&pk']);
  });

  it('that are lost count as lost, do not come back by themselves, and are opened anew by the next trial', async () => {
    const reconnect = { policy: 'fixed', delayUs: 1000, maxDelayUs: 1000, perMinute: 99 } as const;
    const shard = new TrialShardInHand({ scenario: scenarioOf({ reconnect }) });
    await shard.trial({ connections: 3 });
    setTimeout(() => shard.open[1]!.lose(), 300);
    const hurt = await shard.trial({ connections: 3 });
    expect(hurt.settled.open).toBe(2);
    expect(hurt.totals.counters).toMatchObject({ disconnects: 1, reconnects_started: 0 });
    const healed = await shard.trial({ connections: 3 });
    expect(healed.settled.open).toBe(3);
    expect(healed.totals.counters).toMatchObject({ connects_scheduled: 1, disconnects: 0 });
  });

  it('that are lost between two trials are of neither', async () => {
    const shard = new TrialShardInHand();
    await shard.trial({ connections: 3 });
    shard.open[0]!.lose();
    const next = await shard.trial({ connections: 3 });
    expect(next.totals.counters).toMatchObject({ disconnects: 0, connects_ok: 1 });
    expect(next.totals.failures).toEqual([]);
  });

  it('that get no answer come to their own end: the trial says in which phase they timed out', async () => {
    const shard = new TrialShardInHand();
    shard.answer = () => {};
    const { settled, totals } = await shard.trial({ connections: 2 });
    expect(settled.open).toBe(0);
    expect(totals.counters).toMatchObject({ connects_scheduled: 2, connects_failed: 2 });
    expect(totals.failures).toMatchObject([{ phase: 'tcp', kind: 'timeout', count: 2 }]);
    expect(imbalances(totals.counters)).toEqual([]);
  });

  it('find no free slot where too many attempts are under way; who was dropped need not rest', async () => {
    const connect = { ...scenarioOf().connect, maxInFlight: 2 };
    const shard = new TrialShardInHand({ scenario: scenarioOf({ connect }) }, 4);
    shard.answer = () => {};
    const { totals } = await shard.trial({ connections: 4 });
    expect(totals.counters).toMatchObject({ connects_dropped: 2, connects_failed: 2 });
    shard.answer = (connection) => connection.open();
    const next = await shard.trial({ connections: 2 });
    expect(next.prepared.waitUs).toBe(0);
    expect(usernames(shard.open)).toEqual(['d2&pk', 'd3&pk']);
  });
});

it('nobody tries again by himself, whatever the scenario says', async () => {
  const policy = { policy: 'fixed', delayUs: 10_000, maxDelayUs: 10_000, perMinute: 60 } as const;
  const connect = { ...scenarioOf().connect, retry: policy };
  const shard = new TrialShardInHand({ scenario: scenarioOf({ connect, reconnect: policy }) });
  shard.answer = (connection) => connection.fail();
  const { totals } = await shard.trial({ connections: 4 });
  expect(shard.client.connections).toHaveLength(4);
  expect(totals.counters).toMatchObject({ connects_failed: 4, connects_retried: 0 });
});

it('a segment takes its own share of connections, devices and pace', async () => {
  const shard = new TrialShardInHand({ segment: { index: 1, of: 3 } });
  const { prepared, settled } = await shard.trial({ connections: 8, starts: paced(10) });
  expect(settled.open).toBe(3);
  expect(prepared.openingUs).toBe(700_000);
  expect(usernames(shard.open)).toEqual(['d1&pk', 'd4&pk', 'd7&pk']);
});

it('devices that do not stay are closed as soon as they are ready', async () => {
  const shard = new TrialShardInHand();
  const churn = { connections: 10, starts: paced(50), stayUs: 0, closeAtEnd: true };
  const { settled, totals } = await shard.trial(churn, 20_000);
  expect(settled).toMatchObject({ open: 0 });
  expect(settled.peak).toBeLessThan(3);
  expect(totals.counters).toMatchObject({ connects_scheduled: 10, connects_ok: 10, disconnects: 0 });
  expect(imbalances(totals.counters)).toEqual([]);
  const next = await shard.trial(churn, 20_000);
  expect(next.totals.counters.connects_ok).toBe(10);
  expect(new Set(usernames(shard.client.connections)).size, 'nobody twice').toBe(20);
});

describe('messages', () => {
  const scenario = scenarioOf({ publish: [publishOf({ everyUs: 100_000 })] });

  it('flow during trials alone, at the pace that was asked for, with books that balance', async () => {
    const shard = new TrialShardInHand({ scenario });
    const connecting = await shard.trial({ connections: 4 });
    expect(connecting.totals.counters.messages_scheduled).toBe(0);
    for (const [publishFactor, expected] of [
      [1, 40],
      [5, 200],
      [0.5, 20],
    ] as const) {
      const { totals } = await shard.trial({ connections: 4, publishFactor }, 1_000_000);
      const { counters } = totals;
      expect(counters.messages_scheduled).toBeGreaterThanOrEqual(expected - 4);
      expect(counters.messages_scheduled).toBeLessThanOrEqual(expected + 4);
      expect(counters.messages_acked).toBe(counters.messages_scheduled);
      expect(imbalances(counters)).toEqual([]);
    }
  });

  it('that were not acknowledged by the end are unacked, and the late answer is of no trial', async () => {
    const shard = new TrialShardInHand({ scenario: { ...scenario, gracefulStopUs: 10_000 } });
    await shard.trial({ connections: 1 });
    const [connection] = shard.open;
    const held: number[] = [];
    connection!.onPublish = () => void held.push(connection!.unacked.shift()!);
    const { totals } = await shard.trial({ connections: 1, publishFactor: 1 }, 300_000);
    expect(totals.counters.messages_unacked).toBe(held.length);
    expect(held.length).toBeGreaterThan(0);
    connection!.onPublish = () => {};
    for (const packetId of held) connection!.handler.acked(packetId, 0);
    const next = await shard.trial({ connections: 1, publishFactor: 1 }, 300_000);
    expect(next.totals.counters.messages_acked).toBe(next.totals.counters.messages_sent);
  });

  it.each([
    ['granted', '/${productKey}/${deviceName}/up', 0],
    ['granted to a group', '$share/g//${productKey}/${deviceName}/up', 0],
    ['refused', '/${productKey}/${deviceName}/up', 128],
  ])('of a trial are owed by the subscriptions of the one before: %s', async (_, filter, code) => {
    const topic = '/${productKey}/${deviceName}/up';
    const payload = { kind: 'size', sizes: { kind: 'fixed', bytes: 64 } } as const;
    const publish = [publishOf({ topic, qos: 0, payload, everyUs: 100_000 })];
    const shard = new TrialShardInHand({
      scenario: scenarioOf({ publish, subscribe: [{ topic: filter, qos: 0 }] }),
    });
    shard.answer = (connection) => {
      connection.open();
      connection.suback(code);
      let sent = 0;
      connection.onPublish = ({ topic, body }) => {
        if (++sent % 4 !== 0) setTimeout(() => connection.deliver(topic, body), 2);
      };
    };
    await shard.trial({ connections: 1 });
    for (let nth = 0; nth < 3; nth++) {
      const { settled, totals } = await shard.trial({ connections: 1, publishFactor: 1 }, 1_000_000);
      const { messages_sent, messages_received } = totals.counters;
      expect(messages_sent - messages_received).toBeGreaterThan(1);
      expect(balanceOf([settled.ledger]).lost).toBe(code === 0 ? messages_sent - messages_received : 0);
      expect(totals.counters.messages_duplicated).toBe(0);
    }
  });

  it('of a trial are numbered anew, and its ledger is its own', async () => {
    const topic = '/${productKey}/${deviceName}/up';
    const payload = { kind: 'size', sizes: { kind: 'fixed', bytes: 64 } } as const;
    const sized = publishOf({ topic, qos: 0, payload, everyUs: 100_000 });
    const shard = new TrialShardInHand({ scenario: scenarioOf({ publish: [sized] }) });
    await shard.trial({ connections: 1 });
    for (let nth = 0; nth < 2; nth++) {
      const { settled, totals } = await shard.trial({ connections: 1, publishFactor: 1 }, 1_000_000);
      expect([...settled.ledger.sent].slice(0, 4)).toEqual([0, 0, 1, totals.counters.messages_sent]);
    }
  });
});

it('stops at once, in the middle of a trial: closes everything and ends', async () => {
  const shard = new TrialShardInHand();
  const trial = shard.trial({ connections: 15, starts: paced(10) });
  await vi.advanceTimersByTimeAsync(700);
  expect(shard.open.length).toBeGreaterThan(3);
  shard.stop();
  await vi.advanceTimersByTimeAsync(100);
  expect(shard.open).toEqual([]);
  expect(shard.finished).toBe(true);
  expect(shard.posted.at(-1)?.type).toBe('done');
  await vi.advanceTimersByTimeAsync(60_000);
  await trial.catch(() => {});
});

describe('a trial that is to end early', () => {
  it('drains and settles, and what was open is there for the next', async () => {
    const shard = new TrialShardInHand();
    const trial = shard.trial({ connections: 15, starts: paced(10) }, 5_000_000);
    await vi.advanceTimersByTimeAsync(720);
    shard.endTrial();
    const { settled, totals } = await trial;
    expect(settled.open).toBeGreaterThan(3);
    expect(totals.counters.connects_cancelled).toBe(15 - settled.open);
    expect(imbalances(totals.counters)).toEqual([]);
    const next = await shard.trial({ connections: settled.open });
    expect(next.totals.counters.connects_scheduled).toBe(0);
  });

  it('is settled though the connections of the one before are still closing', async () => {
    const shard = new TrialShardInHand();
    await shard.trial({ connections: 4 });
    for (const connection of shard.open) connection.close = () => {};
    const prepared = shard.prepare({ connections: 2 });
    shard.endTrial();
    await prepared;
    await vi.advanceTimersByTimeAsync(3_000);
    const types = shard.posted.map(({ type }) => type);
    const since = types.slice(types.lastIndexOf('prepared'));
    expect(since.filter((type) => type !== 'snapshot')).toEqual(['prepared', 'settled']);
  });
});
