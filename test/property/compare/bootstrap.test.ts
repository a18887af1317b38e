import { expect, it } from 'vitest';
import { type Figure, RunFigures } from '../../../src/compare/evidence/run-figures.ts';
import type { RunSecond } from '../../../src/compare/evidence/seconds.ts';
import { differences } from '../../../src/statistics/bootstrap.ts';
import { seededRandom } from '../../../src/statistics/random.ts';
import { compared, FIGURES, falselyFound, isFound, RESAMPLES, simulated } from './simulated-runs.ts';

it('of two like runs, a figure is found different in hardly any of twenty comparisons', () => {
  // 1 is what is promised; the same of 200 comparisons is a matter of `npm run accuracy`.
  expect(falselyFound({ seconds: 10, valuesPerSec: 20, correlation: 0 }, 20)).toBeLessThanOrEqual(1);
  expect(falselyFound({ seconds: 20, valuesPerSec: 20, correlation: 0.3 }, 20)).toBeLessThanOrEqual(1);
});

it.each([
  { seconds: 10, valuesPerSec: 40, correlation: 0, shiftUs: 3000 },
  { seconds: 20, valuesPerSec: 40, correlation: 0.3, shiftUs: 1000 },
  { seconds: 60, valuesPerSec: 40, correlation: 0.3, shiftUs: 400 },
])('a shift is found, and is within all intervals but in 1 of 10 comparisons: %j', (simulation) => {
  const random = seededRandom(7);
  const { shiftUs, ...alike } = simulation;
  let held = 0;
  for (let comparison = 0; comparison < 10; comparison++) {
    const all = compared(simulated(alike, random), simulated(simulation, random));
    FIGURES.forEach(({ aggregate }, index) => {
      const { change, halfWidth } = all[index]!;
      if (aggregate === 'p50' || aggregate === 'mean') expect(change).toBeGreaterThan(halfWidth);
    });
    if (all.every(({ change, halfWidth }) => Math.abs(change - shiftUs) < halfWidth)) held++;
  }
  expect(held).toBeGreaterThanOrEqual(9);
});

it('one second in which everything stood still does not hide what happened to the median', () => {
  const simulation = { seconds: 10, valuesPerSec: 40, correlation: 0 };
  const base = simulated(simulation, seededRandom(1));
  const head = simulated({ ...simulation, shiftUs: 20_000 }, seededRandom(2));
  const { values } = head[3]!.trends.connect_latency!;
  values.forEach((value, index) => {
    values[index] = value + 300_000;
  });
  const [p50, , , mean] = compared(base, head);
  expect(isFound(p50!)).toBe(true);
  expect(isFound(mean!)).toBe(false);
});

it('a ramp that both runs have is not taken for chance', () => {
  const ramp = Array.from(
    { length: 20 },
    (_, second): RunSecond => ({ lengthUs: 1e6, counters: { messages_sent: 10 * second }, trends: {} }),
  );
  const slower = ramp.map((second) => ({
    ...second,
    counters: { messages_sent: second.counters.messages_sent! - 1 },
  }));
  const figures: Figure[] = [{ metric: 'messages_sent', aggregate: 'rate' }];
  const options = { random: seededRandom(1), resamples: RESAMPLES, confidence: 0.95 };
  const [difference] = differences(new RunFigures(ramp, figures), new RunFigures(slower, figures), options);
  expect(difference).toMatchObject({ base: 95, head: 94, change: -1 });
  expect(difference!.halfWidth).toBeLessThan(1e-6);
});

it('the same runs and the same seed give the same answer; the runs exchanged, its mirror image', () => {
  const simulation = { seconds: 12, valuesPerSec: 30, correlation: 0.3 };
  const [base, head] = [simulated(simulation, seededRandom(1)), simulated(simulation, seededRandom(2))];
  const once = compared(base, head);
  expect(compared(base, head)).toEqual(once);
  expect(compared(base, head, 2)).not.toEqual(once);
  const mirrored = compared(head, base);
  mirrored.forEach(({ change, halfWidth }, index) => {
    expect(change).toBe(-once[index]!.change);
    expect(halfWidth).toBeCloseTo(once[index]!.halfWidth, 6);
  });
});

it('runs of different lengths can be compared', () => {
  const simulation = { valuesPerSec: 40, correlation: 0 };
  const base = simulated({ ...simulation, seconds: 12 }, seededRandom(3));
  const head = simulated({ ...simulation, seconds: 31, shiftUs: 2000 }, seededRandom(4));
  expect(
    compared(base, head)
      .filter((_, index) => FIGURES[index]!.aggregate === 'p50')
      .every(isFound),
  ).toBe(true);
});
