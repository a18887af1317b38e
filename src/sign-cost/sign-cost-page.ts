/** The result of the signing experiment for a person to look at, in one file that needs nothing else. */
import { percentileHeads, percentilesIn } from '../model/metrics/percentiles.ts';
import { SIGNMETHODS } from '../model/scenario.ts';
import type { PageData } from '../report/page/chart.ts';
import { framed } from '../report/page/frame.ts';
import { html, type Markup } from '../report/page/markup.ts';
import { count, ms, NOT_AVAILABLE, percent } from '../report/page/numbers.ts';
import { pageHeader } from '../report/page/page-header.ts';
import { definitions, table } from '../report/page/tables.ts';
import { formatCount } from '../report/text/format.ts';
import { binsOf, densityAxis, densityChart } from './density-chart.ts';
import { signCostAnswer } from './sign-cost-answer.ts';
import type { Comparison, SignCost, ThreadCost } from './sign-cost-report.ts';

export function signCostPage(cost: SignCost): string {
  const bins = binsOf(cost);
  const charts = cost.threads.map((threads) => densityChart(threads, bins));
  const data: PageData = { axes: { time: [], percentile: [], ns: densityAxis(bins) }, endOfRun: 0, charts };
  return framed({
    title: 'Signing cost – mqtt-fleet',
    tool: cost.tool,
    data,
    body: html`${header(cost)}
<main>
${signCostAnswer(cost)}
${cost.threads.map(
  (threads, index) => html`<section>
<h2>Logins on ${threadsText(threads)}</h2>
<p class="note">What share of the logins took how long, in bins of ${bins.width} ns. Click on a name to hide its curve; drag to zoom in, double-click to zoom out.</p>
<figure id="${charts[index]!.id}"><figcaption>Distribution <span class="unit">% of logins</span><span class="where"></span></figcaption><div class="legend"></div><div class="plot" role="img" aria-label="Distribution of logins, ns"></div></figure>
${loginTable(threads)}
${comparisonTable([...threads.comparisons, { ...threads.control, b: 'itself' }], 'ns')}
</section>`,
)}
<section>
<h2>What a login is made of</h2>
<p class="note">Means in ns on ${threadsText(cost.threads[0]!)}.</p>
${partsTable(cost)}
</section>
${online(cost)}
<section>
<h2>Environment</h2>
${definitions([
  ...Object.entries(cost.environment),
  ['openssl speed', cost.openssl?.version ?? NOT_AVAILABLE],
  ...Object.entries(cost.unavailable).map(([name, why]): [string, string] => [name, why]),
])}
</section>
</main>
<footer>${cost.tool.name} ${cost.tool.version}. A method is called faster or slower when its whole interval lies beyond 1 %, and beyond what the first method differed from itself where that is more.</footer>`,
  });
}

function header({ startedAt, devices, contentBytes, seed }: SignCost): Markup {
  return pageHeader({
    command: 'sign-cost',
    startedAt,
    title: 'Signing cost',
    lead: `${formatCount(devices)} devices, signed in by each method in turn`,
    facts: [`${contentBytes} bytes signed`, `random order, seed ${seed}`],
  });
}

function threadsText({ threads }: ThreadCost): string {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

function loginTable({ methods }: ThreadCost): Markup {
  const heads = ['ns', 'count', 'min', ...percentileHeads('text'), 'mean', 'logins per second'];
  const rows = SIGNMETHODS.flatMap((name) => {
    const method = methods[name];
    if (method === undefined) return [];
    const { ns, signsPerSec } = method;
    const figures = [ns.count, ns.min, ...percentilesIn('text', ns), ns.mean, signsPerSec];
    return [[name, ...figures.map((each) => (each === undefined ? NOT_AVAILABLE : count(each)))]];
  });
  return table(heads, rows);
}

function comparisonTable(comparisons: Comparison[], unit: 'ns' | 'ms'): Markup {
  const format = unit === 'ns' ? count : ms;
  const rows = comparisons.map(({ a, b, ratio, ci95, difference, differenceCi95, verdict }) => [
    `${a} : ${b}`,
    ratio.toFixed(3),
    ci95.map((bound) => bound.toFixed(3)).join(' … '),
    format(difference),
    html`${format(differenceCi95[0])} … ${format(differenceCi95[1])}`,
    verdict,
  ]);
  return table(['', 'ratio', '95 %', `difference, ${unit}`, '95 %', 'the first is'], rows);
}

function partsTable({ threads, openssl }: SignCost): Markup {
  const { methods, tripleNs } = threads[0]!;
  const rows = SIGNMETHODS.flatMap((name) => {
    const method = methods[name];
    if (method === undefined) return [];
    const { ns, signNs, bareNs, overBare } = method;
    const floor = openssl?.ns[name];
    return [
      [
        name,
        floor === undefined ? NOT_AVAILABLE : count(floor),
        count(bareNs),
        count(signNs),
        overBare.ratio.toFixed(3),
        count(tripleNs),
        count(ns.mean - signNs - tripleNs),
        count(ns.mean),
      ],
    ];
  });
  const heads = [
    '',
    'openssl speed',
    'createHmac alone',
    'signing',
    'through createHmac alone',
    'triple read',
    'time, host, the rest',
    'login',
  ];
  return table(heads, rows);
}

function online({ online: found }: SignCost): Markup | undefined {
  if (found === null) return undefined;
  const rows = SIGNMETHODS.flatMap((name) => {
    const method = found.methods[name];
    if (method === undefined) return [];
    const { connects, connect_sign: sign, connect_latency: latency, signShare } = method;
    const times = [sign?.p50, sign?.mean, latency?.p50, latency?.p99, latency?.mean].map((time) =>
      time === undefined ? NOT_AVAILABLE : ms(time),
    );
    return [[name, count(connects), ...times, signShare === null ? NOT_AVAILABLE : percent(signShare.share)]];
  });
  const heads = ['ms', 'connects', 'sign p50', 'mean', 'latency p50', 'p99', 'mean', 'signing is'];
  return html`<section>
<h2>Online</h2>
<p class="note">${found.rounds} rounds of ${formatCount(found.devices)} devices → ${found.target}. The ratios are of the median connect_latency. Generator: ${found.health.verdict}.</p>
${table(heads, rows)}
${found.comparisons.length > 0 && comparisonTable(found.comparisons, 'ms')}
</section>`;
}
