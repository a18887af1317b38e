import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { TrialMeasure, TrialPlan } from '../../../src/coordinator/trial.ts';
import type { LimitTrial } from '../../../src/limit/limit-report.ts';
import { type LimitRequest, LimitRun } from '../../../src/limit/limit-run.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import { FleetError } from '../../../src/model/errors.ts';
import { publishOf, scenarioOf } from '../load/fleet.ts';
import { ManualClock } from '../load/manual-clock.ts';
import { snapshotOf } from '../metrics/snapshots.ts';
import { summaryOf } from '../report/summaries.ts';

/** A fleet against an endpoint with a quota of connections, and one of messages per second. */
class SimulatedFleet {
  readonly plans: TrialPlan[] = [];
  open = 0;
  closed = false;
  onRun: (nth: number) => void = () => {};
  private stopped = false;
  private readonly connections: number;
  private readonly messagesPerSec: number;
  private readonly code: string;

  constructor(connections: number, messagesPerSec = Number.POSITIVE_INFINITY, code = 'CONNACK 3') {
    this.connections = connections;
    this.messagesPerSec = messagesPerSec;
    this.code = code;
  }

  async ready(): Promise<boolean> {
    return !this.stopped;
  }

  async run(plan: TrialPlan): Promise<TrialMeasure | undefined> {
    this.plans.push(plan);
    this.onRun(this.plans.length);
    if (this.stopped) return undefined;
    const missing = Math.max(0, plan.connections - this.open);
    this.open = Math.min(this.connections, plan.connections);
    const refused = plan.connections - this.open;
    const sent = Math.round(plan.publishFactor * NATURAL * (plan.holdUs / 1e6));
    const missed = Math.max(0, sent - this.messagesPerSec * (plan.holdUs / 1e6));
    const totals = new Totals(1);
    totals.add(
      0,
      snapshotOf(0, (recorder) => {
        recorder.counters.connects_scheduled = missing;
        recorder.counters.connects_ok = missing - refused;
        recorder.counters.connects_failed = refused;
        recorder.counters.messages_scheduled = recorder.counters.messages_sent = sent;
        recorder.counters.replies_missing = missed;
        if (refused > 0) recorder.fail('connack', 'rejected', this.code, 'd1', refused);
        if (missed > 0) recorder.fail('reply', 'timeout', '', 'd1', missed);
      }),
    );
    const measured = { startedEpochMs: 0, connectUs: 0, durationUs: plan.holdUs };
    return { totals, ...measured, open: this.open, peak: this.open };
  }

  stop(): void {
    this.stopped = true;
  }

  async close(): Promise<void> {
    this.stopped = this.closed = true;
  }
}

/** What the scenario's 100 devices send per second by themselves. */
const NATURAL = 100;
const scenario = scenarioOf({ publish: [publishOf({ everyUs: 1e6 })] });
const { tool, environment, scenario: scenarioFacts } = summaryOf();

let told: LimitTrial[];

beforeEach(() => {
  told = [];
});

function requestOf(fleet: SimulatedFleet, part: Partial<LimitRequest> = {}): LimitRequest {
  return {
    of: 'connections',
    setting: { scenario: scenarioOf(), devices: 1000, holdUs: 2e6 },
    search: { first: 100, max: 1000, resolution: 0.01, exactWithin: 64, rampPerSec: 100 },
    goal: { maxFailures: 0, maxP99Us: undefined },
    thresholds: [],
    goalFacts: {
      maxFailures: 0,
      maxP99Ms: null,
      thresholds: [],
      holdMs: 2000,
      max: 1000,
      resolution: 0.01,
      rampPerSec: 100,
    },
    rampPerSec: 100,
    pauseUs: 1e6,
    restUs: 12e6,
    budgetUs: 600e6,
    fleet,
    clock: new ManualClock(),
    machine: { descriptors: undefined, ports: undefined },
    facts: { tool, environment, scenario: scenarioFacts },
    hintOf: () => 'hint',
    onStep: () => {},
    onTrial: (trial) => told.push(trial),
    ...part,
  };
}

it('goes from trial to trial to the bounds, tells each, and closes the fleet', async () => {
  const fleet = new SimulatedFleet(437);
  const report = await new LimitRun(requestOf(fleet)).run();
  expect(report).toMatchObject({ lower: 437, upper: 438, outcome: { state: 'completed', by: null } });
  expect(report.limiter).toMatchObject({ side: 'broker', kind: 'quota by count', value: 437 });
  expect(report.trials.map(({ value }) => value)).toEqual([100, 200, 400, 800, 437, 438, 438, 437]);
  expect(told).toEqual(report.trials);
  expect(fleet.plans[3]).toMatchObject({
    connections: 800,
    starts: { perSec: 100, restUs: 12e6 },
    holdUs: 2e6,
    pauseUs: 1e6,
  });
  expect(fleet.plans[6]!.starts, 'the failure is tried again more slowly').toMatchObject({ perSec: 25 });
  expect(fleet.closed).toBe(true);
});

