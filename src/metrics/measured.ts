/** The merged data as summary and thresholds ask for it, at the end of a run and during it. */
import { RATE_TRENDS, type RateTrend, type TimeTrend } from '../model/metrics/metric-names.ts';
import type { Histogram } from './histogram/histogram.ts';
import type { Measured } from './threshold/threshold.ts';
import { throughputHistogram } from './throughput.ts';
import type { TimelineSecond } from './timeline.ts';
import type { Totals } from './totals.ts';

/**
 * The figures of a run so far, or of a trial; `connectUs` is when its last connect is due. Throughput is made into histograms when it is
 * asked for; `destroy` frees these.
 */
export function measuredOf(
  totals: Totals,
  durationUs: number,
  connectUs: number,
): Measured & { destroy(): void } {
  const { seconds } = totals.timeline;
  const made = new Map<RateTrend, Histogram | undefined>();
  const throughput = (name: RateTrend): Histogram | undefined => {
    if (!made.has(name)) made.set(name, throughputHistogram(name, seconds, durationUs));
    return made.get(name);
  };
  return {
    counters:
      totals.lossUnknown === undefined ? totals.counters : { ...totals.counters, messages_lost: Number.NaN },
    histogram: (name) => (isRate(name) ? throughput(name) : totals.histogram(name)),
    open: openRange(seconds, connectUs),
    heard: totals.histogram('message_latency')?.count ?? 0,
    durationUs,
    destroy() {
      for (const histogram of made.values()) histogram?.destroy();
    },
  };
}

function isRate(name: TimeTrend | RateTrend): name is RateTrend {
  return (RATE_TRENDS as readonly string[]).includes(name);
}

/**
 * Levels at the ends of seconds. The minimum counts from when the last connect was due, else it would always be that of the first
 * second; a run that was stopped before counts whole.
 */
function openRange(seconds: TimelineSecond[], connectUs: number): { min: number; max: number } | undefined {
  const measured = seconds.filter((second) => !second.closing);
  if (measured.length === 0) return undefined;
  const held = measured.filter((second) => second.toUs >= connectUs);
  const levels = (some: TimelineSecond[]): number[] => some.map((second) => second.open);
  return {
    min: Math.min(...levels(held.length > 0 ? held : measured)),
    max: Math.max(...levels(measured)),
  };
}
