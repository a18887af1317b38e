import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fleet, type RunEvent } from '../../../src/coordinator/fleet.ts';
import type { TrialPlan } from '../../../src/coordinator/trial.ts';
import type { FromShard, ShardAssignment, ToShard } from '../../../src/load/protocol.ts';
import { FleetError } from '../../../src/model/errors.ts';
import { devicesOf, scenarioOf, TARGET } from '../load/fleet.ts';
import { snapshotOf } from '../metrics/snapshots.ts';
import { LinkInHand, NO_MESSAGES } from './link-in-hand.ts';

/** It ends as soon as it is told to. */
class ObedientLink extends LinkInHand {
  override post(message: ToShard): void {
    super.post(message);
    if (message.type === 'stop') this.end();
  }
}

const clock = { nowUs: () => Date.now() * 1000 };
const ORDER = {
  starts: { perSec: 100, restUs: 12e6 },
  connections: 7,
  publishFactor: 0,
  awaitAttempts: true,
  closeAtEnd: false,
};
const PLAN: TrialPlan = { ...ORDER, holdUs: 2_000_000, pauseUs: 1_000_000 };

let links: LinkInHand[];
let assignments: ShardAssignment[];
let fleet: Fleet;
let waits: Extract<RunEvent, { type: 'waiting' }>[];

beforeEach(async () => {
  waits = [];
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
    now: 1_700_000_000_000,
  });
  links = [new ObedientLink(clock), new ObedientLink(clock)];
  fleet = new Fleet({
    scenario: scenarioOf(),
    target: TARGET,
    devices: { kind: 'shared', table: devicesOf(10).shared },
    segments: [
      { index: 0, of: 2 },
      { index: 1, of: 2 },
    ],
    connections: 10,
    onLoss: 'fail',
    clock,
    openLinks: async (given) => {
      assignments = given;
      return {
        links,
        destroy: async () => {
          for (const link of links) link.end('terminated');
        },
      };
    },
    onEvent: (event) => {
      if (event.type === 'waiting') waits.push(event);
    },
  });
  await pass();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Lets promises and timers of the next `ms` run. */
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

async function ready(): Promise<void> {
  for (const link of links) link.say({ type: 'ready' });
  await expect(fleet.ready()).resolves.toBe(true);
}

function allSay(messages: FromShard[]): void {
  for (const [shard, link] of links.entries()) link.say(messages[shard]!);
}

it('gives every shard its segment, and is ready when all are', async () => {
  expect(assignments.map(({ segment }) => segment.index)).toEqual([0, 1]);
  expect(new Set(assignments.map(({ run }) => run)).size).toBe(1);
  let said = false;
  void fleet.ready().then(() => {
    said = true;
  });
  links[0]!.say({ type: 'ready' });
  await pass();
  expect(said).toBe(false);
  links[1]!.say({ type: 'ready' });
  await pass();
  expect(said).toBe(true);
});

it('begins when the slowest has rested and the pause is over, at one time for all, and sums up what they report', async () => {
  await ready();
  const measure = fleet.run(PLAN);
  await pass();
  for (const link of links) expect(link.posted).toEqual([{ type: 'prepare', order: ORDER }]);
  allSay([
    { type: 'prepared', waitUs: 0, openingUs: 60_000 },
    { type: 'prepared', waitUs: 5_000_000, openingUs: 40_000 },
  ]);
  await pass(4_890);
  expect(links[0]!.posted).toHaveLength(1);
  await pass(20);
  const [, begin] = links[0]!.posted;
  expect(begin).toEqual({ type: 'begin', startUs: expect.any(Number), durationUs: 2_060_000 });
  expect(links[1]!.posted[1]).toEqual(begin);
  expect((begin as { startUs: number }).startUs).toBeGreaterThan(clock.nowUs());

  for (const [shard, link] of links.entries()) {
    const snapshot = snapshotOf(0, ({ counters }) => {
      counters.connects_ok = 3 + shard;
    });
    link.say({ type: 'snapshot', snapshot: { ...snapshot, open: 3 + shard } });
    link.say({ type: 'settled', open: 3 + shard, peak: 5, ledger: NO_MESSAGES });
  }
  const { totals, ...rest } = (await measure)!;
  expect(totals.counters.connects_ok).toBe(7);
  expect(totals.timeline.seconds.map(({ open }) => open)).toEqual([7]);
  expect(rest).toMatchObject({ open: 7, peak: 10, connectUs: 60_000, durationUs: 2_060_000 });
});

