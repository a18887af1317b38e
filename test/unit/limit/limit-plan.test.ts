import { describe, expect, it } from 'vitest';
import { flags } from '../../../src/cli/flags/flags.ts';
import { LIMIT_FLAGS } from '../../../src/cli/flags/limit-flags.ts';
import { readFlags } from '../../../src/cli/flags/read-flags.ts';
import { type LimitPlan, limitPlanOf } from '../../../src/limit/limit-plan.ts';
import type { LimitOf } from '../../../src/limit/limit-report.ts';
import type { Scenario } from '../../../src/model/scenario.ts';
import { devicesOf, publishOf, scenarioOf } from '../load/fleet.ts';

async function planOf(
  of: LimitOf,
  given: Record<string, unknown> = {},
  part: Partial<Scenario> = {},
  devices = 600,
) {
  const { values, problems } = await readFlags(flags(LIMIT_FLAGS), { given: { of, ...given }, words: [] });
  expect(problems).toEqual([]);
  return limitPlanOf(values, { scenario: scenarioOf(part), devices: devicesOf(devices), workers: 2 });
}

const sound = async (...args: Parameters<typeof planOf>) => (await planOf(...args)) as LimitPlan;

describe('where nothing is said', () => {
  it('connections go up to the devices, to the last one, at the highest rate of the stages, and late is not failed', async () => {
    const stages = [
      { durationUs: 1e6, fromPerSec: 0, toPerSec: 200 },
      { durationUs: 1e6, fromPerSec: 200, toPerSec: 50 },
    ];
    const plan = await sound('connections', {}, { connect: { ...scenarioOf().connect, stages } });
    expect(plan.search).toEqual({ first: 100, max: 600, resolution: 0.01, exactWithin: 64, rampPerSec: 200 });
    expect(plan.goal).toEqual({ maxFailures: 0, maxP99Us: undefined });
    expect(plan.segments).toHaveLength(2);
  });

  it('rates are searched to 1 %, with a bound on p99', async () => {
    const plan = await sound('connect-rate');
    expect(plan.search).toEqual({ first: 50, max: 200, resolution: 0.01, exactWithin: 0 });
    expect(plan.goal.maxP99Us).toBe(1e6);
    expect((await sound('message-rate', {}, { publish: [publishOf()] })).search.first).toBe(600);
  });

  it('a device rests so that it makes five connects a minute, or as many as the scenario allows it', async () => {
    expect(60e6 / (await sound('connections')).restUs).toBeLessThan(5);
    const reconnect = { policy: 'fixed', delayUs: 1, maxDelayUs: 1, perMinute: 60 } as const;
    expect((await sound('connections', {}, { reconnect })).restUs).toBeLessThan(1.1e6);
  });
});

it('a trial fails by its own thresholds, and nobody tries again by himself, whatever the scenario says', async () => {
  const policy = { policy: 'fixed', delayUs: 1, maxDelayUs: 1, perMinute: 60 } as const;
  const connect = { ...scenarioOf().connect, retry: policy };
  const bound = { metric: 'connects_failed', expression: 'count == 0', operator: '==', bound: 0 } as const;
  const thresholds = [{ ...bound, aggregate: 'count', abortFromUs: 0 } as const];
  const { scenario } = await sound('connections', {}, { connect, reconnect: policy, thresholds });
  expect(scenario).not.toHaveProperty('reconnect');
  expect(scenario.connect).not.toHaveProperty('retry');
  expect(scenario.thresholds).toEqual([]);
});

it('what is given counts', async () => {
  const given = {
    max: 70,
    resolution: '5%',
    hold: '4s',
    maxFailures: '0.5%',
    maxP99: '250ms',
    budget: '90s',
  };
  const plan = await sound('connections', given);
  expect(plan.search).toMatchObject({ first: 70, max: 70, resolution: 0.05, exactWithin: 0 });
  expect(plan).toMatchObject({ goal: { maxFailures: 0.005, maxP99Us: 250_000 }, budgetUs: 90e6 });
  expect(plan.setting.holdUs).toBe(4e6);
  expect((await sound('connect-rate', { maxP99: 'none' })).goal.maxP99Us).toBeUndefined();
});

describe('problems', () => {
  it('more than the devices can do', async () => {
    expect(await planOf('connections', { max: 601 })).toMatchObject({
      problem: { hint: expect.stringContaining('600 connections') },
    });
    expect(await planOf('connect-rate', { max: 201 })).toMatchObject({
      problem: { hint: expect.stringContaining('200 connects/s') },
    });
  });

  it('a message rate of nothing', async () => {
    expect(await planOf('message-rate')).toMatchObject({ problem: { message: 'publishes nothing' } });
  });

  it('of the flags come all at once', async () => {
    const wrong = { max: 0, resolution: '0%', hold: '5', maxFailures: '100%', maxP99: '0s', budget: 'soon' };
    const { problems } = await readFlags(flags(LIMIT_FLAGS), { given: wrong, words: [] });
    expect(problems.map(({ file }) => file).sort()).toEqual([
      '--budget',
      '--hold',
      '--max',
      '--max-failures',
      '--max-p99',
      '--resolution',
    ]);
  });
});
