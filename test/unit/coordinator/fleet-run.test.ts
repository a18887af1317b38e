import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Fleet, type FleetRequest, type RunEvent } from '../../../src/coordinator/fleet.ts';
import { planRun, trialOf } from '../../../src/coordinator/plan.ts';
import type { TrialResult } from '../../../src/coordinator/trial.ts';
import { orderOfRun, type ShardAssignment } from '../../../src/load/protocol.ts';
import { imbalances } from '../../../src/metrics/books.ts';
import { FleetError } from '../../../src/model/errors.ts';
import type { Counter } from '../../../src/model/metrics/metric-names.ts';
import type { Scenario, Threshold } from '../../../src/model/scenario.ts';
import { devicesOf, scenarioOf } from '../load/fleet.ts';
import { ManualClock } from '../load/manual-clock.ts';
import { LinkInHand, NO_MESSAGES } from './link-in-hand.ts';

/** Judged at the end; ends the run from its second second on. */
const THRESHOLDS = (['connects_ok', 'connects_failed'] as const).map((metric, index): Threshold => {
  const counted = { metric, expression: 'count == 0', aggregate: 'count', operator: '==', bound: 0 } as const;
  return index === 0 ? counted : { ...counted, abortFromUs: 2e6 };
});

const clock = new ManualClock();
let links: LinkInHand[];
let assignments: ShardAssignment[];
let events: RunEvent[];
/** messages_lost at the time of that event. */
let endedWith: number | undefined;
let destroyed: number;
let run: Fleet;
let result: Promise<TrialResult>;

/** A fleet with the run of that scenario before it, of ten devices. */
function fleetOf(
  scenario: Scenario,
  segments: number,
  part: Pick<FleetRequest, 'openLinks'> & Partial<FleetRequest>,
) {
  const devices = devicesOf(10);
  const plan = planRun(scenario, devices, segments);
  const fleet = new Fleet({
    scenario,
    target: { kind: 'url', protocol: 'mqtt', host: '127.0.0.1', port: 1, path: '' },
    devices: { kind: 'shared', table: devices.shared },
    segments: plan.segments,
    connections: plan.starts,
    onLoss: 'stop',
    clock,
    onEvent: () => {},
    ...part,
  });
  return { fleet, run: () => fleet.runOnce(trialOf(plan, scenario)) };
}

