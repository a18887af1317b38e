import { afterEach, beforeEach, expect, it } from 'vitest';
import { HIGHEST_VALUE, Histogram, statsOfCompressed } from '../../../src/metrics/histogram.ts';

let histogram: Histogram;

beforeEach(() => {
  histogram = new Histogram('total');
});

afterEach(() => histogram.destroy());

it('says nothing of nothing', () => {
  expect(histogram.stats()).toBeNull();
  expect(histogram.percentile(99)).toBeUndefined();
});

it('is empty again after take, and merging an empty one changes nothing', () => {
  histogram.record(7);
  histogram.take();
  expect(histogram.stats()).toBeNull();
  histogram.merge(histogram.take());
  expect(histogram.stats()).toBeNull();
  histogram.record(9);
  expect(histogram.stats()).toMatchObject({ count: 1, min: 9, max: 9, mean: 9, p50: 9 });
});

it('refuses NaN, and counts nothing of it', () => {
  expect(() => histogram.record(Number.NaN)).toThrow(RangeError);
  expect(histogram.stats()).toBeNull();
});

it('clamps what is out of range and counts that it did', () => {
  for (const value of [-5, HIGHEST_VALUE, HIGHEST_VALUE + 1, Number.POSITIVE_INFINITY])
    histogram.record(value);
  expect(histogram.clamped).toBe(3);
  expect(histogram.stats()).toMatchObject({ count: 4, min: 0, max: HIGHEST_VALUE });
  const merged = new Histogram('total');
  merged.merge(histogram.take());
  merged.merge(histogram.take());
  expect([merged.clamped, histogram.clamped]).toEqual([3, 0]);
  merged.destroy();
});

it('gives the exact extremes though its buckets are wider', () => {
  histogram.record(123_457);
  const merged = new Histogram('total');
  merged.merge(histogram.take());
  expect(merged.stats()).toMatchObject({ min: 123_457, p50: 123_457, p999: 123_457, max: 123_457 });
  merged.destroy();
});

it('counts up to bounds: the same again when asked again, and what came since', () => {
  expect(histogram.countsUpTo([0, 10])).toEqual([0, 0]);
  for (const value of [0, 5, 10, 11, 5000, HIGHEST_VALUE]) histogram.record(value);
  const bounds = [0, 4, 10, 10, 4999, 5000, HIGHEST_VALUE, 2 * HIGHEST_VALUE, 2 ** 40];
  expect(histogram.countsUpTo(bounds)).toEqual([1, 1, 3, 3, 4, 5, 6, 6, 6]);
  expect(histogram.countsUpTo(bounds)).toEqual([1, 1, 3, 3, 4, 5, 6, 6, 6]);
  histogram.record(1);
  expect(histogram.countsUpTo([1])).toEqual([2]);
  expect(histogram.countsUpTo([])).toEqual([]);
});

it('refuses text that is no histogram', () => {
  expect(() => statsOfCompressed('bm90IGEgaGlzdG9ncmFt')).toThrow();
});
