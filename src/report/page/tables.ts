/** The tables of the report: every figure of the summary that is no chart. */
import type { HistogramStats } from '../../metrics/histogram/histogram.ts';
import type { Recovery } from '../../metrics/recovery.ts';
import type { Summary } from '../../metrics/summary.ts';
import { unitOfActual } from '../../metrics/threshold/expression.ts';
import { COUNTERS, RATE_TRENDS, TIME_TRENDS } from '../../model/metrics/metric-names.ts';
import { percentileHeads, percentilesIn } from '../../model/metrics/percentiles.ts';
import { formatActual, formatCount } from '../text/format.ts';
import { type Content, html, type Markup } from './markup.ts';
import { count, ms, NOT_AVAILABLE, percent, perSec } from './numbers.ts';
import { type Mark, marked } from './verdicts.ts';

/** Heads and cells that are numbers are aligned by their last digit; the first column names the row. */
export function table(heads: Content[], rows: Content[][]): Markup {
  return html`<div class="scroll"><table>
<thead><tr>${heads.map((head, index) => (index === 0 ? html`<th>${head}</th>` : html`<th class="number">${head}</th>`))}</tr></thead>
<tbody>${rows.map(
    ([
      name,
      ...cells
    ]) => html`<tr><th>${name}</th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>
`,
  )}</tbody>
</table></div>`;
}

const STAT_HEADS = ['min', ...percentileHeads('page'), 'max', 'mean', 'std dev'];

export function latencyTable({ trends }: Summary): Markup {
  return statsTable(TIME_TRENDS, trends, 'count', { value: ms, average: ms });
}

export function throughputTable({ trends }: Summary): Markup {
  return statsTable(RATE_TRENDS, trends, 'seconds', { value: count, average: perSec });
}

function statsTable<Name extends string>(
  names: readonly Name[],
  trends: Record<Name, HistogramStats | null>,
  counted: string,
  format: Formats,
): Markup {
  const rows = names.flatMap((name) => {
    const stats = trends[name];
    return stats === null ? [] : [[name, count(stats.count), ...statCells(stats, format)]];
  });
  const without = names.filter((name) => trends[name] === null);
  const note = without.length > 0 && html`<p class="note">${NOT_AVAILABLE}: ${without.join(', ')}</p>`;
  return html`${rows.length > 0 && table(['', counted, ...STAT_HEADS], rows)}${note}`;
}

interface Formats {
  value(value: number): Markup;
  /** Markup of the mean and the standard deviation. */
  average(value: number): Markup;
}

function statCells(stats: HistogramStats, { value, average }: Formats): Markup[] {
  const percentiles = percentilesIn('page', stats).map((each) =>
    each === undefined ? NOT_AVAILABLE : value(each),
  );
  return [value(stats.min), ...percentiles, value(stats.max), average(stats.mean), average(stats.stddev)];
}

const MARK_OF_VERDICT: Record<string, Mark> = { pass: 'good', fail: 'bad', 'no-data': 'bad' };

export function thresholdTable({ thresholds }: Summary): Markup {
  const rows = thresholds.map((result) => {
    const { metric, expression, verdict, actual } = result;
    const was =
      actual === null
        ? NOT_AVAILABLE
        : html`<data value="${actual}" title="${actual}">${formatActual(actual)}</data>${unitOfActual(result)}`;
    return html`<tr><td>${marked(MARK_OF_VERDICT[verdict]!, verdict.replace('-', ' '))}</td><th>${metric}</th><td><code>${expression}</code></td><td class="number">${was}</td></tr>
`;
  });
  return html`<div class="scroll"><table class="thresholds">
<thead><tr><th>verdict</th><th>metric</th><th>must hold</th><th class="number">was</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>`;
}

export function failureTable({ failures }: Summary): Markup {
  const rows = failures.map(
    ({
      phase,
      kind,
      code,
      count: times,
      hint,
      examples,
    }) => html`<tr><td class="number">${count(times)}</td><th>${phase}: ${kind}${code === '' ? '' : html` <code>${code}</code>`}</th><td class="words">${hint}<small>e.g. ${examples.join(', ')}</small></td></tr>
`,
  );
  return html`<table class="failures">
<thead><tr><th class="number">count</th><th>phase: kind</th><th>what to do</th></tr></thead>
<tbody>${rows}</tbody>
</table>`;
}

export function recoveryTable(recovery: Recovery): Markup {
  const after = (time: number | null): Content => (time === null ? 'never' : html`${ms(time)} ms`);
  return definitions([
    ['connections lost', count(recovery.lost)],
    ['back', count(recovery.back)],
    ['half of them after', after(recovery.to50Ms)],
    ['95 % after', after(recovery.to95Ms)],
    ['all after', after(recovery.to100Ms)],
    ['attempts', count(recovery.attempts)],
    ['most attempts of a device', count(recovery.mostTries)],
  ]);
}

export function workerTable({ health }: Summary): Markup {
  const heads = [
    '',
    'CPU',
    'event loop busy',
    'in its busiest second',
    'seconds over 95 %',
    'garbage collection',
    'longest hold-up, ms',
  ];
  const rows = health.workers.map((worker, index) => [
    `worker ${index}`,
    worker.cpu === null ? NOT_AVAILABLE : percent(worker.cpu),
    percent(worker.utilization),
    percent(worker.utilizationMax),
    html`${count(worker.busySeconds)} of ${count(worker.seconds)}`,
    percent(worker.gc),
    ms(worker.loopDelayMaxMs),
  ]);
  return table(heads, rows);
}

export function truthTable({ standIn }: Summary): Markup | undefined {
  const answers = Object.entries(standIn?.truth ?? {}).filter(([, stats]) => stats !== null);
  if (answers.length === 0) return undefined;
  const rows = answers.map(([kind, stats]) => [
    kind,
    count(stats!.count),
    ...statCells(stats!, { value: ms, average: ms }),
  ]);
  return table(['answer', 'count', ...STAT_HEADS], rows);
}

export function counterTable({ counters }: Summary): Markup {
  return definitions(COUNTERS.map((name) => [name, count(counters[name])]));
}

export function environmentTable({ tool, environment, scenario }: Summary): Markup {
  return definitions([
    [tool.name, tool.version],
    ...Object.entries(environment).map(([name, value]): [string, Content] => [
      name,
      typeof value === 'number' ? formatCount(value) : value,
    ]),
    ['workers', count(scenario.workers)],
  ]);
}

export function definitions(pairs: [string, Content][]): Markup {
  return html`<dl class="pairs">${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
