/** The charts of both runs, one over the other. */
import type { Histogram } from '../metrics/histogram/histogram.ts';
import type { SecondFacts, Summary } from '../metrics/summary.ts';
import { type Counter, TIME_TRENDS, type TimeTrend } from '../model/metrics/metric-names.ts';
import type { Chart, Colour, Series } from '../report/page/chart.ts';
import { percentileCurve } from '../report/run/percentile-chart.ts';
import { END_TO_END, rateIn, type TitledChart } from '../report/run/time-charts.ts';

/** A run as it is drawn. */
export interface DrawnRun {
  summary: Summary;
  /** The trends of the whole run, µs. */
  merged: ReadonlyMap<TimeTrend, Histogram>;
}

export interface DrawnRuns {
  base: DrawnRun;
  head: DrawnRun;
}

const COLOUR_OF: Record<keyof DrawnRuns, Colour> = { base: 1, head: 2 };
const BOTH = ['base', 'head'] as const;

/** Seconds since the start line of each run, from 0. */
export function overlayTimeAxis(runs: DrawnRuns): number[] {
  const last = Math.max(...secondsOfBoth(runs).map(({ second }) => second), -1);
  return Array.from({ length: last + 2 }, (_, second) => second);
}

/** What the end user waits for, second by second: p50, and dashed p99. */
export function latencyOverlays(runs: DrawnRuns): TitledChart[] {
  return END_TO_END.filter((name) => isIn(name, runs)).map((name) => ({
    title: name,
    chart: overTime(`latency-${name}`, 'ms', 'log', runs, [
      ['p50', (second) => second.trends[name]?.p50 ?? null],
      ['p99', (second) => second.trends[name]?.p99 ?? null],
    ]),
  }));
}

const LOADS: [title: string, counter: Counter][] = [
  ['Connects ok', 'connects_ok'],
  ['Connects failed', 'connects_failed'],
  ['Messages acked', 'messages_acked'],
  ['Messages received', 'messages_received'],
];

export function loadOverlays(runs: DrawnRuns): TitledChart[] {
  const moved = LOADS.filter(([, counter]) =>
    Object.values(runs).some(({ summary }) => summary.counters[counter] > 0),
  );
  return moved.map(([title, counter]) => ({
    title,
    chart: overTime(counter, 'per second', 'linear', runs, [['', (second) => rateIn(second, counter)]]),
  }));
}

/** One chart for each trend, those first that are named first. */
export function percentileOverlays(runs: DrawnRuns, first: readonly TimeTrend[]): TitledChart[] {
  return [...new Set([...first, ...TIME_TRENDS])]
    .filter((name) => isIn(name, runs))
    .map((name) => {
      const series = BOTH.flatMap((run): Series[] => {
        const histogram = runs[run].merged.get(name);
        return histogram === undefined
          ? []
          : [{ label: run, colour: COLOUR_OF[run], values: percentileCurve(histogram) }];
      });
      return {
        title: name,
        chart: { id: `percentiles-${name}`, axis: 'percentile', unit: 'ms', scale: 'log', series },
      };
    });
}

function isIn(name: TimeTrend, { base, head }: DrawnRuns): boolean {
  return base.merged.has(name) || head.merged.has(name);
}

function secondsOfBoth({ base, head }: DrawnRuns): SecondFacts[] {
  return [...base.summary.windows, ...head.summary.windows];
}

type ValueOf = (second: SecondFacts) => number | null;

/** The first is drawn whole, the second dashed; each for both runs, at the end of its second. */
function overTime(
  id: string,
  unit: Chart['unit'],
  scale: Chart['scale'],
  runs: DrawnRuns,
  lines: [name: string, of: ValueOf][],
): Chart {
  const axis = overlayTimeAxis(runs);
  const series = lines.flatMap(([name, of], line) =>
    BOTH.map((run): Series => {
      const facts = new Map(runs[run].summary.windows.map((each) => [each.second + 1, each]));
      const values = axis.map((second) => {
        const found = facts.get(second);
        return found === undefined || found.closing ? null : of(found);
      });
      return {
        label: `${run} ${name}`.trim(),
        colour: COLOUR_OF[run],
        values,
        ...(line === 0 ? {} : { dashed: true }),
      };
    }),
  );
  return { id, axis: 'time', unit, scale, series };
}