/** Lets promises resolve. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(async () => {
  const scenario = scenarioOf({ thresholds: THRESHOLDS });
  links = [new LinkInHand(clock), new LinkInHand(clock)];
  events = [];
  endedWith = undefined;
  destroyed = 0;
  const begun = fleetOf(scenario, 2, {
    openLinks: async (given) => {
      assignments = given;
      return {
        links,
        destroy: async () => {
          destroyed++;
          for (const link of links) link.end('terminated');
        },
      };
    },
    onEvent: (event) => {
      events.push(event);
      if (event.type === 'ended') endedWith = event.totals.counters.messages_lost;
    },
  });
  run = begun.fleet;
  result = begun.run();
  // Each test awaits it in its own time.
  result.catch(() => {});
  await turn();
});

async function allReady(): Promise<number> {
  for (const link of links) link.isPrepared();
  await turn();
  const [, begin] = links[0]!.posted;
  if (begin?.type !== 'begin') throw new Error('no start line was given');
  return begin.startUs;
}

const typesOf = (link: LinkInHand) => link.posted.map(({ type }) => type);

it('gives every shard its segment, and one start line once all are ready and prepared', async () => {
  expect(new Set(assignments.map(({ run }) => run)).size, 'all know the run by one number').toBe(1);
  expect(assignments.map(({ segment, connections }) => [segment, connections])).toEqual([
    [{ index: 0, of: 2 }, 10],
    [{ index: 1, of: 2 }, 10],
  ]);
  const prepare = { type: 'prepare', order: orderOfRun(10) };
  links[0]!.isPrepared();
  links[1]!.say({ type: 'ready' });
  await turn();
  expect(links.map(({ posted }) => posted)).toEqual([[prepare], [prepare]]);
  links[1]!.isPrepared();
  await turn();
  expect(links[0]!.posted).toEqual(links[1]!.posted);
  const begin = { type: 'begin', startUs: expect.any(Number), durationUs: 2_900_000 };
  expect(links[0]!.posted).toEqual([prepare, begin]);
  expect((links[0]!.posted[1] as { startUs: number }).startUs).toBeGreaterThan(clock.us);
  expect(events.map(({ type }) => type).filter((type) => type !== 'message')).toEqual(['ready', 'started']);
});

it('merges what the shards report and ends when they have', async () => {
  await allReady();
  for (const link of links) {
    link.count(0, { connects_scheduled: 5, connects_ok: 5 });
    link.finish();
  }
  const { totals, durationUs, stopReason, lostShards } = await result;
  expect(totals.counters).toMatchObject({ connects_scheduled: 10, connects_ok: 10 });
  expect(totals.timeline.seconds).toHaveLength(1);
  expect({ durationUs, stopReason, lostShards }).toEqual({
    durationUs: 2_900_000,
    stopReason: undefined,
    lostShards: [],
  });
  expect(destroyed).toBe(1);
});

it('the ledgers of all shards together say how many messages were lost', async () => {
  await allReady();
  // Device 0 and its three messages are of the first shard; the second has received one of them, in the middle.
  const ledgers = [
    { ...NO_MESSAGES, sent: Float64Array.of(0, 0, 1, 3, 2e6, 0, 0, 0, 0) },
    { ...NO_MESSAGES, received: Float64Array.of(0, 0, 2, 5e6), missing: 1 },
  ];
  for (const [shard, link] of links.entries()) {
    link.count(0, { connects_scheduled: 5, connects_ok: 5 });
    link.finish(ledgers[shard]!);
  }
  const { totals } = await result;
  expect(totals.counters.messages_lost).toBe(2);
  expect(events.at(-1)).toEqual({ type: 'ended', totals });
  expect(endedWith, 'the totals change no more').toBe(2);
});

describe('stop', () => {
  it('is told to every shard once, and shortens the run', async () => {
    const startUs = await allReady();
    clock.us = startUs + 1_500_000;
    run.requestStop('SIGINT');
    clock.advance(100_000);
    run.requestStop('SIGTERM');
    expect(links.map(typesOf)).toEqual([
      ['prepare', 'begin', 'stop'],
      ['prepare', 'begin', 'stop'],
    ]);
    for (const link of links) link.finish();
    expect(await result).toMatchObject({ durationUs: 1_500_000, stopReason: 'SIGINT' });
  });

  it('during the drain does not lengthen the run', async () => {
    const startUs = await allReady();
    clock.us = startUs + 3_700_000;
    run.requestStop('SIGINT');
    for (const link of links) link.finish();
    expect(await result).toMatchObject({ durationUs: 2_900_000, stopReason: 'SIGINT' });
  });

  it('before all are ready gives no start line', async () => {
    links[0]!.say({ type: 'ready' });
    run.requestStop('SIGINT');
    links[1]!.say({ type: 'ready' });
    expect(links.map(typesOf)).toEqual([
      ['prepare', 'stop'],
      ['prepare', 'stop'],
    ]);
    expect(events).toContainEqual({ type: 'stopping', reason: 'SIGINT', ranForUs: 0, breach: undefined });
    links[0]!.count(0, { connects_scheduled: 5, connects_cancelled: 5 });
    expect(events.at(-1)).toMatchObject({ type: 'progress', elapsedUs: 0 });
    for (const link of links) link.finish();
    expect(await result).toMatchObject({ durationUs: 0, stopReason: 'SIGINT' });
  });
});

describe('a threshold that aborts', () => {
  /** Both shards tell of a second. */
  function second(nth: number, counts: Partial<Record<Counter, number>>): void {
    for (const link of links) link.count(nth, counts);
  }

  it('stops the run gracefully when it fails after its grace, and is named', async () => {
    const startUs = await allReady();
    clock.us = startUs + 1_000_000;
    second(0, { connects_scheduled: 2, connects_ok: 1, connects_failed: 1 });
    expect(links.map(typesOf), 'within its grace').toEqual([
      ['prepare', 'begin'],
      ['prepare', 'begin'],
    ]);
    clock.us = startUs + 2_000_000;
    links[0]!.count(1, { connects_scheduled: 1, connects_ok: 1 });
    expect(links.map(typesOf), 'half of the fleet has not told of the second').toEqual([
      ['prepare', 'begin'],
      ['prepare', 'begin'],
    ]);
    links[1]!.count(1, { connects_scheduled: 1, connects_ok: 1 });
    expect(links.map(typesOf)).toEqual([
      ['prepare', 'begin', 'stop'],
      ['prepare', 'begin', 'stop'],
    ]);
    expect(events).toContainEqual({
      type: 'stopping',
      reason: 'threshold connects_failed count == 0 failed',
      ranForUs: 2_000_000,
      breach: { index: 1, result: expect.objectContaining({ metric: 'connects_failed', actual: 2 }) },
    });
    second(2, { connects_failed: 5 });
    for (const link of links) link.finish();
    const { breach, stopReason, durationUs } = await result;
    expect({ stopReason, durationUs }).toEqual({
      stopReason: 'threshold connects_failed count == 0 failed',
      durationUs: 2_000_000,
    });
    expect(breach, 'as it was at that moment').toEqual({
      index: 1,
      result: { metric: 'connects_failed', expression: 'count == 0', verdict: 'fail', actual: 2 },
    });
  });

  it('leaves a run alone in which it passes, and one that has come to its end', async () => {
    const startUs = await allReady();
    for (const nth of [0, 1]) second(nth, { connects_scheduled: 1, connects_ok: 1 });
    // The run is 2.9 s long.
    clock.us = startUs + 3_000_000;
    second(2, { connects_scheduled: 1, connects_failed: 1 });
    expect(links.map(typesOf)).toEqual([
      ['prepare', 'begin'],
      ['prepare', 'begin'],
    ]);
    for (const link of links) link.finish();
    expect(await result).toMatchObject({ breach: undefined, stopReason: undefined });
  });

  it('does not take the place of a signal that came before', async () => {
    await allReady();
    second(0, { connects_scheduled: 1, connects_failed: 1 });
    run.requestStop('SIGINT');
    second(1, {});
    for (const link of links) link.finish();
    expect(await result).toMatchObject({ breach: undefined, stopReason: 'SIGINT' });
  });
});

