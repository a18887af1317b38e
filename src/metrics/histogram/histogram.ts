/** The only code that knows hdr-histogram-js. WASM histograms record in about 50 ns; they live outside V8's heap and must be destroyed. */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  initWebAssemblySync,
  WasmHistogram,
} from 'hdr-histogram-js';
import { PERCENTILE_ROWS, PERCENTILES, type PercentileValues } from '../../model/metrics/percentiles.ts';
import { msFromUs } from '../../model/units.ts';
import { lowerEdge } from './buckets.ts';
import type { EncodedHistogram } from './encoded-histogram.ts';
import { DIGITS, forEachBucket, HIGHEST_VALUE } from './histogram-payload.ts';

/** What a report says of a trend, in the histogram's own unit. */
export interface HistogramStats extends PercentileValues {
  count: number;
  min: number;
  mean: number;
  stddev: number;
  max: number;
}

/** Stats in the milliseconds of reports, from those in µs. */
export function statsInMs(stats: HistogramStats | null): HistogramStats | null {
  if (stats === null) return null;
  const { count, ...times } = stats;
  const entries = Object.entries(times).map(([name, us]) => [name, msFromUs(us)]);
  return { count, ...Object.fromEntries(entries) } as HistogramStats;
}

let ready = false;

function initialize(): void {
  if (!ready) initWebAssemblySync();
  ready = true;
}

/**
 * 3 significant digits over 0 … HIGHEST_VALUE. 32-bit counts where values are recorded (an interval never sees 2^32), 64-bit where
 * intervals are merged for the length of a run: the library's counters wrap silently.
 */
export class Histogram {
  private readonly buckets: WasmHistogram;
  count = 0;
  min = Number.POSITIVE_INFINITY;
  max = 0;
  sum = 0;
  clamped = 0;

  constructor(role: 'interval' | 'total') {
    initialize();
    this.buckets = build({
      bitBucketSize: role === 'interval' ? 32 : 64,
      autoResize: false,
      lowestDiscernibleValue: 1,
      highestTrackableValue: HIGHEST_VALUE,
      numberOfSignificantValueDigits: DIGITS,
      useWebAssembly: true,
    }) as WasmHistogram;
  }

  /** `value` is an integer ≥ 0. NaN is a fault of the caller; a value out of range is clamped and counted, never lost. */
  record(value: number): void {
    if (!(value >= 0 && value <= HIGHEST_VALUE)) value = this.clamp(value);
    this.buckets.recordValue(value);
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  private clamp(value: number): number {
    if (Number.isNaN(value)) throw new RangeError('NaN recorded in a histogram');
    this.clamped++;
    return value < 0 ? 0 : HIGHEST_VALUE;
  }

  /** Value that `percent` of all do not exceed; undefined when nothing was recorded: the library itself would answer 0. */
  percentile(percent: number): number | undefined {
    if (this.count === 0) return undefined;
    // A bucket answers with its upper edge; the exact extremes are known and bound it.
    return Math.min(Math.max(this.buckets.getValueAtPercentile(percent), this.min), this.max);
  }

  /**
   * How many values there are up to each bound, of bounds that ascend. A bound takes in the whole bucket that it lies in: up to 2047 that is
   * the bound itself, above it reaches at most 0.1 % further.
   */
  countsUpTo(bounds: readonly number[]): number[] {
    // The WASM kind does not show its buckets.
    const buckets: [from: number, count: number][] = [];
    forEachBucket(this.buckets.encode(), (index, count) => buckets.push([lowerEdge(index), count]));
    let [next, sum] = [0, 0];
    return bounds.map((bound) => {
      for (; next < buckets.length && buckets[next]![0] <= bound; next++) sum += buckets[next]![1];
      return sum;
    });
  }

  stats(): HistogramStats | null {
    if (this.count === 0) return null;
    const percentiles = PERCENTILES.map((name) => [name, this.percentile(PERCENTILE_ROWS[name].percent)!]);
    return {
      count: this.count,
      min: this.min,
      mean: this.sum / this.count,
      stddev: this.buckets.stdDeviation,
      ...(Object.fromEntries(percentiles) as PercentileValues),
      max: this.max,
    };
  }

  /** The values so far, and back to empty: an interval. */
  take(): EncodedHistogram {
    const taken = {
      count: this.count,
      min: this.min,
      max: this.max,
      sum: this.sum,
      clamped: this.clamped,
      buckets: this.buckets.encode(),
    };
    this.buckets.reset();
    this.count = this.sum = this.max = this.clamped = 0;
    this.min = Number.POSITIVE_INFINITY;
    return taken;
  }

  merge(other: EncodedHistogram): void {
    Histogram.merge(other, [this]);
  }

  /** Adds the same values to several, and decodes them once. */
  static merge(values: EncodedHistogram, into: readonly Histogram[]): void {
    if (values.count === 0) return;
    const decoded = WasmHistogram.decode(values.buckets, 64) as WasmHistogram;
    for (const histogram of into) histogram.add(decoded, values);
    decoded.destroy();
  }

  private add(decoded: WasmHistogram, { count, sum, clamped, min, max }: EncodedHistogram): void {
    this.buckets.add(decoded);
    this.count += count;
    this.sum += sum;
    this.clamped += clamped;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
  }

  /** Takes over the exact figures of what was merged from buckets alone (encodedOfCompressed), all of it. */
  sharpen(exact: { min: number; max: number; mean: number }): void {
    this.min = exact.min;
    this.max = exact.max;
    this.sum = exact.mean * this.count;
  }

  /** Compressed base64, as a .hlog line carries it. */
  compressedBase64(): string {
    return encodeIntoCompressedBase64(this.buckets);
  }

  /**
   * The text that HdrHistogram's own tools print and plot, five ticks to each halving of the distance to 100 %; `unit` is what the values
   * are divided by. The WASM kind prints wrong digits (20.031 as 20.310); the plain one, made of its encoding, does not.
   */
  percentileDistribution(unit: number): string {
    return decodeFromCompressedBase64(this.compressedBase64(), 64, false).outputPercentileDistribution(
      5,
      unit,
    );
  }

  destroy(): void {
    this.buckets.destroy();
  }
}
