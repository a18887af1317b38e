/** Runs made of simulated seconds, and what is found different between two of them. */
import { type Figure, RunFigures } from '../../../src/compare/evidence/run-figures.ts';
import type { RunSecond } from '../../../src/compare/evidence/seconds.ts';
import { type Difference, differences } from '../../../src/statistics/bootstrap.ts';
import { seededRandom } from '../../../src/statistics/random.ts';

const TRENDS = ['connect_latency', 'connect_tcp', 'subscribe_suback', 'publish_ack'] as const;
export const FIGURES: Figure[] = TRENDS.flatMap((metric) =>
  ['p50', 'p90', 'p99', 'mean'].map((aggregate) => ({ metric, aggregate })),
);
export const RESAMPLES = 200;

export interface Simulation {
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
export function simulated(
  { seconds, valuesPerSec, correlation, shiftUs = 0 }: Simulation,
  random: () => number,
) {
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

export function compared(base: RunSecond[], head: RunSecond[], seed = 1): Difference[] {
  const options = { random: seededRandom(seed), resamples: RESAMPLES, confidence: 0.95 };
  return differences(new RunFigures(base, FIGURES), new RunFigures(head, FIGURES), options);
}

export function isFound({ change, halfWidth }: Difference): boolean {
  return Math.abs(change) > halfWidth;
}

/** The number of comparisons, of so many of two like runs, in which any of the sixteen figures is found different. */
export function falselyFound(simulation: Simulation, comparisons: number): number {
  const random = seededRandom(20261124);
  let found = 0;
  for (let comparison = 0; comparison < comparisons; comparison++) {
    const all = compared(simulated(simulation, random), simulated(simulation, random));
    if (all.some(isFound)) found++;
  }
  return found;
}
