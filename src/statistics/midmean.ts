/**
 * The interquartile mean: of what was measured again and again on a machine that now and then does something else. Half of the values,
 * a quarter at either end, may be anything without moving it, and of clean ones it wastes little (a median knows less than it).
 */
import { type BootstrapOptions, differences, type Resampleable } from './bootstrap.ts';

/** An estimate and the interval it is known to. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** Of a series of at least one value. */
export function midmean(values: Float64Array): number {
  return weightedMidmean(values, ascending(values), new Uint16Array(values.length).fill(1));
}

/** Of several series over the same blocks; value k of each is of block k. The intervals come from drawing the blocks anew. */
export function estimateMidmeans(series: Float64Array[], options: BootstrapOptions): Estimate[] {
  const measured = new Midmeans(series);
  return differences(measured.nothing(), measured, options).map(({ change, halfWidth }) => ({
    value: change,
    low: change - halfWidth,
    high: change + halfWidth,
  }));
}

/** Series as the bootstrap sees them: a block is what a second is to a run. */
class Midmeans implements Resampleable {
  readonly seconds: number;
  private readonly series: Float64Array[];
  /** The blocks of each series by their value, so that a draw need not sort. */
  private readonly orders: Uint32Array[];

  constructor(series: Float64Array[]) {
    this.series = series;
    this.seconds = series[0]!.length;
    this.orders = series.map(ascending);
  }

  figures(weights: Uint16Array): Float64Array {
    return Float64Array.from(this.series, (values, index) =>
      weightedMidmean(values, this.orders[index]!, weights),
    );
  }

  secondsWith(): number {
    return this.seconds;
  }

  /** What the series are held against. */
  nothing(): Resampleable {
    const { seconds, series } = this;
    return { seconds, secondsWith: () => seconds, figures: () => new Float64Array(series.length) };
  }
}

/** The indices of the values, that of the least first. */
function ascending(values: Float64Array): Uint32Array {
  return Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
}

/** `order` has the indices of the values in ascending order. The values from a quarter to three quarters of the weight; one that lies across such a bound counts by the part within. */
export function weightedMidmean(values: Float64Array, order: Uint32Array, weights: Uint16Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const [from, to] = [total / 4, (total * 3) / 4];
  let below = 0;
  let sum = 0;
  for (const block of order) {
    const upTo = below + weights[block]!;
    const within = Math.min(upTo, to) - Math.max(below, from);
    if (within > 0) sum += within * values[block]!;
    below = upTo;
  }
  return sum / (to - from);
}
