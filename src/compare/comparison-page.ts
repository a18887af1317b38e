/** Comparison → one HTML file that needs nothing else: verdicts, both runs' charts one over the other, every figure. */
import type { TimeTrend } from '../model/metrics/metric-names.ts';
import { isEmpty, type PageData } from '../report/page/chart.ts';
import { figure, framed, section } from '../report/page/frame.ts';
import { type Content, html, type Markup } from '../report/page/markup.ts';
import { timeOf } from '../report/page/page-header.ts';
import { table } from '../report/page/tables.ts';
import { type Mark, marked, type VerdictCell, verdictCells } from '../report/page/verdicts.ts';
import { percentileAxis } from '../report/run/percentile-chart.ts';
import { formatCount } from '../report/text/format.ts';
import type { ComparedRun, Comparison } from './comparison.ts';
import { type ComparedCell, type ComparedTable, comparedTables } from './comparison-rows.ts';
import {
  basis,
  countedVerdicts,
  doubts,
  metricDifferences,
  overallVerdict,
  ruleText,
  scarceFigures,
  trendsOf,
} from './comparison-words.ts';
import { isFailure } from './judge-rule.ts';
import {
  type DrawnRuns,
  latencyOverlays,
  loadOverlays,
  overlayTimeAxis,
  percentileOverlays,
} from './overlay-charts.ts';
import { type ChangeVerdict, DIFFERING } from './verdict.ts';

const MARK_OF: Record<ChangeVerdict, Mark> = {
  worse: 'bad',
  better: 'good',
  different: 'doubtful',
  'no difference': 'none',
  'too little data': 'none',
};

export function comparisonPage(comparison: Comparison, runs: DrawnRuns): string {
  const { base, verdict, rules } = comparison;
  const differing = trendsOf(comparison).filter(([, trend]) => DIFFERING.includes(trend.verdict));
  const percentiles = percentileOverlays(
    runs,
    differing.map(([metric]) => metric as TimeTrend),
  );
  const [latency, load] = [latencyOverlays(runs), loadOverlays(runs)];
  const charts = [...latency, ...load, ...percentiles].map(({ chart }) => chart);
  const data: PageData = {
    axes: { time: overlayTimeAxis(runs), percentile: percentileAxis(), ns: [] },
    endOfRun: Math.max(runs.base.summary.durationMs, runs.head.summary.durationMs) / 1e3,
    charts: charts.filter((chart) => !isEmpty(chart)),
  };
  const { tool } = runs.head.summary;
  const tables = comparedTables(comparison);
  return framed({
    title: `${base.scenario.name} – ${verdict} – mqtt-fleet`,
    tool,
    data,
    body: html`${header(comparison)}
<main>
${verdictCells([overall(comparison), ...(rules.length > 0 ? [ruled(comparison)] : []), generator('base', base), generator('head', comparison.head)])}
${reasons(comparison)}
${rules.length > 0 && section('Fails on', undefined, ruleTable(comparison))}
${section('Percentiles', html`Each curve rises from the least value on the left to the rarest on the right: every step of the axis is a nine more. What differs comes first.`, html`<div class="charts">${percentiles.map(figure)}</div>`)}
${section('Over time', html`One value for each second; p99 is dashed. Drag over a chart to zoom in on all of them, double-click to zoom out; click on a name to hide its line.`, html`<div class="charts">${[...latency, ...load].map(figure)}</div>`)}
${section('Latency', html`Milliseconds; base → head, the change, and its interval (±).`, figureTable(tables.latency))}
${section('Throughput', html`Units per second; the distribution of one value for each second.`, figureTable(tables.throughput))}
${section('Counters', undefined, figureTable(tables.counters))}
</main>
<footer>${tool.name} ${tool.version}. ${basis(comparison).join(' ')}</footer>`,
  });
}

function header({ base, head, differences }: Comparison): Markup {
  const run = (which: string, { path, scenario, startedAt }: ComparedRun): Markup =>
    html`<p class="facts"><b class="c${which === 'base' ? 1 : 2}">${which}</b> ${path} · ${timeOf(startedAt)} · ${formatCount(scenario.devices)} devices → ${scenario.target}</p>`;
  return html`<header>
<p class="kicker">mqtt-fleet comparison</p>
<h1>${base.scenario.name}</h1>
${run('base', base)}
${run('head', head)}
${differences.length > 0 && html`<ul class="reasons">${differences.map(({ what, base, head }) => html`<li><b>${what}</b> ${base} → ${head}</li>`)}</ul>`}
</header>`;
}

function overall(comparison: Comparison): VerdictCell {
  const { verdict, words } = overallVerdict(comparison);
  if (words !== verdict) {
    const [word, why] = words.split(': ', 2);
    return {
      about: 'Head is',
      mark: 'doubtful',
      word: word!,
      more: `${why}; ${countedVerdicts(comparison)}`,
    };
  }
  const mark = verdict === 'no difference' ? 'good' : MARK_OF[verdict];
  return { about: 'Head is', mark, word: verdict, more: countedVerdicts(comparison) };
}

function ruled({ rules }: Comparison): VerdictCell {
  const failed = rules.filter(isFailure).length;
  const of = `of ${rules.length}`;
  return failed === 0
    ? { about: 'Fails on', mark: 'good', word: 'passed', more: `all ${of}` }
    : { about: 'Fails on', mark: 'bad', word: 'failed', more: `${failed} ${of}` };
}

const HEALTH_MARKS = { valid: 'good', suspect: 'doubtful', invalid: 'bad' } as const;

function generator(which: string, { health, outcome }: ComparedRun): VerdictCell {
  return {
    about: `Generator of ${which}`,
    mark: HEALTH_MARKS[health.verdict],
    word: health.verdict,
    more: `the run is ${outcome.state}`,
  };
}

function reasons(comparison: Comparison): Markup | undefined {
  const said = [
    ...metricDifferences(comparison).map(
      ({ verdict, metric, figures }) =>
        html`<li>${marked(MARK_OF[verdict], verdict)} <b>${metric}</b> ${figures}</li>`,
    ),
    ...doubts(comparison).map((doubt) => html`<li>${marked('bad', doubt)}</li>`),
    ...scarceFigures(comparison).map((scarce) => html`<li>Too little data for ${scarce}</li>`),
  ];
  return said.length === 0 ? undefined : html`<ul class="reasons">${said}</ul>`;
}

function ruleTable({ rules }: Comparison): Markup {
  const rows = rules.map((result) => {
    return html`<tr><td>${marked(isFailure(result) ? 'bad' : 'good', result.verdict.replace('-', ' '))}</td><td><code>${result.rule}</code></td><td>${ruleText(result)}</td></tr>
`;
  });
  return html`<div class="scroll"><table><thead><tr><th>verdict</th><th>fails if</th><th>was</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function figureTable({ heads, rows }: ComparedTable): Markup {
  const cells = rows.map(({ metric, verdict, cells }) => [
    metric,
    ...cells.map(figureCell),
    verdictCell(verdict),
  ]);
  return table(['', ...heads, 'verdict'], cells);
}

function figureCell({ base, head, change, estimate }: ComparedCell): Markup {
  return estimate === undefined
    ? html`${base} → ${head}`
    : html`<span title="${estimate.exact}">${base} → ${head}<small>${change} ±${estimate.halfWidth}</small></span>`;
}

function verdictCell(verdict: ChangeVerdict): Content {
  return verdict === 'no difference' || verdict === 'too little data'
    ? html`<span class="none">${verdict}</span>`
    : marked(MARK_OF[verdict], verdict);
}
