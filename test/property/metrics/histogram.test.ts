import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { decodeFromCompressedBase64, type WasmHistogram } from 'hdr-histogram-js';
import { expect, it } from 'vitest';
import {
  type EncodedHistogram,
  encodedOfCompressed,
  isSoundHistogram,
} from '../../../src/metrics/histogram/encoded-histogram.ts';
import { Histogram } from '../../../src/metrics/histogram/histogram.ts';
import { HIGHEST_VALUE } from '../../../src/metrics/histogram/histogram-payload.ts';
import { cases } from '../../support/cases.ts';

const value = fc.oneof(
  fc.nat({ max: 3000 }),
  fc.nat({ max: 5_000_000 }),
  fc.integer({ min: 0, max: HIGHEST_VALUE }),
);
const values = fc.array(value, { minLength: 1, maxLength: 300 });
const PERCENTS = [0.1, 1, 25, 50, 75, 90, 95, 99, 99.9, 100];

/** Nearest rank, on every value. */
function naivePercentile(sorted: number[], percent: number): number {
  const rank = Math.ceil((percent * sorted.length) / 100 - 1e-9);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1]!;
}

function recorded(role: 'interval' | 'total', drawn: number[]): Histogram {
  const histogram = new Histogram(role);
  for (const one of drawn) histogram.record(one);
  return histogram;
}

function expectPercentiles(of: { percentile(percent: number): number | undefined }, drawn: number[]): void {
  const sorted = drawn.toSorted((a, b) => a - b);
  for (const percent of PERCENTS) {
    const exact = naivePercentile(sorted, percent);
    const error = Math.abs(of.percentile(percent)! - exact);
    if (!(error <= exact * 0.001 + 1)) {
      expect.fail(`p(${percent}) is ${of.percentile(percent)}, should be ${exact}`);
    }
  }
}

it('percentiles are those of the sorted values, within 0.1 % + 1', () => {
  fc.assert(
    fc.property(fc.constantFrom('interval' as const, 'total' as const), values, (role, drawn) => {
      const histogram = recorded(role, drawn);
      expectPercentiles(histogram, drawn);
      histogram.destroy();
    }),
    cases(),
  );
});

it('count, min, max and mean are exact', () => {
  fc.assert(
    fc.property(values, (drawn) => {
      const histogram = recorded('total', drawn);
      const { count, min, max, mean, stddev, p999 } = histogram.stats()!;
      const sum = drawn.reduce((total, one) => total + one, 0);
      expect({ count, min, max, mean }).toEqual({
        count: drawn.length,
        min: Math.min(...drawn),
        max: Math.max(...drawn),
        mean: sum / drawn.length,
      });
      expect(p999).toBeLessThanOrEqual(max);
      const spread = Math.sqrt(drawn.reduce((total, one) => total + (one - mean) ** 2, 0) / drawn.length);
      expect(Math.abs(stddev - spread)).toBeLessThanOrEqual(max * 0.001 + 1);
      histogram.destroy();
    }),
    cases(),
  );
});

it('intervals taken one by one and merged are the same as all recorded in one', () => {
  const intervals = fc.array(fc.array(value, { maxLength: 60 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(intervals, (drawn) => {
      const interval = new Histogram('interval');
      const merged = new Histogram('total');
      const direct = new Histogram('total');
      // All are taken before the first is merged: what was taken must not change with what is recorded later.
      const taken = drawn.map((values) => {
        for (const one of values) {
          interval.record(one);
          direct.record(one);
        }
        return interval.take();
      });
      for (const one of taken) merged.merge(structuredClone(one));
      expect(merged.stats()).toEqual(direct.stats());
      expect(interval.stats()).toBeNull();
      for (const histogram of [interval, merged, direct]) histogram.destroy();
    }),
    cases(0.5),
  );
});

it('compressed and read back it has the same count and percentiles', () => {
  fc.assert(
    fc.property(values, (drawn) => {
      const histogram = recorded('total', drawn);
      const readBack = new Histogram('total');
      readBack.merge(encodedOfCompressed(histogram.compressedBase64()));
      expect(readBack.count).toBe(drawn.length);
      expectPercentiles(readBack, drawn);
      readBack.sharpen(histogram.stats()!);
      const { stddev, ...exact } = histogram.stats()!;
      expect(readBack.stats()).toMatchObject(exact);
      expect(readBack.stats()!.stddev).toBeCloseTo(stddev, 6);
      for (const one of [histogram, readBack]) one.destroy();
    }),
    cases(0.5),
  );
});

/** Of three significant digits: 2048 buckets of width 1, then 1024 for every doubling. */
function highestOfBucket(value: number): number {
  const width = 2 ** Math.max(0, Math.floor(Math.log2(value)) - 10);
  return (Math.floor(value / width) + 1) * width - 1;
}

it('counts up to a bound are those of the values up to the end of its bucket', () => {
  const bounds = fc.array(value, { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(values, bounds, (drawn, unsorted) => {
      const histogram = recorded('total', drawn);
      const ascending = unsorted.toSorted((a, b) => a - b);
      const naive = ascending.map((bound) => drawn.filter((one) => one <= highestOfBucket(bound)).length);
      expect(histogram.countsUpTo(ascending)).toEqual(naive);
      expect(histogram.countsUpTo([HIGHEST_VALUE])).toEqual([drawn.length]);
      for (const bound of ascending) {
        expect(highestOfBucket(bound)).toBeLessThanOrEqual(Math.max(bound * 1.001, 2047));
      }
      histogram.destroy();
    }),
    cases(),
  );
});

it('what is read without the library is what the library reads', () => {
  fc.assert(
    fc.property(values, (drawn) => {
      const histogram = recorded('total', drawn);
      const base64 = histogram.compressedBase64();
      const { count, min, max, sum } = encodedOfCompressed(base64);
      const library = decodeFromCompressedBase64(base64, 64, true) as WasmHistogram;
      expect({ count, min, max }).toEqual({
        count: library.totalCount,
        min: library.getValueAtPercentile(0),
        max: library.maxValue,
      });
      expect(sum / count).toBeCloseTo(library.mean, 3);
      for (const one of [histogram, library]) one.destroy();
    }),
    cases(),
  );
});

it('foreign buckets that are taken for sound are merged, whatever bytes they are of', () => {
  const total = new Histogram('total');
  const head = Buffer.from(
    encodedOfCompressed(recorded('total', [1]).compressedBase64()).buckets.subarray(0, 40),
  );
  const payloads = fc.uint8Array({ minLength: 1, maxLength: 30 });
  let sound = 0;
  fc.assert(
    fc.property(payloads, (payload) => {
      const buckets = Buffer.concat([head, payload]);
      buckets.writeUInt32BE(payload.length, 4);
      const compressed = deflateSync(buckets);
      const start = Buffer.alloc(8);
      start.writeUInt32BE(0x1c849314, 0);
      start.writeUInt32BE(compressed.length, 4);
      const base64 = Buffer.concat([start, compressed]).toString('base64');
      let encoded: EncodedHistogram;
      try {
        encoded = encodedOfCompressed(base64);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        return;
      }
      sound++;
      expect(isSoundHistogram(encoded)).toBe(true);
      const before = total.count;
      total.merge(encoded);
      expect(total.count).toBe(before + encoded.count);
    }),
    cases(5),
  );
  expect(sound).toBeGreaterThan(cases(5).numRuns / 20 - 1);
  total.destroy();
});
