/** The trends of a whole run, from its intervals: percentiles are taken of the merged histograms, never merged themselves. */
import type { Histogram } from '../../metrics/histogram/histogram.ts';
import type { Summary } from '../../metrics/summary.ts';
import { type Interval, trendIn } from '../../metrics/timeline.ts';
import type { TimeTrend } from '../../model/metrics/metric-names.ts';

/** Histograms of whole trends in µs, with the exact extremes and mean of the summary. Only trends with values. The caller destroys them. */
export function mergedTrends({ trends }: Summary, intervals: Interval[]): Map<TimeTrend, Histogram> {
  const merged = new Map<TimeTrend, Histogram>();
  for (const { trend, histogram } of intervals) trendIn(merged, trend).merge(histogram.encoded);
  for (const [trend, histogram] of merged) {
    const { min, max, mean } = trends[trend]!;
    histogram.sharpen({ min: Math.round(min * 1e3), max: Math.round(max * 1e3), mean: mean * 1e3 });
  }
  return merged;
}
