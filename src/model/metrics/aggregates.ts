/** What a threshold can ask of a metric. One row is all that is said of an aggregate: of what it is, in which unit, and how it is read. */
import type { MetricKind } from './metric-names.ts';

/** Units of what is judged: `time` is µs inside and ms outside; `share` is a fraction. */
export type Unit = 'time' | 'perSec' | 'count' | 'share';

const UNIT_OF_VALUES: Readonly<Record<MetricKind, Unit>> = {
  time: 'time',
  rate: 'perSec',
  counter: 'count',
  gauge: 'count',
};

/** Values of a trend, in its own unit; at least one. */
interface TrendValues {
  count: number;
  min: number;
  max: number;
  sum: number;
  percentile(percent: number): number | undefined;
}

/** A counter at the end of a run, or so far; `whole` is what its share is a share of, undefined where it takes none. */
interface CountedValue {
  count: number;
  whole: number | undefined;
  durationUs: number;
}

/** Readings of an aggregate, by the kinds of metric that take it; undefined is no data. */
interface Readings {
  ofTrend?(values: TrendValues, percent: number | undefined): number | undefined;
  ofCounter?(counted: CountedValue): number | undefined;
  ofGauge?(range: { min: number; max: number }): number;
}

export interface AggregateRow extends Readings {
  /** Unit of what comes out; absent: that of the metric's own values. */
  unit?: Unit;
  /** Words on what it is, where its name does not say so. */
  says?: string;
  /** Whether it takes a number above 0 up to 100: p(99). */
  takesPercent?: true;
  /** Names that other tools have for it. */
  otherNames?: readonly string[];
}

/** At least one reading: one that no kind of metric takes would be no aggregate. */
type ReadOfAny = { [Reading in keyof Readings]-?: Required<Pick<Readings, Reading>> }[keyof Readings];

const ROWS = {
  min: { ofTrend: ({ min }) => min, ofGauge: ({ min }) => min, otherNames: ['minimum'] },
  avg: { ofTrend: ({ sum, count }) => sum / count, otherNames: ['mean', 'average'] },
  med: { ofTrend: (values) => values.percentile(50), otherNames: ['median'] },
  max: { ofTrend: ({ max }) => max, ofGauge: ({ max }) => max, otherNames: ['maximum'] },
  p: {
    takesPercent: true,
    ofTrend: (values, percent) => (percent === undefined ? undefined : values.percentile(percent)),
  },
  count: { unit: 'count', ofTrend: ({ count }) => count, ofCounter: ({ count }) => count },
  rate: {
    unit: 'perSec',
    says: 'per second',
    ofCounter: ({ count, durationUs }) => (durationUs > 0 ? count / (durationUs / 1e6) : undefined),
  },
  // A share of nothing is no data, even where the part is something.
  share: {
    unit: 'share',
    says: 'of what was scheduled or sent',
    ofCounter: ({ count, whole = 0 }) => (whole === 0 ? undefined : count / whole),
  },
} as const satisfies Record<string, AggregateRow & ReadOfAny>;

export type Aggregate = keyof typeof ROWS;
export const AGGREGATE_ROWS: Readonly<Record<Aggregate, AggregateRow>> = ROWS;
export const AGGREGATES = Object.keys(ROWS) as readonly Aggregate[];

const READING_OF = { time: 'ofTrend', rate: 'ofTrend', counter: 'ofCounter', gauge: 'ofGauge' } as const;

/** Aggregates that metrics of a kind take. */
export function aggregatesOf(kind: MetricKind): readonly Aggregate[] {
  return AGGREGATES.filter((name) => AGGREGATE_ROWS[name][READING_OF[kind]] !== undefined);
}

/** An aggregate as it is written: p(N). */
export function written(aggregate: Aggregate): string {
  return AGGREGATE_ROWS[aggregate].takesPercent ? `${aggregate}(N)` : aggregate;
}

/** Unit of an aggregate of a kind of metric, and of the bound that it is held against; without one, of the metric's own values. */
export function unitOf(kind: MetricKind, aggregate?: Aggregate): Unit {
  return (aggregate && AGGREGATE_ROWS[aggregate].unit) ?? UNIT_OF_VALUES[kind];
}
