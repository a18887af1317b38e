/** A histogram as a curve: which share of the values lies in each of many bins of one width. Pure. */
import type { Buckets } from '../metrics/histogram/buckets.ts';

export interface Bins {
  /** The lower edge of the first. */
  from: number;
  width: number;
  count: number;
}

/** 0 to 1 for each bin; with what lies in none of them it sums up to 1. */
export function sharesOf({ values, counts }: Buckets, { from, width, count }: Bins): number[] {
  const shares = Array<number>(count).fill(0);
  const total = counts.reduce((sum, each) => sum + each, 0);
  values.forEach((value, index) => {
    const bin = Math.floor((value - from) / width);
    if (bin >= 0 && bin < count) shares[bin]! += counts[index]! / total;
  });
  return shares;
}