describe('a lost worker', () => {
  it('ends the run; what it did is kept and its books are closed', async () => {
    const startUs = await allReady();
    clock.us = startUs + 500_000;
    links[0]!.count(0, { connects_scheduled: 5, connects_ok: 5 });
    links[1]!.count(0, { connects_scheduled: 3, connects_ok: 2, messages_sent: 4, messages_acked: 1 });
    links[1]!.end('out of memory');
    await vi.waitFor(() => expect(typesOf(links[0]!)).toEqual(['prepare', 'begin', 'stop']));
    links[0]!.finish();
    const { totals, lostShards, stopReason } = await result;
    expect(lostShards).toEqual([{ shard: 1, reason: 'out of memory' }]);
    expect(stopReason).toBe('worker 1 was lost: out of memory');
    expect(totals.counters).toMatchObject({
      connects_scheduled: 10,
      connects_ok: 7,
      connects_lost: 3,
      messages_unacked: 3,
    });
    expect(imbalances(totals.counters)).toEqual([]);
    expect(events).toContainEqual({ type: 'lost', shard: 1, reason: 'out of memory' });
  });

  it('before the start line is a fault, and the others are not left behind', async () => {
    links[0]!.say({ type: 'ready' });
    links[1]!.end('cannot find module');
    await vi.waitFor(() => expect(typesOf(links[0]!)).toEqual(['prepare', 'stop']));
    links[0]!.finish();
    const error = await result.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FleetError);
    expect((error as FleetError).code).toBe('worker-lost');
    expect((error as FleetError).message).toContain('cannot find module');
    expect(destroyed).toBe(1);
  });
});

