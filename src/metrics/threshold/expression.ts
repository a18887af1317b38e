/** The threshold language: `p(99) < 500ms`, `share < 1%`, `rate > 150/s`. Pure. */

import { suggestion } from '../../input/nearest.ts';
import { quoted } from '../../input/quoted.ts';
import {
  AGGREGATE_ROWS,
  type Aggregate,
  aggregatesOf,
  type Unit,
  unitOf,
  written,
} from '../../model/metrics/aggregates.ts';
import { COUNTER_ROWS } from '../../model/metrics/counters.ts';
import {
  type Counter,
  kindOfMetric,
  METRIC_NAMES,
  type MetricKind,
  type MetricName,
} from '../../model/metrics/metric-names.ts';
import { OPERATORS, type Operator, type Threshold } from '../../model/scenario.ts';
import { parseDurationUs, parsePercent, parseRatePerSec } from '../../model/units.ts';

/** An expression's parts. White space is matched by one `\s*` at a time: two of them side by side try every way to share it. */
const EXPRESSION = /^\s*([A-Za-z_]\w*)(?:\s*\(([^()]*)\))?\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*$/;
const NUMBER = /^\d+(?:\.\d+)?$/;

const EXAMPLE: Record<MetricKind, string> = {
  time: 'p(99) < 500ms',
  rate: 'min > 150/s',
  counter: 'rate > 150/s, share < 1% or count == 0',
  gauge: 'max <= 1000',
};

/** A threshold, or what is wrong with the expression, for a hint: it may quote parts of it. */
export type ThresholdReading = { threshold: Threshold } | { wrong: string };

/** Reading of an expression on a metric. Never throws. */
export function parseThreshold(metric: string, expression: string): ThresholdReading {
  const kind = kindOfMetric(metric);
  if (kind === undefined)
    return { wrong: `no metric ${quoted(metric)}; ${suggestion(metric, METRIC_NAMES)}` };
  const match = EXPRESSION.exec(expression);
  if (!match) return { wrong: `write e.g. ${EXAMPLE[kind]}; operators: ${OPERATORS.join(' ')}` };
  const [, name = '', argument, operator, boundText = ''] = match;
  if (!isAggregateOf(kind, name)) {
    return { wrong: `no aggregate ${quoted(name)}; ${meantAggregate(kind, name)}` };
  }
  if (name === 'share' && COUNTER_ROWS[metric as Counter].shareOf === undefined)
    return { wrong: `${metric} are a share of nothing; take count or rate` };
  const { takesPercent } = AGGREGATE_ROWS[name];
  const percentile = takesPercent ? percentileOf(argument) : undefined;
  if (takesPercent && percentile === undefined)
    return { wrong: `${name} takes a number above 0 up to 100: ${name}(99.9)` };
  if (!takesPercent && argument !== undefined) return { wrong: `${name} takes no argument` };
  const { read, form } = BOUNDS[unitOf(kind, name)];
  const bound = read(boundText);
  if (bound === undefined) return { wrong: `${quoted(boundText)} is no bound for ${written(name)}; ${form}` };
  return {
    threshold: {
      metric: metric as MetricName,
      expression: expression.trim(),
      aggregate: name,
      ...(percentile === undefined ? {} : { percentile }),
      operator: operator as Operator,
      bound,
    },
  };
}

/** Unit after the value that was judged, in reports: a summary tells a threshold by its expression alone. */
export function unitOfActual({ metric, expression }: Pick<Threshold, 'metric' | 'expression'>): '' | ' ms' {
  const reading = parseThreshold(metric, expression);
  const aggregate = 'threshold' in reading ? reading.threshold.aggregate : undefined;
  const unit = unitOf(kindOfMetric(metric)!, aggregate);
  return unit === 'time' ? ' ms' : '';
}

function isAggregateOf(kind: MetricKind, name: string): name is Aggregate {
  return (aggregatesOf(kind) as readonly string[]).includes(name);
}

function meantAggregate(kind: MetricKind, name: string): string {
  const meant = aggregatesOf(kind).find((each) =>
    AGGREGATE_ROWS[each].otherNames?.includes(name.toLowerCase()),
  );
  if (meant !== undefined) return `did you mean ${meant}?`;
  // p99 is p(99), and p999 is how many tools write p(99.9).
  const [, whole, rest = ''] = /^p_?(100|\d\d?)_?(\d*)$/i.exec(name) ?? [];
  if (whole !== undefined && isAggregateOf(kind, 'p'))
    return `did you mean p(${whole}${rest && `.${rest}`})?`;
  return suggestion(name, aggregatesOf(kind).map(written));
}

function percentileOf(argument: string | undefined): number | undefined {
  const text = argument?.trim() ?? '';
  const value = Number(text);
  return NUMBER.test(text) && value > 0 && value <= 100 ? value : undefined;
}

function plain(text: string): number | undefined {
  return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/** How a bound is written in each unit; it is read into that of scenario.Threshold. */
const BOUNDS: Record<Unit, { read(text: string): number | undefined; form: string }> = {
  time: { read: parseDurationUs, form: 'write a duration, e.g. 500ms' },
  perSec: { read: (text) => plain(text) ?? parseRatePerSec(text), form: 'write e.g. 150/s or 150' },
  count: { read: plain, form: 'write a number, e.g. 0' },
  share: { read: (text) => plain(text) ?? parsePercent(text), form: 'write e.g. 0.01 or 1%' },
};
