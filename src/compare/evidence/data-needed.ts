/** How much a run must hold for one of its figures to be held against another run's. */
import { kindOfMetric, type RateTrend, type TimeTrend } from '../../model/metrics/metric-names.ts';
import { type Figure, percentOf } from './run-figures.ts';
import type { RunSecond } from './seconds.ts';

/** Fewer say too little about how much seconds differ. */
const LEAST_SECONDS = 10;
/** Values on the thinner side of a percentile, and for a mean. With fewer it is one or two values that decide. */
const LEAST_VALUES = 10;

export interface DataAmount {
  values: number;
  /** Those with at least one value. */
  seconds: number;
}

/** p50 needs 20 values, p99 1000. */
export function valuesNeeded(aggregate: string): number {
  const percent = percentOf(aggregate);
  if (percent === undefined) return LEAST_VALUES;
  return Math.ceil((LEAST_VALUES * 100) / Math.min(percent, 100 - percent) - 1e-6);
}

/** Seconds with as many values as those that are there; 0 when these are enough, infinite where there are none. */
export function secondsNeeded(aggregate: string, { values, seconds }: DataAmount): number {
  if (values === 0) return Number.POSITIVE_INFINITY;
  const needed = valuesNeeded(aggregate);
  if (values >= needed && seconds >= LEAST_SECONDS) return 0;
  return Math.max(LEAST_SECONDS, Math.ceil((needed * seconds) / values));
}

/** Of a counter there is one value in every second. */
export function amountOf(seconds: readonly RunSecond[], metric: Figure['metric']): DataAmount {
  if (kindOfMetric(metric) === 'counter') {
    const there = seconds.filter(({ lengthUs }) => lengthUs > 0).length;
    return { values: there, seconds: there };
  }
  const counts = seconds.map(({ trends }) =>
    (trends[metric as TimeTrend | RateTrend]?.counts ?? []).reduce((sum, count) => sum + count, 0),
  );
  return {
    values: counts.reduce((sum, count) => sum + count, 0),
    seconds: counts.filter((count) => count > 0).length,
  };
}
