/** The threshold language: `p(99) < 500ms`, `share < 1%`, `rate > 150/s`. Pure. */

import { suggestion } from '../../input/nearest.ts';
import { quoted } from '../../input/quoted.ts';
import { COUNTER_ROWS } from '../../model/metrics/counters.ts';
import {
  type Counter,
  kindOfMetric,
  METRIC_NAMES,
  type MetricKind,
  type MetricName,
} from '../../model/metrics/metric-names.ts';
import { type Aggregate, OPERATORS, type Operator, type Threshold } from '../../model/scenario.ts';
import { parseDurationUs, parsePercent, parseRatePerSec } from '../../model/units.ts';

/** White space is matched by one `\s*` at a time: two of them side by side try every way to share it. */
const EXPRESSION = /^\s*([A-Za-z_]\w*)(?:\s*\(([^()]*)\))?\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*$/;
const NUMBER = /^\d+(?:\.\d+)?$/;

const AGGREGATES_OF: Record<MetricKind, readonly Aggregate[]> = {
  time: ['min', 'avg', 'med', 'max', 'p', 'count'],
  rate: ['min', 'avg', 'med', 'max', 'p', 'count'],
  counter: ['count', 'rate', 'share'],
  gauge: ['min', 'max'],
};

const EXAMPLE: Record<MetricKind, string> = {
  time: 'p(99) < 500ms',
  rate: 'min > 150/s',
  counter: 'rate > 150/s, share < 1% or count == 0',
  gauge: 'max <= 1000',
};

/** `threshold`, or what is wrong with the expression, for a hint: it may quote parts of it. */
export type ThresholdReading = { threshold: Threshold } | { wrong: string };

/** Never throws. */
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
  const percentile = name === 'p' ? percentileOf(argument) : undefined;
  if (name === 'p' && percentile === undefined)
    return { wrong: 'p takes a number above 0 up to 100: p(99.9)' };
  if (name !== 'p' && argument !== undefined) return { wrong: `${name} takes no argument` };
  const bound = boundOf(kind, name, boundText);
  if (bound === undefined)
    return { wrong: `${quoted(boundText)} is no bound for ${shown(name)}; ${boundForm(kind, name)}` };
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

function isAggregateOf(kind: MetricKind, name: string): name is Aggregate {
  return (AGGREGATES_OF[kind] as readonly string[]).includes(name);
}

/** As other tools call them. */
const OTHER_NAMES: ReadonlyMap<string, Aggregate> = new Map([
  ['mean', 'avg'],
  ['average', 'avg'],
  ['median', 'med'],
  ['minimum', 'min'],
  ['maximum', 'max'],
]);

function meantAggregate(kind: MetricKind, name: string): string {
  const meant = OTHER_NAMES.get(name.toLowerCase());
  if (meant !== undefined && isAggregateOf(kind, meant)) return `did you mean ${meant}?`;
  // p99 is p(99), and p999 is how many tools write p(99.9).
  const [, whole, rest = ''] = /^p_?(100|\d\d?)_?(\d*)$/i.exec(name) ?? [];
  if (whole !== undefined && isAggregateOf(kind, 'p'))
    return `did you mean p(${whole}${rest && `.${rest}`})?`;
  return suggestion(name, AGGREGATES_OF[kind].map(shown));
}

function shown(aggregate: string): string {
  return aggregate === 'p' ? 'p(N)' : aggregate;
}

function percentileOf(argument: string | undefined): number | undefined {
  const text = argument?.trim() ?? '';
  const value = Number(text);
  return NUMBER.test(text) && value > 0 && value <= 100 ? value : undefined;
}

/** In the units that scenario.Threshold names. */
function boundOf(kind: MetricKind, aggregate: Aggregate, text: string): number | undefined {
  const plain = NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (aggregate === 'count' || kind === 'gauge') return plain;
  if (aggregate === 'share') return plain ?? parsePercent(text);
  if (aggregate === 'rate' || kind === 'rate') return plain ?? parseRatePerSec(text);
  return parseDurationUs(text);
}

function boundForm(kind: MetricKind, aggregate: Aggregate): string {
  if (aggregate === 'count' || kind === 'gauge') return 'write a number, e.g. 0';
  if (aggregate === 'share') return 'write e.g. 0.01 or 1%';
  if (aggregate === 'rate' || kind === 'rate') return 'write e.g. 150/s or 150';
  return 'write a duration, e.g. 500ms';
}
