import { HistogramLogReader, initWebAssemblySync } from 'hdr-histogram-js';
import { expect, it } from 'vitest';
import { Timeline } from '../../../../src/metrics/timeline.ts';
import { histogramLog, parseHistogramLog } from '../../../../src/report/run/hlog.ts';
import { snapshotOf } from '../../metrics/snapshots.ts';

const STARTED_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function timelineOf(seconds: number): Timeline {
  const timeline = new Timeline(2);
  for (let second = 0; second < seconds; second++) {
    for (const shard of [0, 1]) {
      timeline.add(
        shard,
        snapshotOf(second, ({ trends }) => {
          for (let i = 1; i <= 100; i++) trends.connect_latency.record(i * 1000 * (second + 1));
          trends.publish_ack.record(777 + shard);
        }),
      );
    }
  }
  return timeline;
}

it('is read back by the library’s own reader, with counts, percentiles, tags and times', () => {
  initWebAssemblySync();
  const { intervals, seconds } = timelineOf(3);
  const reader = new HistogramLogReader(histogramLog(intervals, STARTED_MS));
  const read = [];
  for (let one = reader.nextIntervalHistogram(); one !== null; one = reader.nextIntervalHistogram())
    read.push(one);
  expect(read.map(({ tag }) => tag)).toEqual(intervals.map(({ trend }) => trend));
  read.forEach((histogram, index) => {
    const { trend, fromUs, toUs } = intervals[index]!;
    const { count, p50, p99 } = seconds[fromUs / 1e6]!.trends[trend]!;
    expect(histogram.totalCount).toBe(count);
    for (const [percent, expected] of [
      [50, p50],
      [99, p99],
    ] as const) {
      expect(Math.abs(histogram.getValueAtPercentile(percent) - expected)).toBeLessThanOrEqual(
        expected * 0.001 + 1,
      );
    }
    expect(histogram.startTimeStampMsec).toBe(STARTED_MS + fromUs / 1e3);
    expect(histogram.endTimeStampMsec).toBe(STARTED_MS + toUs / 1e3);
  });
  expect(read).toHaveLength(6);
});

it('has the head of the format and its largest value in milliseconds', () => {
  const lines = histogramLog(timelineOf(1).intervals, STARTED_MS).split('\n');
  expect(lines.slice(0, 4)).toEqual([
    '#[mqtt-fleet: values in microseconds]',
    '#[Histogram log format version 1.3]',
    '#[StartTime: 1767323045.678 (seconds since epoch), 2026-01-02T03:04:05.678Z]',
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
  ]);
  expect(lines[4]).toMatch(/^Tag=connect_latency,0\.000000,1\.000000,100\.000,HIST/);
  expect(lines.at(-1)).toBe('');
});

it('is read back into the intervals it was made of, to the microsecond', () => {
  const { intervals } = timelineOf(3);
  const odd = { ...intervals[0]!, fromUs: 3_000_017, toUs: 4_002_233, maxUs: 3_599_999_999 };
  const text = histogramLog([...intervals, odd], STARTED_MS);
  expect(parseHistogramLog(text, 'x.hlog')).toEqual({ intervals: [...intervals, odd], problems: [] });
});

it('says of each line that is none of ours what it is and where', () => {
  const line = histogramLog(timelineOf(1).intervals, STARTED_MS).split('\n')[4]!;
  const text = [
    '#[a comment]',
    line,
    'garbage',
    line.replace('connect_latency', 'request_latency'),
    line.replace('Tag=connect_latency,', ''),
    `${line.slice(0, -30)}${'A'.repeat(30)}`,
    line.replace(/HIST.*/, 'HISTFAAAA'),
    '',
  ].join('\n');
  const { intervals, problems } = parseHistogramLog(text, 'x.hlog');
  expect(intervals).toHaveLength(1);
  expect(problems.map(({ line, message }) => [line, message])).toEqual([
    [3, 'is no line of this histogram log'],
    [4, 'request_latency is no trend'],
    [5, 'is no line of this histogram log'],
    [6, expect.stringContaining('cannot be read')],
    [7, expect.stringContaining('cannot be read')],
  ]);
});

it('gives up on a foreign file after twenty lines', () => {
  expect(parseHistogramLog('x\n'.repeat(1000), 'x.hlog').problems).toHaveLength(20);
});
