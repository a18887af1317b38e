/** Comparison → what a person reads on the terminal. The verdict comes last, where the eye is. */

import { inert } from '../model/terminal-text.ts';
import type { Paint } from '../report/text/paint.ts';
import { plainTable } from '../report/text/plain-table.ts';
import type { ComparedRun, Comparison } from './comparison.ts';
import { type ComparedRow, type ComparedTable, comparedTables } from './comparison-rows.ts';
import {
  basis,
  countedVerdicts,
  doubts,
  metricDifferences,
  overallVerdict,
  ruleText,
  scarceFigures,
} from './comparison-words.ts';
import { isFailure } from './judge-rule.ts';
import type { ChangeVerdict } from './verdict.ts';

/** Text without a final newline. */
export function comparisonTable(given: Comparison, paint: Paint): string {
  const comparison = inert(given);
  const tables = comparedTables(comparison);
  return [
    heading(comparison, paint),
    trendTable(tables.latency, paint),
    trendTable(tables.throughput, paint),
    counterTable(tables.counters, paint),
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

function trendTable({ about, unit, heads, rows }: ComparedTable, paint: Paint): string {
  if (rows.length === 0) return '';
  const head = [`${about}${unit}`, '', ...heads].map(paint.dim);
  return plainTable(
    head,
    rows.flatMap((row) => trendLines(row, paint)),
  );
}

function trendLines({ metric, verdict, cells }: ComparedRow, paint: Paint): string[][] {
  return [
    [metric, 'base', ...cells.map(({ base }) => base)],
    [painted(verdict, paint), 'head', ...cells.map(({ head }) => head)],
    [
      '',
      'change',
      ...cells.map(({ change, estimate }) => (estimate ? painted(estimate.verdict, paint, change) : change)),
    ],
    ['', '±', ...cells.map(({ estimate }) => estimate?.halfWidth ?? '')],
  ];
}

function counterTable({ about, rows }: ComparedTable, paint: Paint): string {
  if (rows.length === 0) return '';
  const lines = rows.map(({ metric, verdict, cells }) => {
    const both = cells.flatMap(({ base, head }) => [base, head]);
    return [metric, ...both, cells.at(-1)!.estimate!.halfWidth, painted(verdict, paint)];
  });
  return plainTable([about, 'base', 'head', 'base/s', 'head/s', '±', ''].map(paint.dim), lines);
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

function painted(verdict: ChangeVerdict, paint: Paint, text: string = verdict): string {
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
