import { expect, it } from 'vitest';
import { type Figure, RunFigures } from '../../../src/compare/evidence/run-figures.ts';
import type { RunSecond } from '../../../src/compare/evidence/seconds.ts';
import { type Difference, differences } from '../../../src/statistics/bootstrap.ts';
import { seededRandom } from '../../../src/statistics/random.ts';

const TRENDS = ['connect_latency', 'connect_tcp', 'subscribe_suback', 'publish_ack'] as const;
const FIGURES: Figure[] = TRENDS.flatMap((metric) =>
  ['p50', 'p90', 'p99', 'mean'].map((aggregate) => ({ metric, aggregate })),
);
const RESAMPLES = 200;

interface Simulation {
  seconds: number;
  valuesPerSec: number;
  /** Of the pace of a second with that of the one before. */
  correlation: number;
  shiftUs?: number;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Seconds whose pace wanders, in part for all trends alike; values of a skewed distribution; and now and then a stall that throws a tenth of
 * a second's values out by up to 20 ms.
 */
function simulated({ seconds, valuesPerSec, correlation, shiftUs = 0 }: Simulation, random: () => number) {
  const spread = Math.sqrt(1 - correlation ** 2) * 0.1;
  const paces = Array.from({ length: TRENDS.length + 1 }, () => normal(random) * 0.1);
  return Array.from({ length: seconds }, (): RunSecond => {
    paces.forEach((pace, index) => {
      paces[index] = correlation * pace + spread * normal(random);
    });
    const stallUs = random() < 0.03 ? 20_000 * random() : 0;
    const trends: RunSecond['trends'] = {};
    TRENDS.forEach((trend, index) => {
      const values = Array.from({ length: valuesPerSec }, () => {
        const stalled = stallUs > 0 && random() < 0.1 ? stallUs * random() : 0;
        const pace = paces[index]! + paces[TRENDS.length]!;
        return Math.round(1000 * Math.exp(pace + 0.4 * normal(random)) + stalled) + shiftUs;
      });
      trends[trend] = { values, counts: values.map(() => 1) };
    });
    return { lengthUs: 1e6, counters: {}, trends };
  });
}

function compared(base: RunSecond[], head: RunSecond[], seed = 1): Difference[] {
  const options = { random: seededRandom(seed), resamples: RESAMPLES, confidence: 0.95 };
  return differences(new RunFigures(base, FIGURES), new RunFigures(head, FIGURES), options);
}

function isFound({ change, halfWidth }: Difference): boolean {
  return Math.abs(change) > halfWidth;
}

it.each([
  { seconds: 10, valuesPerSec: 20, correlation: 0 },
  { seconds: 20, valuesPerSec: 20, correlation: 0.3 },
  { seconds: 40, valuesPerSec: 20, correlation: 0.3 },
])(
  'of two like runs, none of sixteen figures is found different but in 1 of 20 comparisons: %j',
  (simulation) => {
    const random = seededRandom(20261124);
    let found = 0;
    for (let comparison = 0; comparison < 200; comparison++) {
      const all = compared(simulated(simulation, random), simulated(simulation, random));
      if (all.some(isFound)) found++;
    }
    expect(found).toBeLessThanOrEqual(10);
  },
);

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
