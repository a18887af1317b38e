/** report.html: a run for a person to look at, in one file that needs nothing else. */
import type { Histogram } from '../../metrics/histogram/histogram.ts';
import type { Summary } from '../../metrics/summary.ts';
import type { TimeTrend } from '../../model/metrics/metric-names.ts';
import { isEmpty, type PageData } from '../page/chart.ts';
import { figure, framed, section } from '../page/frame.ts';
import { html, type Markup } from '../page/markup.ts';
import { NOT_AVAILABLE } from '../page/numbers.ts';
import { scenarioHeader } from '../page/page-header.ts';
import { phaseBar } from '../page/phase-bar.ts';
import {
  counterTable,
  environmentTable,
  failureTable,
  latencyTable,
  recoveryTable,
  thresholdTable,
  throughputTable,
  truthTable,
  workerTable,
} from '../page/tables.ts';
import { verdicts } from '../page/verdicts.ts';
import { headline } from './headline.ts';
import { percentileAxis, percentileChart } from './percentile-chart.ts';
import { healthCharts, latencyCharts, loadCharts, timeAxis } from './time-charts.ts';

export interface PageContent {
  summary: Summary;
  /** The trends of the whole run. */
  merged: ReadonlyMap<TimeTrend, Histogram>;
  asRun: string | undefined;
}

export function reportPage({ summary, merged, asRun }: PageContent): string {
  const [load, latency, health] = [loadCharts(summary), latencyCharts(summary), healthCharts(summary)];
  const percentiles = percentileChart(merged);
  const charts = [...load, ...latency, ...health].map(({ chart }) => chart);
  const data: PageData = {
    axes: { time: timeAxis(summary), percentile: percentileAxis(), ns: [] },
    endOfRun: summary.durationMs / 1e3,
    charts: [...charts, percentiles].filter((chart) => !isEmpty(chart)),
  };
  const { scenario, startedAt } = summary;
  return framed({
    title: `${scenario.name} – ${summary.outcome.state} – mqtt-fleet`,
    tool: summary.tool,
    data,
    body: html`${scenarioHeader(scenario, { command: 'report', startedAt, title: scenario.name })}
<main>
${verdicts(summary)}
${headline(summary)}
${summary.failures.length > 0 && section('Failures', undefined, failureTable(summary))}
${summary.thresholds.length > 0 && section('Thresholds', undefined, thresholdTable(summary))}
${section(
  'Over time',
  html`One value for each second of the run. Drag over a chart to zoom in on all of them, double-click to zoom out; click on a name to hide its line.${afterwards(summary)}`,
  html`<div class="charts">${load.map(figure)}${latency.map(figure)}</div>`,
)}
${section(
  'Latency',
  html`Each curve rises from the least value on the left to the rarest on the right: every step of the axis is a nine more. It ends where its values do.`,
  html`${figure({ title: 'Percentiles', chart: percentiles })}${latencyTable(summary)}`,
)}
${section('A connect, phase by phase', html`Means of the connects that came about; together they are connect_service.`, phaseBar(summary))}
${section('Throughput', html`The distribution of one value for each second, in units per second.`, throughputTable(summary))}
${summary.recovery !== null && section('Recovery', html`From the loss of connections to their return.`, recoveryTable(summary.recovery))}
${section(
  'Generator',
  html`How the threads that made the load fared themselves. A busy or held-up event loop is late, and then so are the figures.`,
  html`<div class="charts">${health.map(figure)}</div>${workerTable(summary)}`,
)}
${standIn(summary)}
${section('Counters', undefined, counterTable(summary))}
${section('Environment', undefined, environmentTable(summary))}
${section('Scenario', html`As it was run.`, scenarioText(asRun))}
</main>
<footer>${summary.tool.name} ${summary.tool.version}. Times are in milliseconds; the exact figures are in summary.json beside this file, the histograms in histograms.hlog and percentiles/.</footer>`,
  });
}

function afterwards({ windows, durationMs }: Summary): Markup | undefined {
  if (!windows.some(({ toMs }) => toMs > durationMs)) return undefined;
  return html` What is shaded is after the run: the drain, and the closing of the connections.`;
}

function standIn(summary: Summary): Markup | undefined {
  const truth = truthTable(summary);
  if (truth === undefined) return undefined;
  return section(
    'Stand-in',
    html`How long it really took to answer, from the arrival of a request, ms. What the run measured more is the way there and back, and the generator.`,
    truth,
  );
}

function scenarioText(asRun: string | undefined): Markup {
  return asRun === undefined ? html`<p>${NOT_AVAILABLE}: it was not kept.</p>` : html`<pre>${asRun}</pre>`;
}
