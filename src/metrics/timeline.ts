/** The run second by second: one row each, merged over the shards. */
import { type Counter, TIME_TRENDS, type TimeTrend } from '../model/metrics/metric-names.ts';
import { CompressedHistogram } from './histogram/encoded-histogram.ts';
import { Histogram } from './histogram/histogram.ts';
import type { Snapshot, Vitals } from './snapshot.ts';

export interface TimelineRow {
  second: number;
  fromUs: number;
  toUs: number;
  /** Every shard was closing its connections: after the run rather than in it. */
  closing: boolean;
  counters: Partial<Record<Counter, number>>;
  /** Connections open at the end of the second. */
  open: number;
  trends: Partial<Record<TimeTrend, WindowStats>>;
  /** By shard; null for one that was gone, or held up so long that it left the second out. */
  vitals: (IntervalVitals | null)[];
}

export interface IntervalVitals extends Vitals {
  /** Of the shard's own interval: longer than a second after it was held up. */
  lengthUs: number;
}

/** Percentiles of this second alone, µs. */
export interface WindowStats {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** One trend of one second: a line of a .hlog. */
export interface Interval {
  trend: TimeTrend;
  fromUs: number;
  toUs: number;
  maxUs: number;
  histogram: CompressedHistogram;
}

interface OpenWindow {
  closing: boolean;
  fromUs: number;
  toUs: number;
  counters: Partial<Record<Counter, number>>;
  trends: Map<TimeTrend, Histogram>;
  /** By shard: its level at the end of this very second; a hole where a held-up shard left the second out. */
  open: number[];
  vitals: IntervalVitals[];
}

export class Timeline {
  readonly rows: TimelineRow[] = [];
  readonly intervals: Interval[] = [];
  /** The trends of the whole run so far: those with values. */
  readonly merged = new Map<TimeTrend, Histogram>();
  private readonly windows = new Map<number, OpenWindow>();
  /** At the end of the last row. */
  private readonly openOfShard: number[];
  private readonly lastSecondOfShard: number[];
  /** Infinite while the shard lives. */
  private readonly finalSecondOfShard: number[];

  constructor(shards: number) {
    this.openOfShard = new Array<number>(shards).fill(0);
    this.lastSecondOfShard = new Array<number>(shards).fill(-1);
    this.finalSecondOfShard = new Array<number>(shards).fill(Number.POSITIVE_INFINITY);
  }

  add(shard: number, snapshot: Snapshot): void {
    this.lastSecondOfShard[shard] = snapshot.second;
    const window = this.window(snapshot);
    window.open[shard] = snapshot.open;
    window.vitals[shard] = { ...snapshot.vitals, lengthUs: snapshot.toUs - snapshot.fromUs };
    window.closing &&= snapshot.closing;
    for (const [name, count] of Object.entries(snapshot.counters) as [Counter, number][]) {
      window.counters[name] = (window.counters[name] ?? 0) + count;
    }
    for (const name of TIME_TRENDS) {
      const encoded = snapshot.trends[name];
      if (encoded === undefined) continue;
      Histogram.merge(encoded, [trendIn(this.merged, name), trendIn(window.trends, name)]);
    }
    this.closeThrough(Math.min(...this.lastSecondOfShard));
  }

  /** A shard that will send nothing more no longer holds rows back, and holds no connection open after its last second. */
  finish(shard: number): void {
    this.finalSecondOfShard[shard] = this.lastSecondOfShard[shard]!;
    this.lastSecondOfShard[shard] = Number.POSITIVE_INFINITY;
    this.closeThrough(Math.min(...this.lastSecondOfShard));
  }

  private window(snapshot: Snapshot): OpenWindow {
    let window = this.windows.get(snapshot.second);
    if (window === undefined) {
      window = {
        fromUs: snapshot.fromUs,
        toUs: snapshot.toUs,
        counters: {},
        trends: new Map(),
        open: [],
        vitals: [],
        closing: true,
      };
      this.windows.set(snapshot.second, window);
    }
    window.fromUs = Math.min(window.fromUs, snapshot.fromUs);
    window.toUs = Math.max(window.toUs, snapshot.toUs);
    return window;
  }

  private closeThrough(second: number): void {
    const due = [...this.windows.keys()].filter((key) => key <= second).sort((a, b) => a - b);
    for (const key of due) {
      this.close(key, this.windows.get(key)!);
      this.windows.delete(key);
    }
  }

  private close(second: number, window: OpenWindow): void {
    const { fromUs, toUs, counters, closing } = window;
    const trends: TimelineRow['trends'] = {};
    for (const [trend, merged] of window.trends) {
      const { count, max } = merged;
      trends[trend] = { count, p50: merged.percentile(50)!, p99: merged.percentile(99)!, max };
      const histogram = new CompressedHistogram(merged.compressedBase64());
      this.intervals.push({ trend, fromUs, toUs, maxUs: max, histogram });
      merged.destroy();
    }
    this.openOfShard.forEach((before, shard) => {
      const gone = second > this.finalSecondOfShard[shard]!;
      this.openOfShard[shard] = gone ? 0 : (window.open[shard] ?? before);
    });
    const open = this.openOfShard.reduce((sum, shardOpen) => sum + shardOpen, 0);
    const vitals = this.openOfShard.map((_, shard) => window.vitals[shard] ?? null);
    this.rows.push({ second, fromUs, toUs, closing, counters, open, trends, vitals });
  }
}

/** The histogram of that trend, a new one where there is none. */
export function trendIn(trends: Map<TimeTrend, Histogram>, name: TimeTrend): Histogram {
  let histogram = trends.get(name);
  if (histogram === undefined) {
    histogram = new Histogram('total');
    trends.set(name, histogram);
  }
  return histogram;
}
