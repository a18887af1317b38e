/** The distributions of single logins, those of all methods over each other. */

import { type Buckets, bucketsOf } from '../metrics/histogram/buckets.ts';
import { encodedOfCompressed } from '../metrics/histogram/encoded-histogram.ts';
import { SIGNMETHODS } from '../model/scenario.ts';
import type { Chart, Colour } from '../report/page/chart.ts';
import type { SignCost, ThreadCost } from './sign-cost-report.ts';

/** A distribution is drawn as which share of the values lies in each of many bins of one width. */
export interface Bins {
  /** The lower edge of the first. */
  from: number;
  width: number;
  count: number;
}

const MOST_BINS = 120;
/** A clock tells no finer: bins between its ticks would be empty, and the curve a comb. */
const LEAST_WIDTH_NS = 20;

/** From the fastest login to the ninetieth percentile of the slowest method: what is rarer would press the rest into a line. */
export function binsOf({ threads }: SignCost): Bins {
  const all = threads.flatMap(({ methods }) => Object.values(methods).map(({ ns }) => ns));
  const least = Math.min(...all.map(({ min }) => min));
  const most = Math.max(...all.map(({ p90 }) => p90));
  const width = Math.max(1, Math.ceil((most - least) / MOST_BINS / LEAST_WIDTH_NS)) * LEAST_WIDTH_NS;
  const from = Math.floor(least / width) * width;
  return { from, width, count: Math.floor((most - from) / width) + 1 };
}

/** The middle of each bin, in ns. */
export function densityAxis({ from, width, count }: Bins): number[] {
  return Array.from({ length: count }, (_, bin) => from + (bin + 0.5) * width);
}

export function densityChart({ threads, methods }: ThreadCost, bins: Bins): Chart {
  const series = SIGNMETHODS.flatMap((name, index) => {
    const method = methods[name];
    if (method === undefined) return [];
    const values = sharesOf(bucketsOf(encodedOfCompressed(method.histogram).buckets), bins).map(
      (share) => share * 100,
    );
    return [{ label: name, colour: (index + 1) as Colour, values }];
  });
  return { id: `logins-${threads}`, axis: 'ns', unit: '%', scale: 'linear', series };
}

/** 0 to 1 for each bin; with what lies in none of them it sums up to 1. */
function sharesOf({ values, counts }: Buckets, { from, width, count }: Bins): number[] {
  const shares = Array<number>(count).fill(0);
  const total = counts.reduce((sum, each) => sum + each, 0);
  values.forEach((value, index) => {
    const bin = Math.floor((value - from) / width);
    if (bin >= 0 && bin < count) shares[bin]! += counts[index]! / total;
  });
  return shares;
}