const RESTED: FromShard[] = [
  { type: 'prepared', waitUs: 0, openingUs: 0 },
  { type: 'prepared', waitUs: 0, openingUs: 0 },
];

/** A trial to its end, in no time. */
async function finishTrial(): Promise<void> {
  const measure = fleet.run({ ...PLAN, pauseUs: 0 });
  await pass();
  allSay(RESTED);
  await pass(1);
  for (const link of links) link.say({ type: 'settled', open: 1, peak: 1, ledger: NO_MESSAGES });
  await measure;
  for (const link of links) link.posted.length = 0;
}

it('does not wait before the first trial, when nothing was connected yet', async () => {
  await ready();
  void fleet.run(PLAN);
  await pass();
  allSay(RESTED);
  await pass();
  expect(links[0]!.posted.map(({ type }) => type)).toEqual(['prepare', 'begin']);
  expect(waits).toEqual([]);
});

it('keeps the pause after a trial where everybody has rested, and says so', async () => {
  await ready();
  await finishTrial();
  void fleet.run(PLAN);
  await pass(300);
  allSay(RESTED);
  await pass(590);
  expect(links[0]!.posted).toHaveLength(1);
  await pass(20);
  expect(links[0]!.posted).toHaveLength(2);
  expect(waits).toEqual([{ type: 'waiting', us: 600_000, reason: 'pause' }]);
});

it('says that it waits for devices to rest, and for how long', async () => {
  await ready();
  await finishTrial();
  void fleet.run(PLAN);
  await pass();
  allSay([
    { type: 'prepared', waitUs: 9_100_000, openingUs: 0 },
    { type: 'prepared', waitUs: 0, openingUs: 0 },
  ]);
  await pass();
  expect(waits).toEqual([{ type: 'waiting', us: 9_000_000, reason: 'rest' }]);
});

it('each trial has totals of its own', async () => {
  await ready();
  for (const ok of [5, 2]) {
    const measure = fleet.run({ ...PLAN, pauseUs: 0 });
    await pass();
    allSay([
      { type: 'prepared', waitUs: 0, openingUs: 0 },
      { type: 'prepared', waitUs: 0, openingUs: 0 },
    ]);
    await pass(1);
    for (const link of links) {
      const snapshot = snapshotOf(0, ({ counters }) => {
        counters.connects_ok = ok;
      });
      link.say({ type: 'snapshot', snapshot });
      link.say({ type: 'settled', open: ok, peak: ok, ledger: NO_MESSAGES });
    }
    expect((await measure)!.totals.counters.connects_ok).toBe(2 * ok);
  }
});

describe('stop', () => {
  it('gives up the trial under way and takes no other', async () => {
    await ready();
    const measure = fleet.run(PLAN);
    await pass();
    fleet.stop();
    await expect(measure).resolves.toBeUndefined();
    await expect(fleet.run(PLAN)).resolves.toBeUndefined();
    for (const link of links) expect(link.posted.at(-1)).toEqual({ type: 'stop', graceful: false });
    await fleet.close();
  });

  it('does not wait for devices to rest', async () => {
    await ready();
    const measure = fleet.run(PLAN);
    await pass();
    allSay([
      { type: 'prepared', waitUs: 12_000_000, openingUs: 0 },
      { type: 'prepared', waitUs: 0, openingUs: 0 },
    ]);
    await pass(10);
    fleet.stop();
    await expect(measure).resolves.toBeUndefined();
    expect(links[0]!.posted.map(({ type }) => type)).toEqual(['prepare', 'stop']);
  });

  it('before all are ready is told as such', async () => {
    links[0]!.say({ type: 'ready' });
    fleet.stop();
    await expect(fleet.ready()).resolves.toBe(false);
  });
});

