/**
 * The intervals of a run as an HdrHistogram log, version 1.3: one line per trend and second, the trend as its tag. Values are
 * microseconds; the Interval_Max column is in milliseconds, as its readers expect with an -outputValueUnitRatio of 1000.
 */
import type { Interval } from '../metrics/timeline.ts';

export function histogramLog(intervals: Interval[], startedEpochMs: number): string {
  const startSeconds = (startedEpochMs / 1e3).toFixed(3);
  const lines = [
    '#[mqtt-fleet: values in microseconds]',
    '#[Histogram log format version 1.3]',
    `#[StartTime: ${startSeconds} (seconds since epoch), ${new Date(startedEpochMs).toISOString()}]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ...intervals.map(({ trend, fromUs, toUs, maxUs, compressedBase64 }) => {
      const numbers = [fromUs / 1e6, (toUs - fromUs) / 1e6, maxUs / 1e3].map((value) => value.toFixed(3));
      return `Tag=${trend},${numbers.join(',')},${compressedBase64}`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}
