/** Judges thresholds on the merged data. No data is never a pass. */
import { COUNTER_ROWS } from '../../model/metrics/counters.ts';
import {
  type Counter,
  kindOfMetric,
  type MetricName,
  type RateTrend,
  type TimeTrend,
} from '../../model/metrics/metric-names.ts';
import { lackOf } from '../../model/metrics/wholes.ts';
import type { Operator, Threshold } from '../../model/scenario.ts';
import { msFromUs } from '../../model/units.ts';
import type { Histogram } from '../histogram/histogram.ts';

export interface ThresholdResult {
  metric: MetricName;
  expression: string;
  verdict: 'pass' | 'fail' | 'no-data';
  /** In the unit of reports (ms for times); null without data. */
  actual: number | null;
  /** It failed during the run and ended it; verdict and `actual` are those of that moment, whatever came in during the drain. */
  abortedRun?: true;
}

export interface Measured {
  /** NaN: not known yet, which is no data. */
  counters: Readonly<Record<Counter, number>>;
  /** Undefined or empty: no data. */
  histogram(name: TimeTrend | RateTrend): Histogram | undefined;
  open: { min: number; max: number } | undefined;
  /** As in Counted. */
  heard: number;
  durationUs: number;
}

const COMPARE: Record<Operator, (actual: number, bound: number) => boolean> = {
  '<': (actual, bound) => actual < bound,
  '<=': (actual, bound) => actual <= bound,
  '>': (actual, bound) => actual > bound,
  '>=': (actual, bound) => actual >= bound,
  '==': (actual, bound) => actual === bound,
  '!=': (actual, bound) => actual !== bound,
};

export function judgeThresholds(thresholds: Threshold[], measured: Measured): ThresholdResult[] {
  return thresholds.map((threshold) => {
    const { metric, expression, operator, bound } = threshold;
    const value = measuredValue(threshold, measured);
    if (value === undefined || Number.isNaN(value))
      return { metric, expression, verdict: 'no-data', actual: null };
    const verdict = COMPARE[operator](value, bound) ? 'pass' : 'fail';
    return { metric, expression, verdict, actual: shown(threshold, value) };
  });
}

function measuredValue(threshold: Threshold, measured: Measured): number | undefined {
  switch (kindOfMetric(threshold.metric)) {
    case 'counter':
      return counterValue(threshold, threshold.metric as Counter, measured);
    case 'gauge':
      return gaugeValue(threshold, measured);
    default:
      return trendValue(threshold, measured.histogram(threshold.metric as TimeTrend | RateTrend));
  }
}

/** An aggregate that the metric does not take has no value, and so is never a pass; the scenario's schema lets none through. */
function gaugeValue({ aggregate }: Threshold, { open }: Measured): number | undefined {
  return aggregate === 'min' || aggregate === 'max' ? open?.[aggregate] : undefined;
}

function counterValue(threshold: Threshold, name: Counter, measured: Measured): number | undefined {
  const count = measured.counters[name];
  if (lackOf(name, measured) !== undefined) return undefined;
  switch (threshold.aggregate) {
    case 'count':
      return count;
    case 'rate':
      return measured.durationUs > 0 ? count / (measured.durationUs / 1e6) : undefined;
    case 'share': {
      const wholeName = COUNTER_ROWS[name].shareOf;
      const whole = wholeName === undefined ? 0 : measured.counters[wholeName];
      // A share of nothing is no data, even where the part is something.
      return whole === 0 ? undefined : count / whole;
    }
    case 'min':
    case 'avg':
    case 'med':
    case 'max':
    case 'p':
      return undefined;
  }
}

function trendValue(threshold: Threshold, histogram: Histogram | undefined): number | undefined {
  if (histogram === undefined || histogram.count === 0) return undefined;
  switch (threshold.aggregate) {
    case 'min':
      return histogram.min;
    case 'max':
      return histogram.max;
    case 'avg':
      return histogram.sum / histogram.count;
    case 'med':
      return histogram.percentile(50);
    case 'p':
      return threshold.percentile === undefined ? undefined : histogram.percentile(threshold.percentile);
    case 'count':
      return histogram.count;
    case 'rate':
    case 'share':
      return undefined;
  }
}

function shown(threshold: Threshold, value: number): number {
  const isTime = kindOfMetric(threshold.metric) === 'time' && threshold.aggregate !== 'count';
  return isTime ? msFromUs(value) : Math.round(value * 1e6) / 1e6;
}
