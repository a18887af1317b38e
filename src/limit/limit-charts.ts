/** The curve of a limit search: what each load led to, over the load. */

import type { Chart, Series } from '../report/page/chart.ts';
import type { TitledChart } from '../report/run/time-charts.ts';
import type { LimitReport, LimitTrial } from './limit-report.ts';

/** Every value that was tried, once. */
export function loadAxis({ trials }: LimitReport): number[] {
  return [...new Set(trials.map(({ value }) => value))].sort((a, b) => a - b);
}

/**
 * Trials at one value are one point: the mean of what got through, the slowest p99. What the generator spoiled has lines of its own; it
 * says nothing of the target.
 */
export function limitCharts(report: LimitReport): TitledChart[] {
  const { trials } = report;
  const sound = byValue(report, (trial) => trial.verdict !== 'spoiled');
  const spoiled = byValue(report, (trial) => trial.verdict === 'spoiled');
  const hasSpoiled = trials.some(({ verdict }) => verdict === 'spoiled');
  const line = (
    label: string,
    colour: Series['colour'],
    points: LimitTrial[][],
    of: (here: LimitTrial[]) => number | null,
  ): Series => ({
    label,
    colour,
    values: points.map((here) => (here.length === 0 ? null : of(here))),
  });
  const withSpoiled = (series: Series, more: () => Series): Series[] =>
    hasSpoiled ? [series, { ...more(), dashed: true }] : [series];
  const success = (here: LimitTrial[]): number => mean(here.map((trial) => trial.success * 100));
  const p99 = (here: LimitTrial[]): number | null => slowest(here, 'p99Ms');
  const p50 = (here: LimitTrial[]): number | null => slowest(here, 'p50Ms');
  return [
    titled(
      'Share that got through',
      chart(
        'success',
        '%',
        'linear',
        withSpoiled(line('target', 1, sound, success), () => line('spoiled', 7, spoiled, success)),
      ),
    ),
    titled(
      'Load that got through',
      chart('carried', 'count', 'linear', [
        ...withSpoiled(line('carried', 1, sound, meanCarried), () =>
          line('spoiled', 7, spoiled, meanCarried),
        ),
        { label: 'asked for', colour: 3, dashed: true, values: loadAxis(report) },
      ]),
    ),
    titled(
      'Latency',
      chart('latency', 'ms', 'log', [
        ...withSpoiled(line('p99', 2, sound, p99), () => line('p99, spoiled', 7, spoiled, p99)),
        line('p50', 1, sound, p50),
      ]),
    ),
  ];
}

function byValue(report: LimitReport, is: (trial: LimitTrial) => boolean): LimitTrial[][] {
  const trials = report.trials.filter(is);
  return loadAxis(report).map((value) => trials.filter((trial) => trial.value === value));
}

function meanCarried(here: LimitTrial[]): number {
  return Math.round(mean(here.map(({ carried }) => carried)));
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function slowest(here: LimitTrial[], name: 'p50Ms' | 'p99Ms'): number | null {
  const known = here.flatMap(({ latency }) => (latency === null ? [] : [latency[name]]));
  return known.length === 0 ? null : Math.max(...known);
}

function titled(title: string, chart: Chart): TitledChart {
  return { title, chart };
}

function chart(id: string, unit: Chart['unit'], scale: Chart['scale'], series: Series[]): Chart {
  return { id, axis: 'load', unit, scale, series };
}
