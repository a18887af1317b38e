import { describe, expect, it } from 'vitest';
import { TIME_TRENDS } from '../../../../src/model/metrics/metric-names.ts';
import { recordFiles, renderedFiles, runFiles } from '../../../../src/report/run/run-files.ts';
import { finishedRun } from '../finished-run.ts';

it('are a record, and what is rendered of it', () => {
  const run = finishedRun();
  expect(Object.keys(recordFiles(run))).toEqual(['summary.json', 'histograms.hlog', 'scenario.yaml']);
  const trends = TIME_TRENDS.filter((name) => run.summary.trends[name] !== null);
  expect(Object.keys(renderedFiles(run)).sort()).toEqual(
    ['junit.xml', 'report.html', 'summary.md', ...trends.map((name) => `percentiles/${name}.hgrm`)].sort(),
  );
  expect(runFiles(run)).toEqual({ ...recordFiles(run), ...renderedFiles(run) });
});

describe('a .hgrm', () => {
  /** What finishedRun records as publish_ack, µs. */
  const values = [0, 1, 2, 3]
    .flatMap((second) => Array.from({ length: 50 }, (_, message) => 900 + message * message * (second + 1)))
    .flatMap((value) => [value, value])
    .sort((a, b) => a - b);
  const lines = runFiles(finishedRun())['percentiles/publish_ack.hgrm']!.split('\n');
  const rows = lines.slice(2, -4).map((line) => line.trim().split(/\s+/).map(Number));

  it('has the head, the rows and the foot that its readers look for', () => {
    expect(lines[0]).toBe('       Value     Percentile TotalCount 1/(1-Percentile)');
    expect(lines[1]).toBe('');
    for (const line of lines.slice(2, -5)) expect(line).toMatch(/^ +[\d.]+ [01]\.\d{12} +\d+ +\d+\.\d\d$/);
    expect(lines.at(-5)).toMatch(/^ +[\d.]+ 1\.000000000000 +400$/);
    expect(lines.at(-4)).toMatch(/^#\[Mean {4}= +[\d.]+, StdDeviation {3}= +[\d.]+\]$/);
    expect(lines.at(-3)).toMatch(/^#\[Max {5}= +[\d.]+, Total count {4}= +400\]$/);
    expect(lines.at(-2)).toMatch(/^#\[Buckets = +22, SubBuckets {5}= +2048\]$/);
    expect(lines.at(-1)).toBe('');
  });

  it('counts at each row the values up to it, ms, and gives the percentile of it', () => {
    expect(rows.length).toBeGreaterThan(30);
    for (const [value, percentile, count, odds] of rows) {
      // A row's value is the upper edge of a bucket that is 0.1 % wide; printed to the microsecond.
      expect(count).toBe(values.filter((each) => each / 1e3 <= value! + 1e-9).length);
      const exact = values[Math.max(1, Math.ceil(percentile! * values.length - 1e-9)) - 1]! / 1e3;
      expect(value! - exact).toBeGreaterThanOrEqual(-1e-9);
      expect(value! - exact).toBeLessThanOrEqual(exact * 0.001 + 0.001);
      if (odds !== undefined) expect(odds).toBeCloseTo(1 / (1 - percentile!), 1);
    }
    expect(rows.map(([, percentile]) => percentile)).toEqual(
      rows.map(([, percentile]) => percentile!).toSorted((a, b) => a - b),
    );
  });

  it('has mean, deviation and greatest value of the values, within the width of a bucket', () => {
    const [mean, deviation] = lines
      .at(-4)!
      .match(/[\d.]+/g)!
      .map(Number);
    const max = Number(/Max\s+=\s+([\d.]+)/.exec(lines.at(-3)!)![1]);
    const exactMean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const exactDeviation = Math.sqrt(
      values.reduce((sum, value) => sum + (value - exactMean) ** 2, 0) / values.length,
    );
    for (const [printed, exact] of [
      [mean!, exactMean],
      [deviation!, exactDeviation],
      [max, values.at(-1)!],
    ] as const)
      expect(Math.abs(printed * 1e3 - exact)).toBeLessThanOrEqual(exact * 0.002 + 1);
  });
});
