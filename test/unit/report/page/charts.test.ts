import { describe, expect, it } from 'vitest';
import type { WorkerVitals } from '../../../../src/metrics/health/health.ts';
import { Histogram } from '../../../../src/metrics/histogram/histogram.ts';
import type { SecondFacts, Summary } from '../../../../src/metrics/summary.ts';
import type { TimeTrend } from '../../../../src/model/metrics/metric-names.ts';
import type { Chart } from '../../../../src/report/page/chart.ts';
import { PERCENTS, percentileAxis, percentileChart } from '../../../../src/report/run/percentile-chart.ts';
import {
  healthCharts,
  latencyCharts,
  loadCharts,
  type TitledChart,
  timeAxis,
} from '../../../../src/report/run/time-charts.ts';
import { finishedRun } from '../finished-run.ts';

const { summary } = finishedRun();

function chartOf(charts: TitledChart[], id: string): Chart {
  return charts.find(({ chart }) => chart.id === id)!.chart;
}

function valuesOf(chart: Chart, label: string): (number | null)[] {
  return chart.series.find((series) => series.label === label)!.values;
}

describe('over time', () => {
  it('has a place for the start line and one for the end of every second', () => {
    expect(timeAxis(summary)).toEqual([0, 1, 2, 3, 4, 5]);
    const all = [...loadCharts(summary), ...latencyCharts(summary), ...healthCharts(summary)];
    expect(all.length).toBeGreaterThan(8);
    for (const { chart } of all) for (const { values } of chart.series) expect(values).toHaveLength(6);
  });

  it('open connections go from none at the start line to the level at the end of each second', () => {
    expect(valuesOf(chartOf(loadCharts(summary), 'open'), 'open')).toEqual([0, 38, 38, 38, 38, 0]);
  });

  it('a rate is of the length of its second, holds for all of it, and is none while connections are closed', () => {
    const longer = structuredClone(summary);
    longer.windows[1]!.toMs = 3000;
    const sent = valuesOf(chartOf(loadCharts(longer), 'messages'), 'sent');
    expect(sent).toEqual([100, 100, 50, 100, 100, null]);
  });

  it('leaves out what never happened', () => {
    const labels = (id: string): string[] =>
      chartOf(loadCharts(summary), id).series.map(({ label }) => label);
    expect(labels('connects')).toEqual(['ok', 'failed']);
    expect(labels('messages')).toEqual(['sent', 'acked']);
    expect(latencyCharts(summary).map(({ title }) => title)).toEqual(['connect_latency', 'publish_ack']);
  });

  it('latency is that of each second alone, a gap where nothing was measured', () => {
    const chart = chartOf(latencyCharts(summary), 'latency-connect_latency');
    const { p50, p99, max } = summary.windows[0]!.trends.connect_latency!;
    expect(valuesOf(chart, 'p50')).toEqual([null, p50, null, null, null, null]);
    expect(valuesOf(chart, 'p99')[1]).toBe(p99);
    expect(valuesOf(chart, 'max')[1]).toBe(max);
  });
});

describe('the workers over time', () => {
  it('are a line each, in percent, with a gap where one was gone', () => {
    const gone = structuredClone(summary);
    gone.windows[2]!.workers[1] = null;
    const chart = chartOf(healthCharts(gone), 'health-utilization');
    expect(chart.series.map(({ label }) => label)).toEqual(['worker 0', 'worker 1']);
    expect(valuesOf(chart, 'worker 0')).toEqual([10, 10, 10, 10, 10, null]);
    expect(valuesOf(chart, 'worker 1')).toEqual([10, 10, 10, null, 10, null]);
  });

  it('too many for lines of their own are the lowest, the middle and the highest', () => {
    const vitals = (utilization: number): WorkerVitals => ({
      cpu: null,
      utilization,
      gc: 0,
      loopDelayMaxMs: 1,
    });
    const window: SecondFacts = {
      ...summary.windows[0]!,
      workers: [0.5, 0.1, 0.9, 0.2, 0.3, 0.7, 0.4].map(vitals),
    };
    const { health } = summary;
    const workers = window.workers.map(() => health.workers[0]!);
    const many: Summary = { ...summary, windows: [window], health: { ...health, workers } };
    const chart = chartOf(healthCharts(many), 'health-utilization');
    expect(chart.series.map(({ label, values }) => [label, values[1]])).toEqual([
      ['highest worker', 90],
      ['middle worker', 40],
      ['lowest worker', 10],
    ]);
    const cpu = chartOf(healthCharts(many), 'health-cpu');
    expect(cpu.series.every(({ values }) => values.every((value) => value === null))).toBe(true);
  });
});

/** Nearest rank. */
function naive(sorted: number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent * sorted.length) / 100 - 1e-9));
  return sorted[rank - 1]!;
}

describe('the percentile curve', () => {
  const drawn = Array.from({ length: 500 }, (_, index) => 1000 + index * index);

  function chartOfValues(): Chart {
    const merged = new Map<TimeTrend, Histogram>();
    for (const name of ['connect_tcp', 'connect_latency'] as const) {
      const histogram = new Histogram('total');
      for (const value of drawn) histogram.record(value);
      merged.set(name, histogram);
    }
    const chart = percentileChart(merged);
    for (const histogram of merged.values()) histogram.destroy();
    return chart;
  }

  it('has a log axis of 1 / (1 - p) up to 99.99 %, with every percentile that people ask for', () => {
    const axis = percentileAxis();
    expect(axis[0]).toBe(1);
    expect(axis.at(-1)).toBe(10_000);
    expect(axis).toEqual(axis.toSorted((a, b) => a - b));
    for (const percent of [50, 75, 90, 95, 99, 99.5, 99.9, 99.99]) expect(PERCENTS).toContain(percent);
  });

  it('is that of the values, in ms, up to the greatest of them, and ends there', () => {
    const values = valuesOf(chartOfValues(), 'connect_latency');
    const end = values.indexOf(null);
    for (const [index, value] of values.slice(0, end).entries()) {
      const exact = naive(drawn, PERCENTS[index]!) / 1e3;
      expect(Math.abs(value! - exact)).toBeLessThanOrEqual(exact * 0.001 + 0.001);
    }
    expect(values[end - 1]).toBe(drawn.at(-1)! / 1e3);
    // Of 500 values the last is at 99.8 %; the first percentile beyond it shows the greatest.
    expect(PERCENTS[end - 1]).toBeGreaterThan(99.8);
    expect(PERCENTS[end - 2]).toBeLessThanOrEqual(99.8);
    expect(values.slice(end).every((value) => value === null)).toBe(true);
  });

  it('shows first what a device waits for, and the parts of it on demand', () => {
    expect(chartOfValues().series.map(({ label, hidden }) => [label, hidden === true])).toEqual([
      ['connect_latency', false],
      ['connect_tcp', true],
    ]);
  });
});
