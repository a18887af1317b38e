/** Throughput as histograms: one value per second of the run, so that a rate has percentiles and not only a mean. */
import { RATE_ROWS, type RateTrend } from '../model/metrics/trends.ts';
import { Histogram } from './histogram/histogram.ts';
import type { TimelineRow } from './timeline.ts';

/** Least length of a row, µs: a shorter one (the last, say) would be scaled up from next to nothing. */
const SHORTEST_ROW_US = 500_000;

/** Throughput of one row, per second; undefined of a row too short to tell. */
export function ratePerSec(
  trend: RateTrend,
  { fromUs, toUs, counters }: Pick<TimelineRow, 'fromUs' | 'toUs' | 'counters'>,
): number | undefined {
  const lengthUs = toUs - fromUs;
  if (lengthUs < SHORTEST_ROW_US) return undefined;
  const count = RATE_ROWS[trend].counts.reduce((sum, counter) => sum + (counters[counter] ?? 0), 0);
  return count / (lengthUs / 1e6);
}

/** Throughput of the rows that lie within the run, one value for each; the drain after it is none. Undefined for counters that never moved. */
export function throughputHistogram(
  trend: RateTrend,
  rows: TimelineRow[],
  durationUs: number,
): Histogram | undefined {
  const histogram = new Histogram('total');
  for (const row of rows) {
    const perSec = ratePerSec(trend, row);
    if (perSec === undefined || (row.fromUs + row.toUs) / 2 > durationUs) continue;
    histogram.record(Math.round(perSec));
  }
  if (histogram.max > 0) return histogram;
  histogram.destroy();
  return undefined;
}
