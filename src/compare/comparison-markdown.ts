/** Comparison → Markdown, for a pull request or a job's summary. Pure. */
import { kindOfMetric, type MetricKind } from '../model/metrics/metric-names.ts';
import { formatCount } from '../report/text/format.ts';
import { asCode, asText } from '../report/text/markdown-text.ts';
import { COMPARED_AGGREGATES, type Comparison } from './comparison.ts';
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

/** Text without a final newline. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { base, head, differences, rules } = comparison;
  return [
    `## ${asText(base.scenario.name)}: ${asText(overallVerdict(comparison).words)} (${countedVerdicts(comparison)})`,
    doubts(comparison)
      .map((doubt) => `> **${asText(doubt)}**`)
      .join('\n'),
    list(
      metricDifferences(comparison).map(
        ({ verdict, metric, figures }) => `**${verdict}** \`${metric}\` ${figures}`,
      ),
    ),
    list(
      rules.map((result) => `${isFailure(result) ? '❌' : '✅'} ${asCode(result.rule)} ${ruleText(result)}`),
    ),
    trendTable('Latency (ms)', 'time', comparison),
    trendTable('Throughput (/s)', 'rate', comparison),
    counterTable(comparison),
    list([
      `base: ${asText(base.path)}, ${asText(base.startedAt)}, ${asText(base.scenario.target)}`,
      `head: ${asText(head.path)}, ${asText(head.startedAt)}, ${asText(head.scenario.target)}`,
      ...differences.map(({ what, base, head }) => `${asCode(what)}: ${asText(base)} → ${asText(head)}`),
      ...basis(comparison),
      ...scarceFigures(comparison).map((said) => `too little data: ${said}`),
    ]),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function trendTable(title: string, kind: MetricKind, comparison: Comparison): string {
  const rows = trendsOf(comparison)
    .filter(([metric]) => kindOfMetric(metric) === kind)
    .map(([metric, trend]) => {
      const { base, head } = trend.max;
      const figures = COMPARED_AGGREGATES.map((name) => figureCell(trend[name]));
      return [`\`${metric}\``, ...figures, `${number(base)} → ${number(head)}`, trend.verdict];
    });
  return table([title, ...COMPARED_AGGREGATES, 'max', 'verdict'], rows);
}

function figureCell(figure: FigureComparison): string {
  const { base, head, change } = figure;
  return `${number(base)} → ${number(head)} (${signed(change)} ±${halfWidth(figure)})`;
}

function counterTable(comparison: Comparison): string {
  const rows = countersOf(comparison).map(([metric, { count, rate, verdict }]) => [
    `\`${metric}\``,
    `${formatCount(count.base)} → ${formatCount(count.head)}`,
    figureCell(rate),
    verdict,
  ]);
  return table(['Counters', 'count', 'per second', 'verdict'], rows);
}

function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return '';
  const rule = head.map((_, index) => (index === 0 || index === head.length - 1 ? ':--' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function list(items: string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
