import { describe, expect, it } from 'vitest';
import { boundsOf, nextStep, type SearchGoal, type SearchTrial } from '../../../src/limit/limit-search.ts';

const RATE: SearchGoal = { first: 100, max: 1000, resolution: 0.01, exactWithin: 0 };
const COUNT: SearchGoal = { ...RATE, max: 5000, exactWithin: 64, rampPerSec: 100 };

const held = (value: number): SearchTrial => ({ value, verdict: 'held', carried: value });
const failed = (value: number, carried = 0): SearchTrial => ({ value, verdict: 'failed', carried });
const spoiled = (value: number, final = false): SearchTrial => ({
  value,
  verdict: 'spoiled',
  carried: 0,
  final,
});
const at = (rampPerSec: number, trial: SearchTrial): SearchTrial => ({ ...trial, rampPerSec });

const nextValue = (goal: SearchGoal, trials: SearchTrial[]) => {
  const step = nextStep(goal, trials);
  return step.type === 'trial' ? step.value : step.bounds;
};

describe('climbing', () => {
  it('doubles, and ends at the most', () => {
    expect(nextValue(RATE, [])).toBe(100);
    expect(nextValue(RATE, [held(100)])).toBe(200);
    expect(nextValue(RATE, [100, 200, 400, 800].map(held))).toBe(1000);
    expect(nextValue(RATE, [800, 1000].map(held)), 'the bound is measured twice').toBe(1000);
    expect(nextValue(RATE, [800, 1000, 1000].map(held))).toEqual({ lower: 1000, upper: null, ceiling: null });
  });

  it('begins no higher than the most', () => {
    expect(nextValue({ ...RATE, max: 7 }, [])).toBe(7);
  });

  it('tries the failure that ends it again; a second one is believed, a hold makes a third decide', () => {
    const climb = [held(100), failed(200)];
    expect(nextValue(RATE, climb)).toBe(200);
    expect(nextValue(RATE, [...climb, failed(200)])).toBe(141);
    expect(nextValue(RATE, [...climb, held(200)])).toBe(200);
    expect(nextValue(RATE, [...climb, held(200), held(200)])).toBe(400);
    expect(nextValue(RATE, [...climb, held(200), failed(200)])).toBe(141);
  });
});

describe('narrowing down', () => {
  it('goes down from the first value where that fails already', () => {
    expect(nextValue(RATE, [failed(100), failed(100)])).toBe(50);
    expect(nextValue(RATE, [failed(1), failed(1)])).toEqual({ lower: 0, upper: 1, ceiling: null });
  });

  it('tries what got through a failed trial, and then its neighbour', () => {
    const quota = [100, 200, 400].map(held).concat(failed(800, 437));
    expect(nextValue(COUNT, quota)).toBe(437);
    expect(nextValue(COUNT, [...quota, held(437)])).toBe(438);
    expect(nextValue(COUNT, [...quota, held(437), failed(438, 437)])).toBe(438);
    expect(nextValue(COUNT, [...quota, held(437), failed(438, 437), failed(438, 437)])).toBe(437);
    const all = [...quota, held(437), failed(438, 437), failed(438, 437), held(437)];
    expect(nextValue(COUNT, all)).toEqual({ lower: 437, upper: 438, ceiling: null });
  });

  it('a rate that got through is rough: a little below it, and a resolution above that', () => {
    const trials = [held(200), failed(400, 300)];
    expect(nextValue(RATE, trials)).toBe(298);
    expect(nextValue(RATE, [...trials, held(298)])).toBe(301);
  });

  it('where all got through too late there is nothing to guess from', () => {
    expect(nextValue(RATE, [held(200), failed(400, 400), failed(400, 400)])).toBe(283);
  });
});

describe('a spoiled trial', () => {
  it('is no failure: it is tried again, and then the search stays below', () => {
    expect(nextValue(RATE, [held(100), spoiled(200)])).toBe(200);
    expect(boundsOf([held(100), spoiled(200), spoiled(200)])).toEqual({
      lower: 100,
      upper: null,
      ceiling: 200,
    });
    expect(nextValue(RATE, [held(100), spoiled(200), spoiled(200)])).toBe(141);
  });

  it('is not tried again where the same would spoil it', () => {
    expect(nextValue(RATE, [held(100), spoiled(200, true)])).toBe(141);
  });

  it('is forgotten where its value held after all, or a lower one failed', () => {
    expect(boundsOf([spoiled(200), held(200)])).toEqual({ lower: 200, upper: null, ceiling: null });
    expect(boundsOf([held(100), spoiled(200, true), failed(150)])).toEqual({
      lower: 100,
      upper: 150,
      ceiling: null,
    });
  });
});

it('a doubtful failure is tried again at once, wherever it is', () => {
  const doubtful = { ...failed(283, 220), doubtful: true };
  const trials = [held(200), failed(400), failed(400), doubtful];
  expect(nextValue(RATE, trials)).toBe(283);
  expect(nextValue(RATE, [...trials, { ...doubtful }])).not.toBe(283);
  expect(nextValue(RATE, [...trials, held(283)])).toBe(283);
  expect(nextValue(RATE, [...trials, held(283), held(283)])).toBe(336);
});

describe('a contradiction', () => {
  const trials = [held(100), failed(200), held(300)];

  it('has both values tried again', () => {
    expect(nextValue(RATE, trials)).toBe(200);
    expect(nextValue(RATE, [...trials, failed(200)])).toBe(300);
  });

  it('that stays is decided for the lower one', () => {
    expect(boundsOf([...trials, failed(200), held(300)])).toMatchObject({ lower: 100, upper: 200 });
    expect(nextValue(RATE, [...trials, failed(200), held(300)])).toBe(141);
  });
});

describe('the ramp', () => {
  it('is slower where a value is tried again', () => {
    expect(nextStep(COUNT, [at(100, failed(100, 0))])).toEqual({ type: 'trial', value: 100, rampPerSec: 25 });
  });

  it('stays slow once more got through that way: it was a quota by rate, and the value is open again', () => {
    const healed = [at(100, failed(100, 50)), at(25, held(100))];
    expect(nextStep(COUNT, healed)).toEqual({ type: 'trial', value: 200, rampPerSec: 25 });
    expect(boundsOf(healed)).toMatchObject({ lower: 100, upper: null });
  });

  it('is slower still while that helps, and not where it does not', () => {
    const goal = { ...COUNT, first: 1000 };
    const first = at(100, failed(1000, 0));
    expect(nextStep(goal, [first, at(25, failed(1000, 0))])).toMatchObject({ value: 500, rampPerSec: 100 });
    const helped = [at(100, failed(100, 20)), at(100, held(20)), at(100, held(21)), at(25, failed(100, 60))];
    expect(nextStep(COUNT, helped)).toEqual({ type: 'trial', value: 60, rampPerSec: 25 });
  });

  it('one connect that failed by chance does not slow the search down', () => {
    const chance = [at(100, failed(100, 99)), at(100, held(99)), at(25, held(100)), at(25, held(100))];
    expect(nextStep(COUNT, chance)).toEqual({ type: 'trial', value: 200, rampPerSec: 100 });
  });
});