describe('of the message rate', () => {
  const of = 'message-rate' as const;
  const setting = { scenario, devices: 100, holdUs: 5e6 };
  const search = { first: 100, max: 1e6, resolution: 0.01, exactWithin: 0 };

  it('connects the fleet once, without messages, and makes it send faster', async () => {
    const fleet = new SimulatedFleet(1000, 1000);
    const report = await new LimitRun(requestOf(fleet, { of, setting, search })).run();
    expect(report.lower).toBeLessThanOrEqual(1000);
    expect(report.upper).toBeGreaterThan(1000);
    expect(report.upper! - report.lower).toBeLessThanOrEqual(10);
    expect(report.limiter).toMatchObject({ kind: 'quota by rate', said: 'dropped silently' });
    expect(fleet.plans.filter(({ publishFactor }) => publishFactor === 0)).toHaveLength(1);
    expect(fleet.plans[0]).toMatchObject({ connections: 100, publishFactor: 0 });
    expect(fleet.plans[1]).toMatchObject({ connections: 100, publishFactor: 1 });
  });

  it('does not begin with a part of the fleet', async () => {
    const fleet = new SimulatedFleet(60, 1000);
    const report = await new LimitRun(requestOf(fleet, { of, setting, search })).run();
    expect(report.outcome).toMatchObject({ state: 'aborted', by: 'target' });
    expect(report.outcome.reason).toContain('only 60 of 100 devices');
    expect(report.trials).toEqual([]);
  });
});

it('a stop gives the bounds so far', async () => {
  const fleet = new SimulatedFleet(437);
  const run = new LimitRun(requestOf(fleet));
  fleet.onRun = (nth) => {
    if (nth === 5) run.stop('SIGINT', 'signal');
  };
  const report = await run.run();
  expect(report).toMatchObject({ lower: 400, upper: 800 });
  expect(report.outcome).toEqual({ state: 'aborted', reason: 'SIGINT', by: 'signal' });
  expect(report.limiter.kind, 'not yet tried more slowly').toBe('quota');
  expect(fleet.closed).toBe(true);
});

it('ends at once where devices do not get in', async () => {
  const fleet = new SimulatedFleet(99, 0, 'CONNACK 4');
  const report = await new LimitRun(requestOf(fleet)).run();
  expect(report.trials).toHaveLength(1);
  expect(report).toMatchObject({ lower: 0, upper: null, outcome: { state: 'aborted', by: 'target' } });
  expect(report.limiter).toMatchObject({ kind: 'refused', said: 'CONNACK 4' });
});

describe.each(['worker-lost', 'stand-in-lost'] as const)('%s', (code) => {
  const losing = (after: number): SimulatedFleet => {
    const fleet = new SimulatedFleet(437);
    fleet.onRun = (nth) => {
      if (nth > after) throw new FleetError(code, 'worker 0 was lost: out of memory');
    };
    return fleet;
  };

  it('leaves the bounds so far', async () => {
    const report = await new LimitRun(requestOf(losing(2))).run();
    expect(report).toMatchObject({ lower: 200, upper: null, outcome: { state: 'partial' } });
    expect(report.outcome.reason).toContain('out of memory');
  });

  it('before the first trial is a fault, and nothing stays open', async () => {
    const fleet = losing(0);
    await expect(new LimitRun(requestOf(fleet)).run()).rejects.toMatchObject({ code });
    expect(fleet.closed).toBe(true);
  });
});

it('takes as long as the monotonic clock says, whatever the time of day does', async () => {
  const clock = new ManualClock();
  const fleet = new SimulatedFleet(437);
  fleet.onRun = () => {
    clock.advance(2_000_000);
    vi.setSystemTime(Date.now() - 3600e3);
  };
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const report = await new LimitRun(requestOf(fleet, { clock })).run();
    expect(report.durationMs).toBe(2_000 * fleet.plans.length);
  } finally {
    vi.useRealTimers();
  }
});

it('a budget longer than a timer of Node holds is not used up at once', async () => {
  const budgetUs = 600 * 3600e6;
  const fleet = new SimulatedFleet(437);
  // Trials take turns with the timers of the process.
  const { run } = fleet;
  fleet.run = async (plan) => {
    await new Promise((resolve) => setTimeout(resolve, 3));
    return run.call(fleet, plan);
  };
  const report = await new LimitRun(requestOf(fleet, { budgetUs })).run();
  expect(report.outcome.state).toBe('completed');
});
