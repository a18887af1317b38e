/** Comparison → what a person reads on the terminal. The verdict comes last, where the eye is. */

import { kindOfMetric, type MetricKind } from '../model/metrics/metric-names.ts';
import { inert } from '../model/terminal-text.ts';
import { formatCount } from '../report/text/format.ts';
import type { Paint } from '../report/text/paint.ts';
import { plainTable } from '../report/text/plain-table.ts';
import type { ComparedRun, Comparison, TrendComparison } from './comparison.ts';
import { COMPARED_AGGREGATES } from './comparison.ts';
import {
  basis,
  countedVerdicts,
  countersOf,
  doubts,
  halfWidth,
  metricDifferences,
  number,
  overallVerdict,
  ruleText,
  scarceFigures,
  signed,
  trendsOf,
} from './comparison-words.ts';
import type { FigureComparison } from './figure-comparison.ts';
import { isFailure } from './judge-rule.ts';
import type { Verdict } from './verdict.ts';

/** Text without a final newline. */
export function comparisonTable(given: Comparison, paint: Paint): string {
  const comparison = inert(given);
  return [
    heading(comparison, paint),
    trendTable('Latency (ms)', 'time', comparison, paint),
    trendTable('Throughput (/s)', 'rate', comparison, paint),
    counterTable(comparison, paint),
    verdict(comparison, paint),
    rules(comparison, paint),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function heading(comparison: Comparison, paint: Paint): string {
  const { base, head, differences } = comparison;
  return [
    runLine('base', base, paint),
    runLine('head', head, paint),
    ...differences.map(({ what, base, head }) => `      ${what}: ${base} → ${head}`),
    ...doubts(comparison).map((doubt) => paint.bad(doubt)),
    ...basis(comparison).map(paint.dim),
  ].join('\n');
}

function runLine(which: string, { path, scenario, startedAt }: ComparedRun, paint: Paint): string {
  const { name, target } = scenario;
  return `${paint.strong(which)}  ${name} → ${target}, ${startedAt.slice(0, 19)}Z, ${path}`;
}

function trendTable(title: string, kind: MetricKind, comparison: Comparison, paint: Paint): string {
  const rows = trendsOf(comparison)
    .filter(([metric]) => kindOfMetric(metric) === kind)
    .flatMap(([metric, trend]) => trendRows(metric, trend, paint));
  if (rows.length === 0) return '';
  return plainTable([title, '', ...COMPARED_AGGREGATES, 'max'].map(paint.dim), rows);
}

function trendRows(metric: string, trend: TrendComparison, paint: Paint): string[][] {
  const each = (said: (figure: FigureComparison) => string): string[] =>
    COMPARED_AGGREGATES.map((aggregate) => said(trend[aggregate]));
  const { max } = trend;
  const change = max.base === null || max.head === null ? null : max.head - max.base;
  return [
    [metric, 'base', ...each(({ base }) => number(base)), number(max.base)],
    [painted(trend.verdict, paint), 'head', ...each(({ head }) => number(head)), number(max.head)],
    ['', 'change', ...each((figure) => changeCell(figure, paint)), signed(change)],
    ['', '±', ...each(halfWidth), ''],
  ];
}

function changeCell({ change, verdict }: FigureComparison, paint: Paint): string {
  return painted(verdict, paint, signed(change));
}

function counterTable(comparison: Comparison, paint: Paint): string {
  const rows = countersOf(comparison).map(([metric, { count, rate, verdict }]) => [
    metric,
    formatCount(count.base),
    formatCount(count.head),
    number(rate.base),
    number(rate.head),
    halfWidth(rate),
    painted(verdict, paint),
  ]);
  if (rows.length === 0) return '';
  return plainTable(['Counters', 'base', 'head', 'base/s', 'head/s', '±', ''].map(paint.dim), rows);
}

function verdict(comparison: Comparison, paint: Paint): string {
  const overall = overallVerdict(comparison);
  const lines = metricDifferences(comparison).map(
    ({ verdict, metric, figures }) => `  ${painted(verdict, paint)} ${metric}  ${figures}`,
  );
  const scarce = scarceFigures(comparison);
  if (scarce.length > 0) lines.push(paint.dim('  Too little data; it takes seconds as full as these:'));
  lines.push(...scarce.map((said) => paint.dim(`    ${said}`)));
  return [
    `${paint.strong('Verdict')}     ${painted(overall.verdict, paint, overall.words)} (${countedVerdicts(comparison)})`,
    ...lines,
  ].join('\n');
}

function rules({ rules }: Comparison, paint: Paint): string {
  if (rules.length === 0) return '';
  const lines = rules.map((result) => {
    const mark = isFailure(result) ? paint.bad('✗') : paint.good('✓');
    return `  ${mark} ${result.rule}  ${ruleText(result)}`;
  });
  return [paint.strong('Fails on'), ...lines].join('\n');
}

function painted(verdict: Verdict, paint: Paint, text: string = verdict): string {
  switch (verdict) {
    case 'worse':
      return paint.bad(text);
    case 'better':
      return paint.good(text);
    case 'different':
      return paint.strong(text);
    default:
      return verdict === 'no difference' ? text : paint.dim(text);
  }
}
