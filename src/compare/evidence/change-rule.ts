/** The language of --fail-on: `connect_latency.p99 > +10%`, `connects_failed.count > +0`. Pure. */

import { suggestion } from '../../input/nearest.ts';
import { quoted } from '../../input/quoted.ts';
import {
  COUNTERS,
  kindOfMetric,
  METRIC_NAMES,
  type MetricKind,
  RATE_TRENDS,
  TIME_TRENDS,
} from '../../model/metrics/metric-names.ts';
import { parseDurationUs, parsePercent, parseRatePerSec } from '../../model/units.ts';
import { type Figure, percentOf } from './run-figures.ts';

export interface ChangeRule {
  /** As the user wrote it. */
  text: string;
  /** Its aggregate may be `count` too, of a counter. */
  figure: Figure;
  operator: ChangeOperator;
  /** A share of the base's value (0.1 is +10%), or in the figure's own unit: µs, per second, or a count. */
  limit: { kind: 'share' | 'amount'; value: number };
}

const CHANGE_OPERATORS = ['>', '>=', '<', '<='] as const;
type ChangeOperator = (typeof CHANGE_OPERATORS)[number];

const RULE = /^\s*([A-Za-z_]\w*)\.([A-Za-z]\w*(?:\.\d+)?(?:\([^()]*\))?)\s*(>=|<=|>|<)\s*([+-]?)(\S+)\s*$/;
const COMPARED: readonly string[] = [...TIME_TRENDS, ...RATE_TRENDS, ...COUNTERS];
const TREND_AGGREGATES = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'mean'];
const COUNTER_AGGREGATES = ['count', 'rate'];

/** The rule, or what is wrong with it, for a hint. Never throws. */
export type ChangeRuleReading = { rule: ChangeRule } | { wrong: string };

export function parseChangeRule(text: string): ChangeRuleReading {
  const match = RULE.exec(text);
  if (!match)
    return {
      wrong: `write METRIC.AGGREGATE OPERATOR CHANGE, e.g. connect_latency.p99 > +10%; operators: ${CHANGE_OPERATORS.join(' ')}`,
    };
  const [, metric = '', aggregate = '', operator, sign, amount = ''] = match;
  const kind = kindOfMetric(metric);
  if (kind === undefined)
    return { wrong: `no metric ${quoted(metric)}; ${suggestion(metric, METRIC_NAMES)}` };
  if (!COMPARED.includes(metric)) return { wrong: `${metric} is a level, and runs are not compared by it` };
  const wrong = wrongAggregate(kind, aggregate);
  if (wrong !== undefined) return { wrong };
  const size = limitOf(kind, aggregate, amount);
  if (size === undefined)
    return { wrong: `${quoted(amount)} is no change of ${aggregate}; ${limitForm(kind, aggregate)}` };
  const limit = { ...size, value: sign === '-' ? -size.value : size.value };
  const figure = { metric: metric as Figure['metric'], aggregate };
  return { rule: { text: text.trim(), figure, operator: operator as ChangeOperator, limit } };
}

function wrongAggregate(kind: MetricKind, aggregate: string): string | undefined {
  if (kind === 'counter') {
    if (COUNTER_AGGREGATES.includes(aggregate)) return undefined;
    return `no aggregate ${quoted(aggregate)} of a counter; ${suggestion(aggregate, COUNTER_AGGREGATES)}`;
  }
  const percent = percentOf(aggregate) ?? Number.NaN;
  if (aggregate === 'mean' || (percent > 0 && percent < 100)) return undefined;
  if (aggregate === 'max' || aggregate === 'min')
    return `${aggregate} is a single value, which says nothing for sure; use p99 or p99.9`;
  return `no aggregate ${quoted(aggregate)}; ${meant(aggregate)}`;
}

/** As thresholds and other tools call them. */
function meant(aggregate: string): string {
  if (/^(avg|average)$/i.test(aggregate)) return 'did you mean mean?';
  if (/^(med|median)$/i.test(aggregate)) return 'did you mean p50?';
  // p(99.9) is a threshold's, p999 what many tools write.
  const [, percent, nines] = /^p(?:\((\d+(?:\.\d+)?)\)|99(9+))$/i.exec(aggregate) ?? [];
  if (nines !== undefined) return `did you mean p99.${nines}?`;
  return percent === undefined ? suggestion(aggregate, TREND_AGGREGATES) : `did you mean p${percent}?`;
}

function limitOf(kind: MetricKind, aggregate: string, text: string): ChangeRule['limit'] | undefined {
  const share = parsePercent(text);
  if (share !== undefined) return { kind: 'share', value: share };
  const plain = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
  const value = amountOf(kind, aggregate, text, plain);
  return value === undefined ? undefined : { kind: 'amount', value };
}

function amountOf(
  kind: MetricKind,
  aggregate: string,
  text: string,
  plain: number | undefined,
): number | undefined {
  // No change at all is the same in every unit.
  if (plain === 0 || aggregate === 'count') return plain;
  return kind === 'time' ? parseDurationUs(text) : (plain ?? parseRatePerSec(text));
}

function limitForm(kind: MetricKind, aggregate: string): string {
  if (aggregate === 'count') return 'write e.g. +10% or +5';
  return kind === 'time' ? 'write e.g. +10% or +20ms' : 'write e.g. -5% or -10/s';
}
