/** SignCost → what a person reads on the terminal. */

import { percentileHeads, percentilesIn } from '../model/metrics/percentiles.ts';
import { SIGNMETHODS, type Signmethod } from '../model/scenario.ts';
import { inert } from '../model/terminal-text.ts';
import { formatCount, formatEach, formatMs } from '../report/text/format.ts';
import type { Paint } from '../report/text/paint.ts';
import { plainTable } from '../report/text/plain-table.ts';
import type { Comparison, MethodCost, OnlineCost, SignCost, ThreadCost } from './sign-cost-report.ts';

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

function threadsText({ threads }: ThreadCost): string {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

function methodsOf<T>(methods: Partial<Record<Signmethod, T>>): [Signmethod, T][] {
  return SIGNMETHODS.flatMap((name) => {
    const method = methods[name];
    return method === undefined ? [] : [[name, method] satisfies [Signmethod, T]];
  });
}

function loginTable(cost: ThreadCost, paint: Paint): string {
  const head = [
    `Login (ns), ${threadsText(cost)}`,
    'count',
    'min',
    ...percentileHeads('text'),
    'mean',
    'per s',
  ];
  const rows = methodsOf(cost.methods).map(([name, { ns, signsPerSec }]) => [
    name,
    ...formatEach([ns.count, ns.min, ...percentilesIn('text', ns), ns.mean, signsPerSec], formatCount),
  ]);
  return plainTable(head.map(paint.dim), rows);
}

/** What a login is made of, on the first number of threads. */
function partsTable({ threads, openssl }: SignCost, paint: Paint): string {
  const [first] = threads;
  const methods = methodsOf(first!.methods);
  const row = (label: string, of: (method: MethodCost, name: Signmethod) => string): string[] => [
    label,
    ...methods.map(([name, method]) => of(method, name)),
  ];
  const rows = [
    row('createHmac alone', ({ bareNs }) => formatCount(bareNs)),
    row('signing', ({ signNs }) => formatCount(signNs)),
    row('  through createHmac alone', ({ overBare }) => overBare.ratio.toFixed(3)),
    row('triple read', () => formatCount(first!.tripleNs)),
    row('time, host, the rest', ({ ns, signNs }) => formatCount(ns.mean - signNs - first!.tripleNs)),
    row('login', ({ ns }) => formatCount(ns.mean)),
  ];
  if (openssl !== null)
    rows.unshift(
      row('openssl speed', (_, name) => (name in openssl.ns ? formatCount(openssl.ns[name]!) : '–')),
    );
  const head = [`Means (ns), ${threadsText(first!)}`, ...methods.map(([name]) => name)];
  return plainTable(head.map(paint.dim), rows);
}

function comparisonTable(cost: ThreadCost, paint: Paint): string {
  const itself = { ...cost.control, b: 'itself' };
  return comparisons(`Login, ${threadsText(cost)}`, 'ns', [...cost.comparisons, itself], paint, formatNs);
}

function comparisons(
  title: string,
  unit: string,
  rows: Comparison[],
  paint: Paint,
  format: (value: number) => string,
): string {
  const head = [title, 'ratio', '95 %', `difference (${unit})`, '95 %', 'the first is'];
  return plainTable(
    head.map(paint.dim),
    rows.map(({ a, b, ratio, ci95, difference, differenceCi95, verdict }) => [
      `${a} : ${b}`,
      ratio.toFixed(3),
      ci95.map((bound) => bound.toFixed(3)).join(' … '),
      format(difference),
      differenceCi95.map(format).join(' … '),
      verdict === 'no measurable difference' ? paint.dim(verdict) : paint.strong(verdict),
    ]),
  );
}

function onlineTables(online: OnlineCost, paint: Paint): string[] {
  const { rounds, devices, target, workers, health } = online;
  const title = `${paint.strong('Online')}  ${rounds} rounds of ${formatCount(devices)} devices → ${target}, ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  const head = [
    'Connect (ms)',
    'count',
    'sign p50',
    'mean',
    'latency p50',
    'p99',
    'mean',
    'signing is',
    '95 %',
  ];
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  const methods = methodsOf(online.methods);
  const rows = methods.map(
    ([name, { connects, connect_sign: sign, connect_latency: latency, signShare }]) => [
      name,
      formatCount(connects),
      ...[sign?.p50, sign?.mean, latency?.p50, latency?.p99, latency?.mean].map((ms) =>
        ms === undefined ? '–' : formatMs(ms),
      ),
      signShare === null ? '–' : percent(signShare.share),
      signShare === null ? '–' : signShare.ci95.map(percent).join(' … '),
    ],
  );
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
