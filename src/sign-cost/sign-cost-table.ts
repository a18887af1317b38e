/** SignCost → what a person reads on the terminal. */

import { inert } from '../model/terminal-text.ts';
import { formatCount, formatEach, formatMs } from '../report/text/format.ts';
import type { Paint } from '../report/text/paint.ts';
import { plainTable } from '../report/text/plain-table.ts';
import type { MethodComparison, OnlineCost, SignCost, ThreadCost } from './sign-cost-report.ts';
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

/** Text without a final newline. */
export function signCostTable(given: SignCost, paint: Paint): string {
  const cost = inert(given);
  return [
    heading(cost, paint),
    ...cost.threads.map((threads) => loginTable(threads, paint)),
    partsTable(cost, paint),
    ...cost.threads.map((threads) => comparisonTable(threads, paint)),
    ...(cost.online === null ? [] : onlineTables(cost.online, paint)),
    machine(cost, paint),
  ].join('\n\n');
}

function heading({ devices, contentBytes, seed, unavailable }: SignCost, paint: Paint): string {
  const lines = [
    `${paint.strong('Signing cost')}  ${formatCount(devices)} devices, ${contentBytes} bytes signed, random order (seed ${seed})`,
  ];
  for (const [name, why] of Object.entries(unavailable)) lines.push(`${paint.bad(name)} is left out: ${why}`);
  return lines.join('\n');
}

function loginTable(cost: ThreadCost, paint: Paint): string {
  const head = [`Login (ns), ${threadsText(cost)}`, ...LOGIN_HEADS, 'per s'];
  const rows = loginRows(cost).map(([name, values]) => [name, ...formatEach(values, formatCount)]);
  return plainTable(head.map(paint.dim), rows);
}

/** What a login is made of, on the first number of threads. */
function partsTable(cost: SignCost, paint: Paint): string {
  const rows = loginParts(cost)
    .filter(({ label }) => cost.openssl !== null || label !== 'openssl speed')
    .map(({ label, unit, values }) => [
      // A ratio says more of the row above.
      unit === 'ratio' ? `  ${label}` : label,
      ...values.map((value) =>
        value === undefined ? '–' : unit === 'ratio' ? value.toFixed(3) : formatCount(value),
      ),
    ]);
  const [first] = cost.threads;
  const head = [`Means (ns), ${threadsText(first!)}`, ...methodsOf(first!.methods).map(([name]) => name)];
  return plainTable(head.map(paint.dim), rows);
}

function comparisonTable(cost: ThreadCost, paint: Paint): string {
  return comparisons(`Login, ${threadsText(cost)}`, 'ns', comparedWithItself(cost), paint, formatNs);
}

function comparisons(
  title: string,
  unit: string,
  rows: MethodComparison[],
  paint: Paint,
  format: (value: number) => string,
): string {
  const head = [title, 'ratio', '95 %', `difference (${unit})`, '95 %', 'the first is'];
  return plainTable(
    head.map(paint.dim),
    rows.map((row) => {
      const { difference, differenceCi95, verdict } = row;
      return [
        ...ratioCells(row),
        format(difference),
        differenceCi95.map(format).join(' … '),
        verdict === 'no measurable difference' ? paint.dim(verdict) : paint.strong(verdict),
      ];
    }),
  );
}

function onlineTables(online: OnlineCost, paint: Paint): string[] {
  const { rounds, devices, target, workers, health } = online;
  const title = `${paint.strong('Online')}  ${rounds} rounds of ${formatCount(devices)} devices → ${target}, ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  const head = ['Connect (ms)', 'count', ...onlineHeads(online), 'signing is', '95 %'];
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  const methods = methodsOf(online.methods);
  const rows = methods.map(([name, method]) => {
    const { connects, signShare } = method;
    return [
      name,
      formatCount(connects),
      ...onlineTimes(online, method).map((ms) => (ms === undefined ? '–' : formatMs(ms))),
      signShare === null ? '–' : percent(signShare.share),
      signShare === null ? '–' : signShare.ci95.map(percent).join(' … '),
    ];
  });
  const failures = methods.flatMap(([name, { failures }]) =>
    failures.flatMap(({ phase, kind, code, count, hint }) => [
      `  ${name}: ${paint.bad(formatCount(count))} × ${phase}: ${kind}${code ? ` ${code}` : ''}`,
      `      ${paint.dim(hint)}`,
    ]),
  );
  const verdict = health.verdict === 'valid' ? paint.good('valid') : paint.bad(health.verdict);
  return [
    `${title}\n\n${plainTable(head.map(paint.dim), rows)}`,
    ...(failures.length > 0 ? [[paint.strong('Failures'), ...failures].join('\n')] : []),
    ...(online.comparisons.length > 0
      ? [comparisons('connect_latency p50', 'ms', online.comparisons, paint, formatSignedMs)]
      : []),
    `Generator   ${verdict}${health.reasons.map((reason) => `\n  ${reason}`).join('')}`,
  ];
}

/** Without the sign of what rounds to nothing. */
function formatNs(ns: number): string {
  return formatCount(Math.round(ns) || 0);
}

function formatSignedMs(ms: number): string {
  return ms < 0 ? `-${formatMs(-ms)}` : formatMs(ms);
}

function machine({ environment, openssl }: SignCost, paint: Paint): string {
  const { cpu, cores, cpuExtensions, node, openssl: own, fips } = environment;
  return [
    paint.dim(`Machine     ${cpu}, ${cores} cores; CPU extensions: ${cpuExtensions}`),
    paint.dim(
      `            Node.js ${node} with OpenSSL ${own}, FIPS ${fips}${openssl === null ? '' : `; ${openssl.version}`}`,
    ),
  ].join('\n');
}
