/** Comparison → Markdown, for a pull request or a job's summary. Pure. */
import { asCode, asText, ruledTable } from '../report/text/markdown-text.ts';
import type { Comparison } from './comparison.ts';
import { type ComparedCell, type ComparedTable, comparedTables } from './comparison-rows.ts';
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
      rules.map(
        (result) => `${isFailure(result) ? '❌' : '✅'} ${asCode(result.rule)} ${asText(ruleText(result))}`,
      ),
    ),
    ...Object.values(comparedTables(comparison)).map(table),
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

function table({ about, unit, heads, rows }: ComparedTable): string {
  if (rows.length === 0) return '';
  const rule = [':--', ...heads.map(() => '--:'), ':--'];
  return ruledTable(
    [`${about}${unit}`, ...heads, 'verdict'],
    rule,
    rows.map(({ metric, verdict, cells }) => [`\`${metric}\``, ...cells.map(cellText), verdict]),
  );
}

function cellText({ base, head, change, estimate }: ComparedCell): string {
  return `${base} → ${head}${estimate === undefined ? '' : ` (${change} ±${estimate.halfWidth})`}`;
}

function list(items: string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
