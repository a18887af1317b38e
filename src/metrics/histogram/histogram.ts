/**
 * The only code that knows hdr-histogram-js. WASM histograms record in about 50 ns; they live outside V8's heap and must be destroyed.
 */
import { inflateSync } from 'node:zlib';
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  initWebAssemblySync,
  JsHistogram,
  WasmHistogram,
} from 'hdr-histogram-js';
import { PERCENTILE_ROWS, PERCENTILES, type PercentileValues } from '../../model/metrics/percentiles.ts';
import { msFromUs } from '../../model/units.ts';
import {
  BUCKETS_HEAD_BYTES,
  extentOf,
  isEncodingOf,
  MOST_BUCKET_BYTES,
  MOST_COUNTS,
} from './histogram-payload.ts';

/** One hour in µs, and as a count per second far beyond any rate: larger values are clamped and counted as such. */
export const HIGHEST_VALUE = 3_600_000_000;
const DIGITS = 3;

/** What crosses a thread or a machine: exact count, min, max and sum beside the buckets, since encoding widens max to its bucket. */
export interface EncodedHistogram {
  count: number;
  min: number;
  max: number;
  sum: number;
  clamped: number;
  /** HdrHistogram V2 encoding, uncompressed. */
  buckets: Uint8Array;
}

/** What a report says of a trend, in the histogram's own unit. */
export interface HistogramStats extends PercentileValues {
  count: number;
  min: number;
  mean: number;
  stddev: number;
  max: number;
}

/** From µs to the milliseconds of reports; the count stays. */
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
/** The package declares the type of this one in a file that its index does not lead to. */
const { decode: decodeToJs } = JsHistogram as unknown as {
  decode(data: Uint8Array, bitBucketSize: 64): JsHistogram;
};

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

  /** Undefined when nothing was recorded: the library itself would answer 0. */
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
    const decoded = decodeToJs(this.buckets.encode(), 64);
    let index = 0;
    let count = 0;
    return bounds.map((bound) => {
      const last = Math.min(decoded.countsArrayIndex(bound), decoded.countsArrayLength - 1);
      for (; index <= last; index++) count += decoded.getCountAtIndex(index);
      return count;
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
    if (other.count === 0) return;
    const decoded = WasmHistogram.decode(other.buckets, 64) as WasmHistogram;
    this.buckets.add(decoded);
    decoded.destroy();
    this.count += other.count;
    this.sum += other.sum;
    this.clamped += other.clamped;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
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

/** The cookie before the compressed part; its length follows. */
const COMPRESSED_COOKIE = 0x1c849314;

/**
 * A .hlog's base64 back into what can be merged; count is exact, the extremes and the sum are those of the buckets. Foreign text, and a
 * histogram of another range or precision (whose head could ask for any amount of memory), throws a RangeError.
 */
export function encodedOfCompressed(base64: string): EncodedHistogram {
  const buckets = inflated(Buffer.from(base64, 'base64'));
  const decoded = decodedBuckets(buckets);
  try {
    const count = decoded.totalCount;
    if (!(count > 0 && count <= Number.MAX_SAFE_INTEGER)) throw new RangeError(`it counts ${count} values`);
    const [min, max] = [decoded.getValueAtPercentile(0), decoded.maxValue];
    return { count, min, max, sum: decoded.mean * count, clamped: 0, buckets };
  } finally {
    decoded.destroy();
  }
}

function inflated(compressed: Buffer): Buffer {
  let buckets: Buffer;
  try {
    if (compressed.readUInt32BE(0) !== COMPRESSED_COOKIE)
      throw new RangeError('it is no compressed histogram');
    const end = 8 + compressed.readUInt32BE(4);
    buckets = inflateSync(compressed.subarray(8, end), { maxOutputLength: MOST_BUCKET_BYTES });
  } catch (cause) {
    throw new RangeError('it is no compressed histogram', { cause });
  }
  if (!isEncodingOf(buckets, HIGHEST_VALUE, DIGITS))
    throw new RangeError('it is a histogram of another range or precision');
  return buckets;
}

/** Of foreign buckets, before they are merged: are they of this class's range, and as many values as is said of them? */
export function isSound({ buckets, count }: Pick<EncodedHistogram, 'buckets' | 'count'>): boolean {
  if (!isEncodingOf(buckets, HIGHEST_VALUE, DIGITS)) return false;
  const { places, values } = extentOf(buckets.subarray(BUCKETS_HEAD_BYTES));
  return places <= MOST_COUNTS && values === count;
}

function decodedBuckets(buckets: Buffer): WasmHistogram {
  if (extentOf(buckets.subarray(BUCKETS_HEAD_BYTES)).places > MOST_COUNTS)
    throw new RangeError('it has more counts than its range');
  initialize();
  try {
    return WasmHistogram.decode(buckets, 64) as WasmHistogram;
  } catch (cause) {
    throw new RangeError('its counts are damaged', { cause });
  }
}
