import { expect, it } from 'vitest';
import { differences, type Resampleable } from '../../../src/statistics/bootstrap.ts';
import { seededRandom } from '../../../src/statistics/random.ts';

/** A run of one figure, the mean of its seconds, of which `told` are said to have data. */
function runOf(values: number[], told: number): Resampleable {
  return {
    seconds: values.length,
    figures: (weights) =>
      Float64Array.of(values.reduce((sum, value, k) => sum + value * weights[k]!, 0) / values.length),
    secondsWith: () => told,
  };
}

function halfWidthFrom(told: number): number {
  const options = { random: seededRandom(1), resamples: 1000, confidence: 0.95 };
  return differences(runOf([3, 1, 4, 1, 5, 9], told), runOf([2, 6, 5, 3, 5, 8, 9], told), options)[0]!
    .halfWidth;
}

it('few seconds widen an interval: by Student’s t, and because blocks drawn from few vary less than they should', () => {
  // Blocks of 2, 4 degrees of freedom: t 2.776; of 10, 99: t 1.984 (R: qt(0.975, c(4, 99))). A sample of n/l blocks strays √(1 − l/n) too little.
  const expected = 2.776 / Math.sqrt(1 - 2 / 10) / (1.984 / Math.sqrt(1 - 10 / 1000));
  expect(halfWidthFrom(10) / halfWidthFrom(1000)).toBeCloseTo(expected, 2);
});
