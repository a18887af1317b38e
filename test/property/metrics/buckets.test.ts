import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bucketsOf } from '../../../src/metrics/histogram/buckets.ts';
import { encodedOfCompressed } from '../../../src/metrics/histogram/encoded-histogram.ts';
import { Histogram } from '../../../src/metrics/histogram/histogram.ts';
import { HIGHEST_VALUE } from '../../../src/metrics/histogram/histogram-payload.ts';
import { cases } from '../../support/cases.ts';

const value = fc.oneof(
  fc.nat({ max: 5000 }),
  fc.nat({ max: 5_000_000 }),
  fc.integer({ min: 0, max: HIGHEST_VALUE }),
);

it('every value is in a bucket whose upper edge is at most 0.1 % above it, in ascending order', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (drawn) => {
      const histogram = new Histogram('total');
      for (const one of drawn) histogram.record(one);
      const { values, counts } = bucketsOf(encodedOfCompressed(histogram.compressedBase64()).buckets);
      histogram.destroy();
      const edges = values.flatMap((edge, index) => new Array<number>(counts[index]!).fill(edge));
      const sorted = drawn.toSorted((a, b) => a - b);
      expect(edges).toHaveLength(sorted.length);
      sorted.forEach((one, index) => {
        const edge = edges[index]!;
        if (!(edge >= one && edge - one <= one / 1024)) expect.fail(`${one} is in the bucket up to ${edge}`);
      });
      expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
    }),
    cases(),
  );
});
