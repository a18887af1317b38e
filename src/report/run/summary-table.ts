/** Summary → what a person reads on the terminal at the end of a run. */

import type { Summary } from '../../metrics/summary.ts';
import { nothingConnected } from '../../metrics/threshold/verdict.ts';
import { inert } from '../../model/terminal-text.ts';
import { formatActual, formatCount, formatFailure } from '../text/format.ts';
import type { Paint } from '../text/paint.ts';
import { plainTable } from '../text/plain-table.ts';
import { countRows, type FigureTable, latencyFigures, throughputFigures } from './figures.ts';
import { noData } from './threshold-text.ts';

/** Text without a final newline. */
export function summaryTable(given: Summary, paint: Paint): string {
  const summary = inert(given);
  return [
    heading(summary, paint),
    counts(summary, paint),
    table(latencyFigures(summary), paint),
    table(throughputFigures(summary), paint),
    failures(summary, paint),
    thresholds(summary, paint),
    trust(summary, paint),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function heading(summary: Summary, paint: Paint): string {
  const { scenario, outcome, durationMs } = summary;
  const { name, devices, target, client, protocol, signmethod, workers } = scenario;
  const unconnected = nothingConnected(summary);
  const isGood = outcome.state === 'completed' && unconnected === undefined;
  const state = isGood ? paint.good('completed') : paint.bad(outcome.state);
  const reason = outcome.reason === null ? '' : `: ${outcome.reason}`;
  return [
    `${paint.strong(name)}  ${formatCount(devices)} devices → ${target}`,
    `${signmethod}, MQTT ${protocol}, client ${client}, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    `${state} after ${(durationMs / 1000).toFixed(1)} s${reason}`,
    ...(unconnected === undefined ? [] : [paint.bad(unconnected)]),
  ].join('\n');
}

function counts(summary: Summary, paint: Paint): string {
  return countRows(summary, paint)
    .map(([label, parts]) => `${label.padEnd(12)}${parts.join('  ')}`)
    .join('\n');
}

function table({ head, rows }: FigureTable, paint: Paint): string {
  return rows.length === 0 ? '' : plainTable(head.map(paint.dim), rows);
}

function failures({ failures }: Summary, paint: Paint): string {
  if (failures.length === 0) return '';
  const lines = failures.flatMap((failure) => [
    `  ${paint.bad(formatCount(failure.count))} × ${formatFailure(failure)}  e.g. ${failure.examples.join(', ')}`,
    `      ${paint.dim(failure.hint)}`,
  ]);
  return [paint.strong('Failures'), ...lines].join('\n');
}

function thresholds(summary: Summary, paint: Paint): string {
  const { thresholds } = summary;
  if (thresholds.length === 0) return `Thresholds  none set: nothing was judged`;
  const lines = thresholds.map((result) => {
    const { metric, expression, verdict, actual, abortedRun } = result;
    const mark = verdict === 'pass' ? paint.good('✓') : paint.bad('✗');
    const said =
      actual === null ? paint.bad(noData(result, summary)) : `${paint.dim('was')} ${formatActual(actual)}`;
    return `  ${mark} ${metric} ${expression}  ${said}${abortedRun ? ', which ended the run' : ''}`;
  });
  return [paint.strong('Thresholds'), ...lines].join('\n');
}

function trust({ health, imbalances, standIn, warnings = [] }: Summary, paint: Paint): string {
  const verdict = health.verdict === 'valid' ? paint.good('valid') : paint.bad(health.verdict);
  const lines = [`Generator   ${verdict}${health.reasons.map((reason) => `\n  ${reason}`).join('')}`];
  for (const imbalance of imbalances) lines.push(paint.bad(`Books       do not balance: ${imbalance}`));
  for (const warning of warnings) lines.push(`Warning     ${paint.bad(warning)}`);
  if (standIn !== null) {
    const { differences } = standIn;
    lines.push(
      differences.length === 0
        ? `Stand-in    ${paint.good('agrees')}: its own counts of connects and messages equal the run's`
        : `Stand-in    ${paint.bad('differs')}${differences.map((difference) => `\n  ${difference}`).join('')}`,
    );
  }
  return lines.join('\n');
}
