/** Judges thresholds on the merged data. No data is never a pass. */
import { AGGREGATE_ROWS, type AggregateRow, unitOf } from '../../model/metrics/aggregates.ts';
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
  /** Value that was judged, in the unit of reports (ms for times); null without data. */
  actual: number | null;
  /** Whether it failed during the run and ended it; verdict and `actual` are those of that moment, whatever came in during the drain. */
  abortedRun?: true;
}

export interface Measured {
  /** Counts; NaN is not known yet, which is no data. */
  counters: Readonly<Record<Counter, number>>;
  /** Values of a trend; undefined or empty is no data. */
  histogram(name: TimeTrend | RateTrend): Histogram | undefined;
  open: { min: number; max: number } | undefined;
  /** Messages that came and could be told apart, as in Counted. */
  heard: number;
  durationUs: number;
}

/** Whether a value is on the side of a bound that an operator asks for. */
export const COMPARE: Record<Operator, (actual: number, bound: number) => boolean> = {
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

/**
 * Value that a threshold judges. An aggregate that the metric does not take has none, and so is never a pass; the scenario's schema lets
 * none through.
 */
function measuredValue(threshold: Threshold, measured: Measured): number | undefined {
  const { metric, aggregate, percentile } = threshold;
  const { ofTrend, ofCounter, ofGauge } = AGGREGATE_ROWS[aggregate];
  switch (kindOfMetric(metric)) {
    case 'counter':
      return ofCounter && countedValue(metric as Counter, ofCounter, measured);
    case 'gauge':
      return measured.open && ofGauge?.(measured.open);
    default: {
      const histogram = measured.histogram(metric as TimeTrend | RateTrend);
      return histogram === undefined || histogram.count === 0 ? undefined : ofTrend?.(histogram, percentile);
    }
  }
}

function countedValue(
  name: Counter,
  read: NonNullable<AggregateRow['ofCounter']>,
  measured: Measured,
): number | undefined {
  if (lackOf(name, measured) !== undefined) return undefined;
  const { counters, durationUs } = measured;
  const { shareOf } = COUNTER_ROWS[name];
  return read({ count: counters[name], whole: shareOf && counters[shareOf], durationUs });
}

function shown({ metric, aggregate }: Threshold, value: number): number {
  const unit = unitOf(kindOfMetric(metric)!, aggregate);
  return unit === 'time' ? msFromUs(value) : Math.round(value * 1e6) / 1e6;
}
