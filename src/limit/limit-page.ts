/** The result of a limit search for a person to look at, in one file that needs nothing else. */

import { isEmpty, type PageData } from '../report/page/chart.ts';
import { figure, framed, section } from '../report/page/frame.ts';
import { html, type Markup } from '../report/page/markup.ts';
import { count, ms, NOT_AVAILABLE, percent } from '../report/page/numbers.ts';
import { scenarioHeader } from '../report/page/page-header.ts';
import { definitions, table } from '../report/page/tables.ts';
import { type Mark, marked, verdictCells } from '../report/page/verdicts.ts';
import { formatCount, formatMs } from '../report/text/format.ts';
import { limitCharts, loadAxis } from './limit-charts.ts';
import type { LimitReport, LimitTrial } from './limit-report.ts';
import { limiterName } from './limit-table.ts';

export function limitPage(report: LimitReport, asRun: string): string {
  const { scenario, startedAt, of, tool, trials, notes } = report;
  const charts = limitCharts(report);
  const data: PageData = {
    axes: { time: [], percentile: [], ns: [], load: loadAxis(report) },
    ...(trials.length === 0 ? {} : { knee: report.lower }),
    endOfRun: 0,
    charts: charts.map(({ chart }) => chart).filter((chart) => !isEmpty(chart)),
  };
  return framed({
    title: `${scenario.name} – limit of ${of} – mqtt-fleet`,
    tool,
    data,
    body: html`${scenarioHeader(scenario, { command: 'limit', startedAt, title: `${scenario.name}: limit of ${of}` })}
<main>
${verdicts(report)}
${[report.limiter.hint, ...notes].map(answer)}
${section(
  'The curve',
  html`What each load led to, in ${report.unit}. The upright line is the highest load that held. Drag over a chart to zoom in, double-click to zoom out; click on a name to hide its line.`,
  html`<div class="charts">${charts.map(figure)}</div>`,
)}
${section('Trials', html`In the order in which they were done. Both bounds are measured twice; a spoiled trial proves nothing about the target.`, trialTable(report))}
${section('Goal', undefined, goal(report))}
${section('Environment', undefined, definitions(Object.entries(report.environment)))}
${section('Scenario', html`As it was run.`, html`<pre>${asRun}</pre>`)}
</main>
<footer>${tool.name} ${tool.version}. The exact figures are in limit.json beside this file.</footer>`,
  });
}

function verdicts({ lower, upper, unit, limiter, outcome, durationMs }: LimitReport): Markup {
  const after = `after ${(durationMs / 1000).toFixed(1)} s`;
  return verdictCells([
    { about: 'Held', mark: lower > 0 ? 'good' : 'none', word: formatCount(lower), more: unit },
    {
      about: 'Failed',
      mark: upper === null ? 'none' : 'bad',
      word: upper === null ? 'nothing' : formatCount(upper),
      more: upper === null ? 'by the doing of the target' : unit,
    },
    {
      about: 'Limiter',
      mark: limiter.side === 'none' ? 'none' : 'doubtful',
      word: limiterName(limiter),
      more: limiter.value === null ? '' : `at ${formatCount(limiter.value)} ${unit}`,
    },
    {
      about: 'Search',
      mark: outcome.state === 'completed' ? 'good' : 'doubtful',
      word: outcome.state,
      more: outcome.reason === null ? after : `${after}: ${outcome.reason}`,
    },
  ]);
}

/** Flags stay in one piece. */
function answer(said: string): Markup {
  const parts = said.split(/(--[\w-]+)/);
  return html`<p class="answer">${parts.map((part, index) => (index % 2 === 1 ? html`<span class="flag">${part}</span>` : part))}</p>
`;
}

const MARKS: Record<LimitTrial['verdict'], Mark> = { held: 'good', failed: 'bad', spoiled: 'doubtful' };

function trialTable({ trials, unit }: LimitReport): Markup {
  if (trials.length === 0) return html`<p>${NOT_AVAILABLE}: none was finished.</p>`;
  const hasRamp = trials.some(({ rampPerSec }) => rampPerSec !== undefined);
  const rows = trials.map((trial, index) => {
    const { value, verdict, success, carried, latency, peak, rampPerSec, generator, reasons } = trial;
    return [
      String(index + 1),
      count(value),
      marked(MARKS[verdict], verdict),
      percent(success),
      count(carried),
      latency === null ? NOT_AVAILABLE : ms(latency.p50Ms),
      latency === null ? NOT_AVAILABLE : ms(latency.p99Ms),
      count(peak),
      ...(hasRamp ? [count(rampPerSec ?? 0)] : []),
      generator,
      html`<span class="reason">${reasons.join('; ')}</span>`,
    ];
  });
  const ramp = hasRamp ? ['connects/s'] : [];
  const heads = [
    '',
    unit,
    'verdict',
    'success',
    'carried',
    'p50 ms',
    'p99 ms',
    'peak open',
    ...ramp,
    'generator',
  ];
  return table([...heads, html`<span class="reason">why</span>`], rows);
}

function goal({ goal }: LimitReport): Markup {
  const { maxFailures, maxP99Ms, thresholds, holdMs, max, resolution, rampPerSec } = goal;
  return definitions([
    ['may fail', percent(maxFailures)],
    ['p99 up to', maxP99Ms === null ? 'any' : `${formatMs(maxP99Ms)} ms`],
    ['thresholds', thresholds.length === 0 ? 'none' : thresholds.join(', ')],
    ['length of a trial', `${formatMs(holdMs)} ms`],
    ['at most', count(max)],
    ['resolution', percent(resolution)],
    ...(rampPerSec === null ? [] : [['connects per second', count(rampPerSec)] as [string, Markup]]),
  ]);
}
