/** The result of the signing experiment for a person to look at, in one file that needs nothing else. */
import type { PageData } from '../report/page/chart.ts';
import { framed } from '../report/page/frame.ts';
import { html, type Markup } from '../report/page/markup.ts';
import { count, ms, NOT_AVAILABLE, percent } from '../report/page/numbers.ts';
import { pageHeader } from '../report/page/page-header.ts';
import { definitions, table } from '../report/page/tables.ts';
import { formatCount } from '../report/text/format.ts';
import { binsOf, densityAxis, densityChart } from './density-chart.ts';
import { signCostAnswer } from './sign-cost-answer.ts';
import type { MethodComparison, SignCost, ThreadCost } from './sign-cost-report.ts';
import {
  comparedWithItself,
  LOGIN_HEADS,
  loginParts,
  loginRows,
  methodsOf,
  onlineHeads,
  onlineTimes,
  ratioCells,
  threadsText,
} from './sign-cost-rows.ts';

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
${comparisonTable(comparedWithItself(threads), 'ns')}
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

function loginTable(cost: ThreadCost): Markup {
  const rows = loginRows(cost).map(([name, values]) => [
    name,
    ...values.map((each) => (each === undefined ? NOT_AVAILABLE : count(each))),
  ]);
  return table(['ns', ...LOGIN_HEADS, 'logins per second'], rows);
}

function comparisonTable(comparisons: MethodComparison[], unit: 'ns' | 'ms'): Markup {
  const format = unit === 'ns' ? count : ms;
  const rows = comparisons.map((row) => {
    const { difference, differenceCi95, verdict } = row;
    return [
      ...ratioCells(row),
      format(difference),
      html`${format(differenceCi95[0])} … ${format(differenceCi95[1])}`,
      verdict,
    ];
  });
  return table(['', 'ratio', '95 %', `difference, ${unit}`, '95 %', 'the first is'], rows);
}

function partsTable(cost: SignCost): Markup {
  const parts = loginParts(cost);
  const rows = methodsOf(cost.threads[0]!.methods).map(([name], method) => [
    name,
    ...parts.map(({ unit, values }) => {
      const value = values[method];
      if (value === undefined) return NOT_AVAILABLE;
      return unit === 'ratio' ? value.toFixed(3) : count(value);
    }),
  ]);
  return table(['', ...parts.map(({ label }) => label)], rows);
}

function online({ online: found }: SignCost): Markup | undefined {
  if (found === null) return undefined;
  const rows = methodsOf(found.methods).map(([name, method]) => {
    const { connects, signShare } = method;
    const times = onlineTimes(found, method).map((time) => (time === undefined ? NOT_AVAILABLE : ms(time)));
    return [name, count(connects), ...times, signShare === null ? NOT_AVAILABLE : percent(signShare.share)];
  });
  const heads = ['ms', 'connects', ...onlineHeads(found), 'signing is'];
  return html`<section>
<h2>Online</h2>
<p class="note">${found.rounds} rounds of ${formatCount(found.devices)} devices → ${found.target}. The ratios are of the median connect_latency. Generator: ${found.health.verdict}.</p>
${table(heads, rows)}
${found.comparisons.length > 0 && comparisonTable(found.comparisons, 'ms')}
</section>`;
}
