/** A run cut into its seconds, each trend of each as its few buckets: what a comparison puts together anew. */

import { type Buckets, bucketsOf } from '../../metrics/histogram/buckets.ts';
import type { SecondFacts } from '../../metrics/summary.ts';
import { ratePerSec } from '../../metrics/throughput.ts';
import type { Interval } from '../../metrics/timeline.ts';
import {
  type Counter,
  RATE_TRENDS,
  type RateTrend,
  TIME_TRENDS,
  type TimeTrend,
} from '../../model/metrics/metric-names.ts';

/** One second of a run, or several that are drawn as one. */
export interface RunSecond {
  lengthUs: number;
  counters: Partial<Record<Counter, number>>;
  /** µs; of a throughput trend one value per second, in units per second. */
  trends: Partial<Record<TimeTrend | RateTrend, Buckets>>;
}

/** Shorter rows than this are no whole seconds: the last one of a run, say. Longer ones are: a worker was held up. */
const WHOLE_SECOND_US = 900_000;
/** A longer run is drawn in pieces of several seconds, which bounds the work; blocks of one would be as long. */
const MOST_PIECES = 240;

/**
 * One entry per second of the run, from the first to the last; a second that closes no row (a worker was held up through it) is empty.
 * Left out are partial seconds, those that end more than half after the run (its drain) and those of its closing.
 */
export function secondsOf(windows: SecondFacts[], durationMs: number, intervals: Interval[]): RunSecond[] {
  const histograms = byTime(intervals);
  const seconds: RunSecond[] = [];
  for (const { second, fromMs, toMs, closing, counters } of windows) {
    const [fromUs, toUs] = [Math.round(fromMs * 1e3), Math.round(toMs * 1e3)];
    const lengthUs = toUs - fromUs;
    if (closing || lengthUs < WHOLE_SECOND_US || (fromMs + toMs) / 2 > durationMs) continue;
    while (seconds.length < second) seconds.push({ lengthUs: 0, counters: {}, trends: {} });
    const trends: RunSecond['trends'] = {};
    for (const { trend, histogram } of histograms.get(`${fromUs} ${toUs}`) ?? []) {
      trends[trend] = bucketsOf(histogram.encoded.buckets);
    }
    for (const trend of RATE_TRENDS) {
      const perSec = Math.round(ratePerSec(trend, { fromUs, toUs, counters })!);
      trends[trend] = { values: [perSec], counts: [1] };
    }
    seconds.push({ lengthUs, counters, trends });
  }
  return seconds;
}

function byTime(intervals: Interval[]): Map<string, Interval[]> {
  const found = new Map<string, Interval[]>();
  for (const interval of intervals) {
    const time = `${interval.fromUs} ${interval.toUs}`;
    const before = found.get(time);
    if (before === undefined) found.set(time, [interval]);
    else before.push(interval);
  }
  return found;
}

/** At most 240 pieces of equally many seconds, the last one of fewer. */
export function piecesOf(seconds: RunSecond[]): RunSecond[] {
  const each = Math.ceil(seconds.length / MOST_PIECES);
  if (each <= 1) return seconds;
  const pieces = Math.ceil(seconds.length / each);
  return Array.from({ length: pieces }, (_, piece) =>
    together(seconds.slice(piece * each, (piece + 1) * each)),
  );
}

function together(seconds: RunSecond[]): RunSecond {
  const piece: RunSecond = { lengthUs: 0, counters: {}, trends: {} };
  for (const { lengthUs, counters, trends } of seconds) {
    piece.lengthUs += lengthUs;
    for (const [name, count] of Object.entries(counters) as [Counter, number][]) {
      piece.counters[name] = (piece.counters[name] ?? 0) + count;
    }
    for (const name of [...TIME_TRENDS, ...RATE_TRENDS]) {
      const buckets = trends[name];
      if (buckets === undefined) continue;
      piece.trends[name] ??= { values: [], counts: [] };
      piece.trends[name].values.push(...buckets.values);
      piece.trends[name].counts.push(...buckets.counts);
    }
  }
  return piece;
}
