/** The few buckets of a histogram that are not empty, straight from its encoding: thousands of them fit where one histogram takes 70 KB. */
import { encodedOfCompressed } from './histogram.ts';
import { BUCKETS_HEAD_BYTES, wordsIn } from './histogram-payload.ts';

/** Ascending. A value is the upper edge of its bucket, as percentiles answer; µs for times. */
export interface Buckets {
  values: number[];
  counts: number[];
}

/** From a .hlog's base64; foreign text throws a RangeError. */
export function bucketsOfCompressed(base64: string): Buckets {
  const { buckets: encoded } = encodedOfCompressed(base64);
  const buckets: Buckets = { values: [], counts: [] };
  let index = 0;
  for (const { zeros, count } of wordsIn(encoded.subarray(BUCKETS_HEAD_BYTES))) {
    index += zeros;
    if (zeros > 0) continue;
    if (count > 0) {
      buckets.values.push(upperEdge(index));
      buckets.counts.push(count);
    }
    index++;
  }
  return buckets;
}

/** 2048 buckets of one value each, then 1024 of two, 1024 of four, … */
function upperEdge(index: number): number {
  const width = 2 ** Math.max(0, Math.floor(index / 1024) - 1);
  const lower = index < 2048 ? index : (1024 + (index % 1024)) * width;
  return lower + width - 1;
}
