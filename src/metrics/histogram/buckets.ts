/** The few buckets of a histogram that are not empty, straight from its encoding: thousands of them fit where one histogram takes 70 KB. */
import { forEachBucket } from './histogram-payload.ts';

/** Ascending. A value is the upper edge of its bucket, as percentiles answer; µs for times. */
export interface Buckets {
  values: number[];
  counts: number[];
}

export function bucketsOf(encoded: Uint8Array): Buckets {
  const buckets: Buckets = { values: [], counts: [] };
  forEachBucket(encoded, (index, count) => {
    buckets.values.push(lowerEdge(index) + widthOf(index) - 1);
    buckets.counts.push(count);
  });
  return buckets;
}

/** How many values a bucket holds: 2048 buckets of one value each, then 1024 of two, 1024 of four, … */
export function widthOf(index: number): number {
  return 2 ** Math.max(0, Math.floor(index / 1024) - 1);
}

/** The least value of a bucket. */
export function lowerEdge(index: number): number {
  return index < 2048 ? index : (1024 + (index % 1024)) * widthOf(index);
}
