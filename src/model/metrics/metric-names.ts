/** The names of all metrics and what kind each is, as the tables have them: in the order in which reports list them. */
import { COUNTER_ROWS, type Counter, type NeedOfCounter } from './counters.ts';
import { GAUGE_ROWS, type Gauge } from './gauges.ts';
import type { MetricRow } from './row.ts';
import { type NeedOfTrend, RATE_ROWS, type RateTrend, TIME_ROWS, type TimeTrend } from './trends.ts';

export type { Counter, Gauge, RateTrend, TimeTrend };
export type MetricName = TimeTrend | RateTrend | Counter | Gauge;
export type MetricKind = 'time' | 'rate' | 'counter' | 'gauge';
/** Names of what metrics need a scenario to do. */
export type NeedName = NeedOfCounter | NeedOfTrend;

export const TIME_TRENDS = Object.keys(TIME_ROWS) as readonly TimeTrend[];
export const RATE_TRENDS = Object.keys(RATE_ROWS) as readonly RateTrend[];
export const COUNTERS = Object.keys(COUNTER_ROWS) as readonly Counter[];

/** Rows of all metrics, with what is said of any, whatever its kind. */
export const METRIC_ROWS: Readonly<Record<MetricName, MetricRow<NeedName>>> = {
  ...TIME_ROWS,
  ...RATE_ROWS,
  ...COUNTER_ROWS,
  ...GAUGE_ROWS,
};

const ROWS_OF = { time: TIME_ROWS, rate: RATE_ROWS, counter: COUNTER_ROWS, gauge: GAUGE_ROWS };

const KIND_OF: ReadonlyMap<string, MetricKind> = new Map(
  (Object.keys(ROWS_OF) as MetricKind[]).flatMap((kind) =>
    Object.keys(ROWS_OF[kind]).map((name) => [name, kind] as const),
  ),
);

export const METRIC_NAMES: readonly string[] = [...KIND_OF.keys()];

/** Kind of a metric; undefined for a name that is none. */
export function kindOfMetric(name: string): MetricKind | undefined {
  return KIND_OF.get(name);
}
