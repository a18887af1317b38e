/** Summary → Markdown, as the job summary of GitHub Actions and the descriptions of merge requests show it. */
import type { Summary } from '../../metrics/summary.ts';
import { type Objection, objectionsTo } from '../../metrics/threshold/verdict.ts';
import { formatCount } from '../text/format.ts';
import { asCode, asText, markdownTable } from '../text/markdown-text.ts';
import type { Paint } from '../text/paint.ts';
import { countRows, type FigureTable, latencyFigures, throughputFigures } from './figures.ts';
import { thresholdName, thresholdOutcome } from './threshold-text.ts';

const BOLD: Paint = {
  good: (text) => text,
  bad: (text) => `**${text}**`,
  dim: (text) => text,
  strong: (text) => `**${text}**`,
};

/** Ends with a newline. */
export function summaryMarkdown(summary: Summary, allowInvalid = false): string {
  const blocks = [
    headline(summary, objectionsTo(summary, allowInvalid)),
    facts(summary),
    section('Thresholds', thresholds(summary)),
    section('Counts', counts(summary)),
    section('Latency', figures(latencyFigures(summary))),
    section('Throughput', figures(throughputFigures(summary))),
    section('Failures', failures(summary)),
    section('Generator', generator(summary)),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** Green is for what was judged: a run without thresholds came to its end, and that is all. */
function headline({ scenario, thresholds }: Summary, objections: Objection[]): string {
  const name = asText(scenario.name);
  if (objections.length > 0) {
    return [`## ❌ ${name} failed`, ...objections.map(({ said }) => `- ❌ ${asText(said)}`)].join('\n');
  }
  return thresholds.length > 0
    ? `## ✅ ${name} passed`
    : `## ${name} completed: no thresholds, nothing judged`;
}

function facts({ scenario, outcome, durationMs, startedAt, tool }: Summary): string {
  const { devices, target, client, protocol, signmethod, workers } = scenario;
  const reason = outcome.reason === null ? '' : `: ${asText(outcome.reason)}`;
  return [
    `${formatCount(devices)} devices → ${asCode(target)}`,
    `MQTT ${asText(protocol)}, client ${asText(client)}, ${asText(signmethod)}, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    `**${outcome.state}** after ${(durationMs / 1000).toFixed(1)} s${reason}`,
    `started at ${asText(startedAt)}, ${asText(tool.name)} ${asText(tool.version)}`,
  ].join('  \n');
}

function section(title: string, content: string): string {
  return content === '' ? '' : `### ${title}\n\n${content}`;
}

function thresholds(summary: Summary): string {
  const { thresholds } = summary;
  if (thresholds.length === 0) return '';
  const rows = thresholds.map((result) => [
    result.verdict === 'pass' ? '✅' : '❌',
    asCode(thresholdName(result)),
    asText(thresholdOutcome(result, summary)),
  ]);
  return markdownTable(['', 'Threshold', 'Result'], rows);
}

function counts(summary: Summary): string {
  const rows = countRows(summary, BOLD).map(([label, parts]) => [label, parts.join(', ')]);
  return markdownTable(['', ''], rows);
}

function figures({ head, rows }: FigureTable): string {
  const named = rows.map(([name = '', ...numbers]) => [asCode(name), ...numbers]);
  return rows.length === 0 ? '' : markdownTable(head, named, 1);
}

function failures({ failures }: Summary): string {
  if (failures.length === 0) return '';
  const rows = failures.map(({ count, phase, kind, code, examples, hint }) => [
    formatCount(count),
    asText(phase),
    asText(`${kind} ${code}`),
    examples.map(asCode).join(' '),
    asText(hint),
  ]);
  return markdownTable(['Count', 'Phase', 'Failure', 'Devices, e.g.', 'What to do'], rows);
}

function generator({ health, imbalances, standIn, warnings = [] }: Summary): string {
  const mark = { valid: '✅', suspect: '⚠️', invalid: '❌' }[health.verdict];
  const lines = [
    `- ${mark} the generator's figures are **${health.verdict}**`,
    ...health.reasons.map((reason) => `  - ⚠️ ${asText(reason)}`),
    ...imbalances.map((imbalance) => `- ❌ the books do not balance: ${asText(imbalance)}`),
    ...warnings.map((warning) => `- ⚠️ ${asText(warning)}`),
  ];
  if (standIn !== null) {
    const { differences } = standIn;
    if (differences.length === 0) lines.push("- ✅ the stand-in's own counts equal the run's");
    for (const difference of differences) lines.push(`- ⚠️ the stand-in differs: ${asText(difference)}`);
  }
  const workers = health.workers.map((worker, index) => [
    String(index),
    worker.cpu === null ? 'n/a' : percent(worker.cpu),
    percent(worker.utilization),
    percent(worker.utilizationMax),
    percent(worker.gc),
    `${Math.round(worker.loopDelayMaxMs)} ms`,
  ]);
  const head = ['Worker', 'CPU', 'Event loop busy', 'at most', 'Garbage', 'Longest hold-up'];
  return [lines.join('\n'), ...(workers.length > 0 ? [markdownTable(head, workers, 1)] : [])].join('\n\n');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
