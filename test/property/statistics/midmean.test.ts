import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateMidmeans, midmean, weightedMidmean } from '../../../src/statistics/midmean.ts';
import { seededRandom } from '../../../src/statistics/random.ts';
import { cases } from '../../support/cases.ts';
import { OPTIONS, shareHeld } from './disturbed-series.ts';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });

/** Each value four times, so that a quarter of them is a whole number: the middle half of all. */
function naive(values: number[]): number {
  const sorted = values.flatMap((each) => [each, each, each, each]).sort((a, b) => a - b);
  const middle = sorted.slice(values.length, 3 * values.length);
  return middle.reduce((sum, each) => sum + each, 0) / middle.length;
}

function ascending(values: number[]): Uint32Array {
  return Uint32Array.from([...values.keys()].sort((a, b) => values[a]! - values[b]!));
}

describe('the interquartile mean', () => {
  it('is that of the values written out', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 50 }), (values) => {
        expect(midmean(Float64Array.from(values))).toBeCloseTo(naive(values), 6);
      }),
      cases(),
    );
  });

  it('takes a value as often as it weighs', () => {
    const weighted = fc.array(fc.tuple(value, fc.nat({ max: 4 })), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        weighted.filter((list) => list.some(([, weight]) => weight > 0)),
        (list) => {
          const values = list.map(([each]) => each);
          const weights = Uint16Array.from(list, ([, weight]) => weight);
          const written = list.flatMap(([each, weight]) => Array<number>(weight).fill(each));
          const made = weightedMidmean(Float64Array.from(values), ascending(values), weights);
          expect(made).toBeCloseTo(naive(written), 6);
        },
      ),
      cases(),
    );
  });

  it('is not moved far by what happens to fewer than a quarter of the blocks', () => {
    const clean = fc.array(fc.double({ min: 1, max: 2, noNaN: true }), { minLength: 40, maxLength: 80 });
    fc.assert(
      fc.property(clean, fc.double({ min: 1e3, max: 1e9, noNaN: true }), (values, disturbance) => {
        const disturbed = values.map((each, block) => (block % 5 === 0 ? each + disturbance : each));
        expect(midmean(Float64Array.from(disturbed))).toBeLessThanOrEqual(2);
      }),
      cases(),
    );
  });
});

describe('the interval', () => {
  it('holds the truth, of all series at once, about as often as it says', () => {
    // Of 200 experiments it is a matter of `npm run accuracy`.
    const share = shareHeld(40);
    expect(share).toBeGreaterThan(0.85);
    expect(share).toBeLessThan(1);
  });

  it('lies around the estimate, and is that of the negated series turned round', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 20, maxLength: 60 }), fc.nat(), (values, seed) => {
        const of = (series: number[]) =>
          estimateMidmeans([Float64Array.from(series)], { random: seededRandom(seed), ...OPTIONS })[0]!;
        const [made, turned] = [of(values), of(values.map((each) => -each))];
        expect(made.low).toBeLessThanOrEqual(made.value);
        expect(made.high).toBeGreaterThanOrEqual(made.value);
        expect(turned.low).toBeCloseTo(-made.high, 3);
        expect(turned.high).toBeCloseTo(-made.low, 3);
      }),
      cases(0.2),
    );
  });
});