describe('a worker that hangs', () => {
  const SIGN_MS = 500;
  let wallUs: number;
  let hanging: LinkInHand[];
  let hung: Fleet;
  let hungResult: Promise<TrialResult>;

  beforeEach(() => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
    wallUs = Date.now() * 1e3;
    const clock = { nowUs: () => Date.now() * 1e3 };
    hanging = [new LinkInHand(clock), new LinkInHand(clock)];
    const scenario = scenarioOf({ gracefulStopUs: 5e6, holdUs: 3600e6 });
    const openLinks = async () => ({ links: hanging, destroy: async () => {} });
    const begun = fleetOf(scenario, 2, { openLinks, clock });
    hung = begun.fleet;
    hungResult = begun.run();
    hungResult.catch(() => {});
    return () => vi.useRealTimers();
  });

  /** `living` give their signs all the time. */
  async function pass(ms: number, living: LinkInHand[]): Promise<void> {
    for (let passed = 0; passed < ms; passed += SIGN_MS) {
      for (const link of living) link.isAlive();
      await vi.advanceTimersByTimeAsync(SIGN_MS);
    }
  }

  const killed = () => hanging.map((link) => link.killed);
  const elapsedMs = () => Date.now() - wallUs / 1e3;

  it('is ended and lost, and nobody else is; the others stop gracefully', async () => {
    const [first, second] = hanging as [LinkInHand, LinkInHand];
    for (const link of hanging) link.isPrepared();
    await pass(10_000, hanging);
    await pass(9_000, [first]);
    expect(killed()).toEqual([undefined, undefined]);
    await pass(2_000, [first]);
    expect(killed()).toEqual([undefined, 'it gave no sign of life for 10 s']);
    expect(typesOf(first)).toEqual(['prepare', 'begin', 'stop']);
    first.finish();
    expect(await hungResult).toMatchObject({
      lostShards: [{ shard: 1, reason: 'it gave no sign of life for 10 s' }],
    });
    expect(second.posted).toEqual(first.posted);
  });

  it('has its time from the start line on: a rehearsal of minutes is none of it', async () => {
    await pass(300_000, hanging);
    for (const link of hanging) link.isPrepared();
    await pass(3_600_000 + 60_000, hanging);
    expect(killed()).toEqual([undefined, undefined]);
    for (const link of hanging) link.finish();
    expect((await hungResult).lostShards).toEqual([]);
  });

  it('in its rehearsal does not wait for ever', async () => {
    await pass(30_000, hanging);
    await pass(10_500, [hanging[0]!]);
    expect(killed()).toEqual([undefined, 'it gave no sign of life for 10 s']);
    hanging[0]!.finish();
    await expect(hungResult).rejects.toMatchObject({ code: 'worker-lost' });
  });

  it('holds a stop up for no longer than the grace and a second, whatever the plan is', async () => {
    for (const link of hanging) link.isPrepared();
    await pass(4_000, hanging);
    await pass(2_000, [hanging[0]!]);
    const stoppedMs = elapsedMs();
    hung.requestStop('SIGINT');
    await pass(5_000, [hanging[0]!]);
    expect(killed()).toEqual([undefined, undefined]);
    await pass(1_000, [hanging[0]!]);
    expect(killed()).toEqual([undefined, 'it gave no sign of life for 9 s']);
    hanging[0]!.finish();
    const { stopReason, lostShards } = await hungResult;
    expect({ stopReason, lost: lostShards.length }).toEqual({ stopReason: 'SIGINT', lost: 1 });
    expect(elapsedMs() - stoppedMs).toBe(6_000);
  });

  it('before the start line, when a signal came first, costs no report', async () => {
    hung.requestStop('SIGINT');
    await pass(30_000, []);
    expect(killed()).toEqual(Array(2).fill('it gave no sign of life for 10 s'));
    expect(await hungResult).toMatchObject({ stopReason: 'SIGINT', durationUs: 0 });
  });

  it('and one that lives but does not end is ended too', async () => {
    for (const link of hanging) link.isPrepared();
    await pass(1_000, hanging);
    hung.requestStop('SIGINT');
    await pass(64_000, hanging);
    expect(killed()).toEqual([undefined, undefined]);
    await pass(2_000, hanging);
    expect(killed()).toEqual(Array(2).fill('it did not end in time'));
  });
});

