/** Throughput as histograms: one value per second of the run, so that a rate has percentiles and not only a mean. */
import { RATE_ROWS, type RateTrend } from '../model/metrics/trends.ts';
import { Histogram } from './histogram/histogram.ts';
import type { TimelineSecond } from './timeline.ts';

/** Least length of a second of the timeline, µs: one that was cut shorter (the last, say) would be scaled up from next to nothing. */
const SHORTEST_SECOND_US = 500_000;

/** Throughput in one second of the timeline, per second; undefined where it was too short to tell. */
export function ratePerSec(
  trend: RateTrend,
  { fromUs, toUs, counters }: Pick<TimelineSecond, 'fromUs' | 'toUs' | 'counters'>,
): number | undefined {
  const lengthUs = toUs - fromUs;
  if (lengthUs < SHORTEST_SECOND_US) return undefined;
  const count = RATE_ROWS[trend].counts.reduce((sum, counter) => sum + (counters[counter] ?? 0), 0);
  return count / (lengthUs / 1e6);
}

/** Throughput of the seconds that lie within the run, one value for each; the drain after it is none. Undefined for counters that never moved. */
export function throughputHistogram(
  trend: RateTrend,
  seconds: TimelineSecond[],
  durationUs: number,
): Histogram | undefined {
  const histogram = new Histogram('total');
  for (const second of seconds) {
    const perSec = ratePerSec(trend, second);
    if (perSec === undefined || (second.fromUs + second.toUs) / 2 > durationUs) continue;
    histogram.record(Math.round(perSec));
  }
  if (histogram.max > 0) return histogram;
  histogram.destroy();
  return undefined;
}
