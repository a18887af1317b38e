import { expect, it } from 'vitest';
import { planRun } from '../../../src/coordinator/plan.ts';
import { shareOf } from '../../../src/load/time/segment.ts';
import { devicesOf, scenarioOf } from '../load/fleet.ts';

const connect = scenarioOf().connect;

it('starts one connection per device, as many as the stages make room for', () => {
  const scenario = scenarioOf();
  expect(planRun(scenario, devicesOf(10), 1)).toMatchObject({
    starts: 10,
    devicesLeftOut: 0,
  });
  expect(planRun(scenario, devicesOf(12), 1)).toMatchObject({
    starts: 10,
    devicesLeftOut: 2,
  });
  expect(planRun(scenario, devicesOf(7), 1)).toMatchObject({
    starts: 7,
    devicesLeftOut: 0,
  });
});

it('holds from the last connect that is due', () => {
  expect(planRun(scenarioOf(), devicesOf(10), 1)).toMatchObject({
    connectUs: 900_000,
    durationUs: 2_900_000,
  });
  expect(planRun(scenarioOf(), devicesOf(4), 1)).toMatchObject({ connectUs: 300_000, durationUs: 2_300_000 });
});

it('shares sum to the whole for every number of workers, and no worker is idle', () => {
  for (let workers = 1; workers <= 16; workers++) {
    const { segments, shares, starts } = planRun(scenarioOf(), devicesOf(10), workers);
    expect(segments).toHaveLength(Math.min(workers, 10));
    expect(shares).toHaveLength(segments.length);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(starts);
    expect(Math.min(...shares)).toBeGreaterThan(0);
  }
});

it('every worker has a slot to connect in', () => {
  const { segments } = planRun(scenarioOf({ connect: { ...connect, maxInFlight: 2 } }), devicesOf(10), 4);
  expect(segments.map((segment) => shareOf(segment, 2))).toEqual([1, 1]);
});

it('nothing to start is still a plan of one worker', () => {
  expect(planRun(scenarioOf(), devicesOf(0), 4)).toMatchObject({
    starts: 0,
    shares: [0],
    durationUs: 2_000_000,
  });
});
