/** Two runs side by side: the content of `compare --json`, and what every other form of it is a function of. Pure. */

import type { Summary } from '../metrics/summary.ts';
import {
  COUNTERS,
  type Counter,
  kindOfMetric,
  RATE_TRENDS,
  type RateTrend,
  TIME_TRENDS,
  type TimeTrend,
} from '../model/metrics/metric-names.ts';
import type { FinishedRun } from '../report/run/run-files.ts';
import type { RunDifference } from './comparability.ts';
import type { ChangeRule } from './evidence/change-rule.ts';
import { estimates } from './evidence/estimates.ts';
import type { Figure } from './evidence/run-figures.ts';
import { type RunSecond, secondsOf } from './evidence/seconds.ts';
import { type FigureComparison, figureComparison } from './figure-comparison.ts';
import { judgeCountRule, judgeRule, type RuleResult } from './judge-rule.ts';
import { type ChangeVerdict, gravest, type Tolerance } from './verdict.ts';

export const COMPARED_AGGREGATES = ['p50', 'p90', 'p99', 'mean'] as const;

export type TrendComparison = { verdict: ChangeVerdict } & Record<
  (typeof COMPARED_AGGREGATES)[number],
  FigureComparison
> & {
    /** Of the whole run; a single value has no interval. */
    max: { base: number | null; head: number | null };
  };

export interface CounterComparison {
  verdict: ChangeVerdict;
  /** Of the whole run. */
  count: { base: number; head: number };
  rate: FigureComparison;
}

export interface ComparedRun {
  path: string;
  startedAt: string;
  scenario: Summary['scenario'];
  outcome: Summary['outcome'];
  connects: { scheduled: number; ok: number };
  health: Pick<Summary['health'], 'verdict' | 'reasons'>;
}

export interface Comparison {
  /** The gravest of all metrics. */
  verdict: ChangeVerdict;
  base: ComparedRun;
  head: ComparedRun;
  /** What was allowed to differ, and what differs at the other end of the connections. */
  differences: RunDifference[];
  /** Those that were compared. */
  seconds: { base: number; head: number };
  /** That all intervals hold at once. */
  confidence: number;
  tolerance: Tolerance;
  trends: Partial<Record<TimeTrend | RateTrend, TrendComparison>>;
  counters: Partial<Record<Counter, CounterComparison>>;
  rules: RuleResult[];
}

export interface ComparisonRequest {
  base: { path: string; run: FinishedRun };
  head: { path: string; run: FinishedRun };
  differences: RunDifference[];
  tolerance: Tolerance;
  rules: ChangeRule[];
  /** Uniform in [0, 1). */
  random(): number;
}

const BOOTSTRAP = { confidence: 0.95, resamples: 1000 };

