import { deflateSync, inflateSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  CompressedHistogram,
  encodedOfCompressed,
  isSoundHistogram,
} from '../../../../src/metrics/histogram/encoded-histogram.ts';
import { Histogram } from '../../../../src/metrics/histogram/histogram.ts';
import { HIGHEST_VALUE } from '../../../../src/metrics/histogram/histogram-payload.ts';

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

it('read back from buckets alone it takes over the exact figures', () => {
  for (const value of [100_001, 123_457]) histogram.record(value);
  const merged = new Histogram('total');
  merged.merge(encodedOfCompressed(histogram.compressedBase64()));
  expect(merged.max).toBeGreaterThan(123_457);
  merged.sharpen({ min: 100_001, max: 123_457, mean: 111_729 });
  expect(merged.stats()).toMatchObject({
    count: 2,
    min: 100_001,
    max: 123_457,
    mean: 111_729,
    p999: 123_457,
  });
  merged.destroy();
});

/** The compressed form of a payload under the head of a real histogram, itself changed by `mend`. */
function forged(payload: Uint8Array, mend: (head: Buffer) => void = () => {}): string {
  histogram.record(5);
  const real = Buffer.from(histogram.compressedBase64(), 'base64');
  const head = Buffer.from(inflateSync(real.subarray(8)).subarray(0, 40));
  head.writeUInt32BE(payload.length, 4);
  mend(head);
  const body = deflateSync(Buffer.concat([head, payload]));
  const start = Buffer.from(real.subarray(0, 8));
  start.writeUInt32BE(body.length, 4);
  return Buffer.concat([start, body]).toString('base64');
}

it('refuses text that is no histogram', () => {
  expect(encodedOfCompressed(forged(Buffer.from([2]))).count).toBe(1);
  for (const text of ['', 'HIST', 'bm90IGEgaGlzdG9ncmFt', forged(Buffer.from([2])).slice(0, 40)])
    expect(() => encodedOfCompressed(text)).toThrow(RangeError);
  expect(() => encodedOfCompressed(forged(Buffer.alloc(0)))).toThrow(RangeError);
});

it('refuses a histogram whose head or counts ask for more than its range', () => {
  const two = Buffer.from([2]);
  const wider = (head: Buffer): number => head.writeBigUInt64BE(2n ** 62n, 24);
  const finer = (head: Buffer): number => head.writeUInt32BE(5, 12);
  for (const mend of [wider, finer])
    expect(() => encodedOfCompressed(forged(two, mend))).toThrow('another range or precision');
  const farRun = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 2]);
  for (const payload of [farRun, Buffer.alloc(23 * 1024 + 1, 2)])
    expect(() => encodedOfCompressed(forged(payload))).toThrow('more counts');
  expect(encodedOfCompressed(forged(Buffer.alloc(23 * 1024, 2))).count).toBe(23 * 1024);
  expect(() => encodedOfCompressed(forged(Buffer.alloc(300_000, 2)))).toThrow(RangeError);
});

it('refuses a count that the library would write outside its memory for', () => {
  const greatest = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f]);
  expect(encodedOfCompressed(forged(greatest)).count).toBe(2 ** 31 - 1);
  expect(() => encodedOfCompressed(forged(Buffer.from([0x80, 0x80, 0x80, 0x80, 0x10])))).toThrow('damaged');
});

it('refuses counts of which the last is cut off', () => {
  const cut = Buffer.from([2, 0x80]);
  expect(() => encodedOfCompressed(forged(cut))).toThrow('damaged');
  const { buckets } = encodedOfCompressed(forged(Buffer.from([2, 0x80, 1])));
  expect(isSoundHistogram({ buckets, count: 65 })).toBe(true);
  const short = Buffer.from(buckets.subarray(0, -1));
  short.writeUInt32BE(2, 4);
  expect(isSoundHistogram({ buckets: short, count: 1 })).toBe(false);
});

it('is inflated once, and no sooner than it is asked for', () => {
  histogram.record(5);
  const compressed = new CompressedHistogram(histogram.compressedBase64());
  expect(compressed.encoded).toBe(compressed.encoded);
  expect(() => new CompressedHistogram('HIST')).not.toThrow();
});

it('the bytes that are kept are not the beginning of many more', () => {
  histogram.record(5);
  const { buckets } = encodedOfCompressed(histogram.compressedBase64());
  expect(buckets.buffer.byteLength).toBeLessThanOrEqual(Buffer.poolSize);
});