it('a stop that comes before the links are open is told to them', async () => {
  const late = new LinkInHand(clock);
  const openLinks = async () => ({ links: [late], destroy: async () => {} });
  const stopped = fleetOf(scenarioOf(), 1, { openLinks });
  stopped.fleet.requestStop('SIGINT');
  const ended = stopped.run();
  await turn();
  expect(typesOf(late)).toEqual(['prepare', 'stop']);
  late.finish();
  expect(await ended).toMatchObject({ stopReason: 'SIGINT', durationUs: 0 });
});

describe('a worker that cannot be talked to', () => {
  it.each([
    ['of another version', 2, 0, 'it speaks version 2 of the protocol, this is version 1'],
    ['whose clock is ahead', 1, 5e6, 'its clock is 5.0 s off'],
    ['whose clock is behind', 1, -5e6, 'its clock is 5.0 s off'],
  ])('%s is ended, and nothing it says is taken', async (_, protocol, offUs, why) => {
    links[0]!.greet(protocol, clock.us + offUs);
    expect(links[0]!.killed).toContain(why);
    links[0]!.say({ type: 'ready' });
    links[0]!.count(0, { connects_ok: 5 });
    expect(events).toEqual([]);
    links[1]!.isPrepared();
    await turn();
    links[1]!.finish();
    await expect(result).rejects.toMatchObject({
      code: 'worker-lost',
      message: expect.stringContaining(why),
    });
  });

  it('is one that does not greet at all', () => {
    vi.spyOn(links[0]!, 'greet').mockImplementation(() => {});
    links[0]!.say({ type: 'alive' });
    expect(links[0]!.killed).toContain('it speaks another version of the protocol');
  });

  it('is not one whose clock is off by less than the start line is ahead', () => {
    links[0]!.greet(1, clock.us + 90_000);
    links[1]!.greet(1, clock.us - 90_000);
    expect(links.map(({ killed }) => killed)).toEqual([undefined, undefined]);
  });
});

it('links that cannot be had are the fault of the run', async () => {
  const openLinks = () => Promise.reject(new FleetError('harness', 'no agent is there'));
  await expect(fleetOf(scenarioOf(), 1, { openLinks }).run()).rejects.toThrow('no agent is there');
});

it('a worker that is lost once it has settled costs nobody anything but the name of a whole run', async () => {
  await allReady();
  links[0]!.count(0, { connects_scheduled: 5, connects_ok: 5 });
  links[0]!.finish();
  links[0]!.end('out of memory');
  await turn();
  links[1]!.count(0, { connects_scheduled: 5, connects_ok: 5 });
  links[1]!.finish();
  const { totals, lostShards } = await result;
  expect(lostShards).toEqual([{ shard: 0, reason: 'out of memory' }]);
  expect(totals.counters).toMatchObject({ connects_ok: 10, connects_lost: 0 });
  expect(imbalances(totals.counters)).toEqual([]);
});