export function compareRuns(request: ComparisonRequest): Comparison {
  const { base, head, differences, tolerance, rules, random } = request;
  const [baseSummary, headSummary] = [base.run.summary, head.run.summary];
  const seconds = comparedSeconds(base.run, head.run);
  const trendNames = [...TIME_TRENDS, ...RATE_TRENDS].filter(
    (name) => baseSummary.trends[name] !== null || headSummary.trends[name] !== null,
  );
  const counterNames = COUNTERS.filter((name) => baseSummary.counters[name] + headSummary.counters[name] > 0);
  const figures = [
    ...trendNames.flatMap((metric) => COMPARED_AGGREGATES.map((aggregate) => ({ metric, aggregate }))),
    ...counterNames.map((metric) => ({ metric, aggregate: 'rate' })),
    ...rules.map(({ figure }) => figure).filter(({ aggregate }) => aggregate !== 'count'),
  ];
  const distinct = new Map(figures.map((figure) => [keyOf(figure), figure]));
  const found = estimates(...seconds, [...distinct.values()], { random, ...BOOTSTRAP });
  const estimateOf = new Map([...distinct.keys()].map((key, index) => [key, found[index]!]));
  const compared = (figure: Figure): FigureComparison => {
    const isKnown = wholeCounts(figure, base.run, seconds[0]) && wholeCounts(figure, head.run, seconds[1]);
    const estimate = estimateOf.get(keyOf(figure))!;
    return figureComparison(figure, isKnown ? estimate : { ...estimate, halfWidth: undefined }, tolerance);
  };
  const trends = entriesOf(trendNames, (metric) =>
    trendComparison(metric, baseSummary, headSummary, compared),
  );
  const counters = entriesOf(counterNames, (metric): CounterComparison => {
    const rate = compared({ metric, aggregate: 'rate' });
    const count = { base: baseSummary.counters[metric], head: headSummary.counters[metric] };
    // Known at the end only: there is no interval, but what is the same does not differ.
    const isOfEnd = rate.low === null && rate.secondsNeeded === null;
    return { verdict: isOfEnd && count.base === count.head ? 'no difference' : rate.verdict, count, rate };
  });
  return {
    verdict: gravest([...Object.values(trends), ...Object.values(counters)].map(({ verdict }) => verdict)),
    base: comparedRun(base),
    head: comparedRun(head),
    differences,
    seconds: { base: seconds[0].length, head: seconds[1].length },
    confidence: BOOTSTRAP.confidence,
    tolerance,
    trends,
    counters,
    rules: rules.map((rule) =>
      rule.figure.aggregate === 'count'
        ? judgeCountRule(rule, baseSummary, headSummary)
        : judgeRule(rule, compared(rule.figure), baseSummary, headSummary),
    ),
  };
}

function keyOf({ metric, aggregate }: Figure): string {
  return `${metric}.${aggregate}`;
}

function entriesOf<Name extends string, Value>(
  names: Name[],
  of: (name: Name) => Value,
): Partial<Record<Name, Value>> {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Partial<Record<Name, Value>>;
}

/** Runs of one scenario may differ by the last second, whole in one and all but whole in the other: it is left out then. */
function comparedSeconds(base: FinishedRun, head: FinishedRun): [RunSecond[], RunSecond[]] {
  const [a, b] = [base, head].map(({ summary, intervals }) =>
    secondsOf(summary.windows, summary.durationMs, intervals),
  ) as [RunSecond[], RunSecond[]];
  const most = Math.abs(a.length - b.length) <= 1 ? Math.min(a.length, b.length) : Number.POSITIVE_INFINITY;
  return [a.slice(0, most), b.slice(0, most)];
}

/** False for a counter most of which is known at the end of a run only (what was lost, say): its seconds say nothing of it. */
function wholeCounts({ metric }: Figure, { summary }: FinishedRun, seconds: RunSecond[]): boolean {
  if (kindOfMetric(metric) !== 'counter') return true;
  const counter = metric as Counter;
  const counted = seconds.reduce((sum, { counters }) => sum + (counters[counter] ?? 0), 0);
  return counted >= summary.counters[counter] / 2;
}

function trendComparison(
  metric: TimeTrend | RateTrend,
  base: Summary,
  head: Summary,
  compared: (figure: Figure) => FigureComparison,
): TrendComparison {
  const of = (aggregate: string): FigureComparison => compared({ metric, aggregate });
  const figures = { p50: of('p50'), p90: of('p90'), p99: of('p99'), mean: of('mean') };
  const max = { base: base.trends[metric]?.max ?? null, head: head.trends[metric]?.max ?? null };
  return { verdict: gravest(Object.values(figures).map(({ verdict }) => verdict)), ...figures, max };
}

function comparedRun({ path, run }: ComparisonRequest['base']): ComparedRun {
  const { startedAt, scenario, outcome, health, counters } = run.summary;
  const { verdict, reasons } = health;
  const connects = { scheduled: counters.connects_scheduled, ok: counters.connects_ok };
  return { path, startedAt, scenario, outcome, connects, health: { verdict, reasons } };
}