describe('a lost worker', () => {
  it('ends the trial with a fault, and every one after it', async () => {
    await ready();
    const measure = fleet.run(PLAN);
    const fault = expect(measure).rejects.toMatchObject({
      code: 'worker-lost',
      message: 'worker 1 was lost: out of memory',
    });
    await pass();
    links[1]!.end('out of memory');
    await fault;
    await expect(fleet.run(PLAN)).rejects.toMatchObject({ code: 'worker-lost' });
    await fleet.close();
  });

  it('is one that does not answer', async () => {
    await ready();
    const measure = fleet.run(PLAN);
    const fault = expect(measure).rejects.toMatchObject({ code: 'worker-lost' });
    await pass();
    links[0]!.say({ type: 'prepared', waitUs: 0, openingUs: 0 });
    await pass(20_000);
    await fault;
  });

  it('is not one that rehearses for minutes', async () => {
    for (let second = 0; second < 300; second++) {
      for (const link of links) link.isAlive();
      await pass(1_000);
    }
    await ready();
    expect(links.map(({ killed }) => killed)).toEqual([undefined, undefined]);
  });

  it('is one that lives and answers nothing, and not the one that answered', async () => {
    await ready();
    const fault = expect(fleet.run(PLAN)).rejects.toMatchObject({ code: 'worker-lost' });
    await pass();
    links[0]!.say({ type: 'prepared', waitUs: 0, openingUs: 0 });
    for (let second = 0; second < 62; second++) {
      for (const link of links) link.isAlive();
      await pass(1_000);
    }
    await fault;
    expect(links.map(({ killed }) => killed)).toEqual([undefined, 'it did not answer in time']);
  });
});

describe('a fault from outside', () => {
  const LOST = new FleetError('stand-in-lost', 'the stand-in was lost: SIGKILL');

  it('ends the trial under way, and every one after it', async () => {
    await ready();
    const fault = expect(fleet.run(PLAN)).rejects.toBe(LOST);
    await pass();
    fleet.fail(LOST);
    await fault;
    await expect(fleet.run(PLAN)).rejects.toBe(LOST);
    await fleet.close();
  });

  it('does not wait until devices have rested', async () => {
    await ready();
    const fault = expect(fleet.run(PLAN)).rejects.toBe(LOST);
    await pass();
    allSay([
      { type: 'prepared', waitUs: 12_000_000, openingUs: 0 },
      { type: 'prepared', waitUs: 0, openingUs: 0 },
    ]);
    await pass(10);
    fleet.fail(LOST);
    await fault;
  });
});

it('a fault that comes with the last answer does not wait until devices have rested either', async () => {
  await ready();
  const fault = expect(fleet.run(PLAN)).rejects.toMatchObject({ code: 'stand-in-lost' });
  await pass();
  allSay([
    { type: 'prepared', waitUs: 12_000_000, openingUs: 0 },
    { type: 'prepared', waitUs: 0, openingUs: 0 },
  ]);
  fleet.fail(new FleetError('stand-in-lost', 'the stand-in was lost: SIGKILL'));
  await pass(10);
  await fault;
});

it('devices may rest for longer than a timer of Node holds', async () => {
  await ready();
  void fleet.run(PLAN);
  await pass();
  allSay([
    { type: 'prepared', waitUs: 2 ** 31 * 1e3 + 5e6, openingUs: 0 },
    { type: 'prepared', waitUs: 0, openingUs: 0 },
  ]);
  await pass(10);
  expect(links[0]!.posted.map(({ type }) => type)).toEqual(['prepare']);
});
