/** The percentile curve of each trend, as HdrHistogram draws it: the further right, the rarer the value. */
import type { Histogram } from '../../metrics/histogram/histogram.ts';
import { TIME_TRENDS, type TimeTrend } from '../../model/metrics/metric-names.ts';
import { TIME_ROWS } from '../../model/metrics/trends.ts';
import type { Chart, Colour, Series } from '../page/chart.ts';

/** Decades of the axis and steps in each: below 90 % of 2.5 %, below 99 % of 0.25 %, and so on, at percentiles with short names. */
const DECADES = 4;
const STEPS = 36;

/** Percentiles that are drawn, in percent, from 0 to 99.99. */
export const PERCENTS: readonly number[] = [
  ...Array.from({ length: DECADES * STEPS }, (_, index) => {
    const tail = 100 / 10 ** Math.floor(index / STEPS);
    return tidy(100 - tail + (index % STEPS) * (tail / (STEPS + 4)));
  }),
  100 - 100 / 10 ** DECADES,
];

/** Places of the percentiles on the axis, 1 / (1 - p): a decade of it is a nine more. */
export function percentileAxis(): number[] {
  return PERCENTS.map((percent) => tidy(100 / (100 - percent)));
}

/** Whether a curve is shown without being asked for: not the parts of a connect, nor how late the generator was. */
const isShownAtFirst = (name: TimeTrend): boolean => TIME_ROWS[name].watched !== undefined;

const COLOURS = 7;

export function percentileChart(merged: ReadonlyMap<TimeTrend, Histogram>): Chart {
  const shownFirst = TIME_TRENDS.filter((name) => merged.has(name)).sort(
    (a, b) => Number(isShownAtFirst(b)) - Number(isShownAtFirst(a)),
  );
  const series = shownFirst.map((name, index): Series => {
    return {
      label: name,
      colour: ((index % COLOURS) + 1) as Colour,
      ...(index < COLOURS ? {} : { dashed: true }),
      ...(isShownAtFirst(name) ? {} : { hidden: true }),
      values: percentileCurve(merged.get(name)!),
    };
  });
  return { id: 'percentiles', axis: 'percentile', unit: 'ms', scale: 'log', series };
}

/** Values at the percentiles, ms. The curve ends at the greatest: of a hundred values none is at 99.9 %. */
export function percentileCurve(histogram: Histogram): (number | null)[] {
  let isAtMax = false;
  return PERCENTS.map((percent) => {
    if (isAtMax) return null;
    isAtMax = (histogram.count * (100 - percent)) / 100 < 1;
    return histogram.percentile(percent)! / 1e3;
  });
}

/** A number without the dust of binary fractions. */
function tidy(value: number): number {
  return Number(value.toPrecision(10));
}
