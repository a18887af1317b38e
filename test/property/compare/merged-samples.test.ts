import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MergedSamples } from '../../../src/compare/evidence/merged-samples.ts';
import { cases } from '../../support/cases.ts';

const PERCENTS = [1, 25, 50, 90, 99, 99.9];
const seconds = fc.array(fc.array(fc.nat({ max: 50 }), { maxLength: 30 }), { minLength: 1, maxLength: 12 });

/** Every value as often as it is there, put in order. */
function naive(chosen: number[]): { mean: number; percentiles: number[] } {
  const sorted = chosen.toSorted((a, b) => a - b);
  return {
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    percentiles: PERCENTS.map((percent) => {
      const rank = Math.max(1, Math.ceil(Number(((percent * sorted.length) / 100).toFixed(9))));
      return sorted[rank - 1] ?? Number.NaN;
    }),
  };
}

/** Not merged, not sorted: one entry for each value. */
function loose(values: number[]) {
  return { values, counts: values.map(() => 1) };
}

it('percentiles and mean of any choice of seconds are those of the values, sorted', () => {
  fc.assert(
    fc.property(seconds, fc.infiniteStream(fc.nat({ max: 3 })), (drawn, weightStream) => {
      const samples = new MergedSamples(drawn.map(loose));
      // Twice on the same object: nothing of the first choice is left in the second.
      for (let turn = 0; turn < 2; turn++) {
        const weights = Uint16Array.from(drawn, () => weightStream.next().value!);
        const chosen = drawn.flatMap((values, second) =>
          new Array<number[]>(weights[second]!).fill(values).flat(),
        );
        samples.merge(weights);
        expect(samples.total).toBe(chosen.length);
        expect(samples.percentiles(PERCENTS)).toEqual(naive(chosen).percentiles);
        if (chosen.length > 0) expect(samples.mean()).toBeCloseTo(naive(chosen).mean, 9);
        else expect(samples.mean()).toBeNaN();
      }
    }),
    cases(),
  );
});

it('counts the seconds that have values', () => {
  expect(new MergedSamples([loose([1]), undefined, loose([]), loose([2, 3])]).secondsWithData).toBe(2);
});

it('a percentile that falls on a value is that value, whatever floating point makes of it', () => {
  const samples = new MergedSamples([loose(Array.from({ length: 1500 }, (_, index) => index + 1))]);
  samples.merge(Uint16Array.of(1));
  expect(samples.percentiles([2.2, 50])).toEqual([33, 750]);
});
