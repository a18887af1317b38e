/** The run second by second: merged over the shards. */
import { type Counter, TIME_TRENDS, type TimeTrend } from '../model/metrics/metric-names.ts';
import { CompressedHistogram } from './histogram/encoded-histogram.ts';
import { Histogram } from './histogram/histogram.ts';
import type { Snapshot, Vitals } from './snapshot.ts';

export interface TimelineSecond {
  second: number;
  fromUs: number;
  toUs: number;
  /** Whether every shard was closing its connections: after the run rather than in it. */
  closing: boolean;
  counters: Partial<Record<Counter, number>>;
  /** Connections open at the end of the second. */
  open: number;
  trends: Partial<Record<TimeTrend, SecondStats>>;
  /** How each shard's thread fared; null for one that was gone, or held up so long that it left the second out. */
  vitals: (SecondVitals | null)[];
}

export interface SecondVitals extends Vitals {
  /** What they cover (µs): longer than a second after the shard was held up. */
  lengthUs: number;
}

/** Percentiles of this second alone, µs. */
export interface SecondStats {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** One trend of one second, which a .hlog calls an interval and has a line for. */
export interface Interval {
  trend: TimeTrend;
  fromUs: number;
  toUs: number;
  maxUs: number;
  histogram: CompressedHistogram;
}

interface UnclosedSecond {
  closing: boolean;
  fromUs: number;
  toUs: number;
  counters: Partial<Record<Counter, number>>;
  trends: Map<TimeTrend, Histogram>;
  /** Each shard's open connections at the end of this very second; a hole where a held-up shard left the second out. */
  open: number[];
  vitals: SecondVitals[];
}

export class Timeline {
  readonly seconds: TimelineSecond[] = [];
  readonly intervals: Interval[] = [];
  /** The trends of the whole run so far: those with values. */
  readonly merged = new Map<TimeTrend, Histogram>();
  private readonly unclosed = new Map<number, UnclosedSecond>();
  /** Connections that each shard had open at the end of the last second that is closed. */
  private readonly openOfShard: number[];
  private readonly lastSecondOfShard: number[];
  /** Last second that each shard reported; infinite while it lives. */
  private readonly finalSecondOfShard: number[];

  constructor(shards: number) {
    this.openOfShard = new Array<number>(shards).fill(0);
    this.lastSecondOfShard = new Array<number>(shards).fill(-1);
    this.finalSecondOfShard = new Array<number>(shards).fill(Number.POSITIVE_INFINITY);
  }

  add(shard: number, snapshot: Snapshot): void {
    this.lastSecondOfShard[shard] = snapshot.second;
    const unclosed = this.secondOf(snapshot);
    unclosed.open[shard] = snapshot.open;
    unclosed.vitals[shard] = { ...snapshot.vitals, lengthUs: snapshot.toUs - snapshot.fromUs };
    unclosed.closing &&= snapshot.closing;
    for (const [name, count] of Object.entries(snapshot.counters) as [Counter, number][]) {
      unclosed.counters[name] = (unclosed.counters[name] ?? 0) + count;
    }
    for (const name of TIME_TRENDS) {
      const encoded = snapshot.trends[name];
      if (encoded === undefined) continue;
      Histogram.merge(encoded, [trendIn(this.merged, name), trendIn(unclosed.trends, name)]);
    }
    this.closeThrough(Math.min(...this.lastSecondOfShard));
  }

  /** A shard that will send nothing more no longer holds seconds back, and holds no connection open after its last second. */
  finish(shard: number): void {
    this.finalSecondOfShard[shard] = this.lastSecondOfShard[shard]!;
    this.lastSecondOfShard[shard] = Number.POSITIVE_INFINITY;
    this.closeThrough(Math.min(...this.lastSecondOfShard));
  }

  private secondOf(snapshot: Snapshot): UnclosedSecond {
    let unclosed = this.unclosed.get(snapshot.second);
    if (unclosed === undefined) {
      unclosed = {
        fromUs: snapshot.fromUs,
        toUs: snapshot.toUs,
        counters: {},
        trends: new Map(),
        open: [],
        vitals: [],
        closing: true,
      };
      this.unclosed.set(snapshot.second, unclosed);
    }
    unclosed.fromUs = Math.min(unclosed.fromUs, snapshot.fromUs);
    unclosed.toUs = Math.max(unclosed.toUs, snapshot.toUs);
    return unclosed;
  }

  private closeThrough(second: number): void {
    const due = [...this.unclosed.keys()].filter((key) => key <= second).sort((a, b) => a - b);
    for (const key of due) {
      this.close(key, this.unclosed.get(key)!);
      this.unclosed.delete(key);
    }
  }

  private close(second: number, unclosed: UnclosedSecond): void {
    const { fromUs, toUs, counters, closing } = unclosed;
    const trends: TimelineSecond['trends'] = {};
    for (const [trend, merged] of unclosed.trends) {
      const { count, max } = merged;
      trends[trend] = { count, p50: merged.percentile(50)!, p99: merged.percentile(99)!, max };
      const histogram = new CompressedHistogram(merged.compressedBase64());
      this.intervals.push({ trend, fromUs, toUs, maxUs: max, histogram });
      merged.destroy();
    }
    this.openOfShard.forEach((before, shard) => {
      const gone = second > this.finalSecondOfShard[shard]!;
      this.openOfShard[shard] = gone ? 0 : (unclosed.open[shard] ?? before);
    });
    const open = this.openOfShard.reduce((sum, shardOpen) => sum + shardOpen, 0);
    const vitals = this.openOfShard.map((_, shard) => unclosed.vitals[shard] ?? null);
    this.seconds.push({ second, fromUs, toUs, closing, counters, open, trends, vitals });
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
