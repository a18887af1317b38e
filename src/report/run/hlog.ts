/**
 * The intervals of a run as an HdrHistogram log, version 1.3: one line per trend and second, the trend as its tag. Values are
 * microseconds; the Interval_Max column is in milliseconds, as its readers expect with an -outputValueUnitRatio of 1000. Times have six
 * places, so that what is read back is what was measured.
 */

import { CompressedHistogram } from '../../metrics/histogram/encoded-histogram.ts';
import type { Interval } from '../../metrics/timeline.ts';
import type { Problem } from '../../model/errors.ts';
import { TIME_TRENDS, type TimeTrend } from '../../model/metrics/metric-names.ts';

export function histogramLog(intervals: Interval[], startedEpochMs: number): string {
  const startSeconds = (startedEpochMs / 1e3).toFixed(3);
  const lines = [
    '#[mqtt-fleet: values in microseconds]',
    '#[Histogram log format version 1.3]',
    `#[StartTime: ${startSeconds} (seconds since epoch), ${new Date(startedEpochMs).toISOString()}]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ...intervals.map(({ trend, fromUs, toUs, maxUs, histogram }) => {
      const [from, length] = [fromUs / 1e6, (toUs - fromUs) / 1e6].map((seconds) => seconds.toFixed(6));
      return `Tag=${trend},${from},${length},${(maxUs / 1e3).toFixed(3)},${histogram.base64}`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

const LINE =
  /^Tag=([a-z_]{1,40}),(\d{1,10}\.\d{6}),(\d{1,10}\.\d{6}),(\d{1,8}\.\d{3}),([\w+/]{1,400000}={0,2})$/;
const COMMENT = /^(?:#|"StartTimestamp"|$)/;
const MOST_PROBLEMS = 20;

/** Back into what was written. A line that is none of ours is a problem with its number; after twenty of them the rest is not read. */
export function parseHistogramLog(
  text: string,
  file: string,
): { intervals: Interval[]; problems: Problem[] } {
  const intervals: Interval[] = [];
  const problems: Problem[] = [];
  let line = 0;
  for (const content of text.split('\n')) {
    line++;
    if (COMMENT.test(content)) continue;
    const parsed = parseLine(content);
    if (typeof parsed !== 'string') intervals.push(parsed);
    else if (problems.push({ file, line, message: parsed }) === MOST_PROBLEMS) break;
  }
  return { intervals, problems };
}

/** What is wrong with the line, in words, where something is. */
function parseLine(content: string): Interval | string {
  const match = LINE.exec(content);
  if (!match) return 'is no line of this histogram log';
  const [, tag, from, length, max, base64] = match as unknown as string[];
  if (!(TIME_TRENDS as readonly string[]).includes(tag!)) return `${tag} is no trend`;
  const histogram = new CompressedHistogram(base64!);
  try {
    void histogram.encoded;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `its histogram cannot be read: ${error.message}`;
  }
  const fromUs = Math.round(Number(from) * 1e6);
  const toUs = fromUs + Math.round(Number(length) * 1e6);
  const maxUs = Math.round(Number(max) * 1e3);
  return { trend: tag as TimeTrend, fromUs, toUs, maxUs, histogram };
}
