/** How a run stands, for whoever watches it: what the live block and the plain progress line are made of. Pure. */
import { type Health, healthOf, slipsOf } from '../../metrics/health/health.ts';
import { ratePerSec } from '../../metrics/throughput.ts';
import type { SecondStats, TimelineSecond } from '../../metrics/timeline.ts';
import type { Totals } from '../../metrics/totals.ts';
import {
  RATE_TRENDS,
  type RateTrend,
  TIME_TRENDS,
  type TimeTrend,
} from '../../model/metrics/metric-names.ts';
import { TIME_ROWS } from '../../model/metrics/trends.ts';
import { formatFailure } from '../text/format.ts';

export interface LiveFacts {
  course: Course;
  figures: Figures;
  /** Connections planned, and the threads that open them. */
  planned: number;
  workers: number;
}

/** Where on its way the run is. Durations in µs since the start line. */
export interface Course {
  phase: 'starting' | 'connecting' | 'holding' | 'draining';
  elapsedUs: number;
  durationUs: number;
  /** Time until the end of the run; of the drain, at most. */
  leftUs: number;
}

export interface Lengths {
  connectUs: number;
  durationUs: number;
  gracefulStopUs: number;
}

/** What was measured; rates and percentiles are those of the last second. */
export interface Figures {
  open: number;
  perSec: Record<RateTrend, number>;
  /** Latencies of the trends that have values at all. */
  latencies: Latency[];
  /** Values of the last seconds, one each; undefined where a second has none. */
  history: Record<'open' | RateTrend, (number | undefined)[]>;
  /** Kinds of failure, the most frequent first. */
  troubles: { text: string; count: number }[];
  /** Connects that failed or found no slot, and connections lost. */
  failed: number;
  /** Attempts after the first of a connect, and those to come back. */
  retried: number;
  health: { verdict: Health['verdict']; busiest: number | undefined; slipP99Us: number | undefined };
  /** What the run does at all. */
  does: { messages: boolean; acks: boolean };
}

export interface Latency {
  name: string;
  /** Figures of the last second with values; undefined when there was nothing lately. */
  stats: SecondStats | undefined;
  p99History: (number | undefined)[];
}

/** Seconds of history that a view has room for, at most. */
export const HISTORY_SECONDS = 60;
/** Seconds after which a percentile is history. */
const LATELY_SECONDS = 5;

/** Trends that the view follows, from the top. */
const WATCHED = TIME_TRENDS.flatMap((trend) => {
  const { watched } = TIME_ROWS[trend];
  return watched === undefined ? [] : [{ trend, ...watched }];
}).sort((a, b) => a.place - b.place);

/** Where a run is; `elapsedUs` is undefined before the start line, `stoppedUs` unless it was stopped before its end. */
export function courseOf(lengths: Lengths, elapsedUs: number | undefined, stoppedUs?: number): Course {
  const { connectUs, durationUs, gracefulStopUs } = lengths;
  if (elapsedUs === undefined) return { phase: 'starting', elapsedUs: 0, durationUs, leftUs: durationUs };
  const endUs = Math.min(durationUs, stoppedUs ?? durationUs);
  const isDraining = elapsedUs >= endUs;
  const phase = isDraining ? 'draining' : elapsedUs < connectUs ? 'connecting' : 'holding';
  const leftUs = Math.max(0, (isDraining ? endUs + gracefulStopUs : durationUs) - elapsedUs);
  return { phase, elapsedUs, durationUs, leftUs };
}

export function figuresOf(totals: Totals): Figures {
  const { counters, timeline, vitals } = totals;
  // The seconds of closing would show a fleet that falls apart.
  const seconds = timeline.seconds.slice(-HISTORY_SECONDS).filter((second) => !second.closing);
  const history = Object.fromEntries([
    ['open', seconds.map((second) => second.open)],
    ...RATE_TRENDS.map((name) => [name, seconds.map((second) => ratePerSec(name, second))]),
  ]) as Figures['history'];
  const slips = slipsOf(totals).flatMap(({ p99Us }) => p99Us ?? []);
  const loops = vitals.flatMap((samples) => samples.at(-1)?.utilization ?? []);
  return {
    open: seconds.at(-1)?.open ?? 0,
    perSec: Object.fromEntries(
      RATE_TRENDS.map((name) => [name, history[name].findLast((value) => value !== undefined) ?? 0]),
    ) as Figures['perSec'],
    latencies: WATCHED.flatMap(({ trend, name }) =>
      totals.histogram(trend) === undefined ? [] : latencyOf(trend, name, seconds),
    ),
    history,
    troubles: troublesOf(totals),
    failed: counters.connects_failed + counters.connects_dropped + counters.disconnects,
    retried: counters.connects_retried + counters.reconnects_started,
    health: {
      verdict: healthOf(totals).verdict,
      busiest: loops.length > 0 ? Math.max(...loops) : undefined,
      slipP99Us: slips.length > 0 ? Math.max(...slips) : undefined,
    },
    does: {
      messages: counters.messages_scheduled + counters.messages_received > 0,
      acks: counters.messages_acked > 0,
    },
  };
}

function latencyOf(trend: TimeTrend, name: string, seconds: TimelineSecond[]): Latency {
  return {
    name,
    stats: seconds.slice(-LATELY_SECONDS).findLast((second) => second.trends[trend] !== undefined)?.trends[
      trend
    ],
    p99History: seconds.map((second) => second.trends[trend]?.p99),
  };
}

/** Troubles, the most frequent first. A start without a slot is no failure of a device, but trouble all the same. */
function troublesOf({ failures, counters }: Totals): Figures['troubles'] {
  const troubles = failures.map((failure) => ({ text: formatFailure(failure), count: failure.count }));
  const dropped = { text: 'dropped: no free slot', count: counters.connects_dropped };
  return [...troubles, dropped].filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
}
