/** Summary → what a person reads on the terminal at the end of a run. */
import type { HistogramStats } from '../metrics/histogram.ts';
import type { Recovery } from '../metrics/recovery.ts';
import type { Summary } from '../metrics/summary.ts';
import { RATE_TRENDS, TIME_TRENDS } from '../scenario/metric-names.ts';
import { formatActual, formatBytes, formatCount, formatFailure, formatMs } from './format.ts';
import type { Paint } from './paint.ts';
import { plainTable } from './plain-table.ts';

/** Text without a final newline. */
export function summaryTable(summary: Summary, paint: Paint): string {
  return [
    heading(summary, paint),
    counts(summary, paint),
    trendTable(summary, paint),
    rateTable(summary, paint),
    failures(summary, paint),
    thresholds(summary, paint),
    trust(summary, paint),
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function heading({ scenario, outcome, durationMs }: Summary, paint: Paint): string {
  const { name, devices, target, client, protocol, signmethod, workers } = scenario;
  const state = outcome.state === 'completed' ? paint.good('completed') : paint.bad(outcome.state);
  const reason = outcome.reason === null ? '' : `: ${outcome.reason}`;
  return [
    `${paint.strong(name)}  ${formatCount(devices)} devices → ${target}`,
    `${signmethod}, MQTT ${protocol}, client ${client}, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    `${state} after ${(durationMs / 1000).toFixed(1)} s${reason}`,
  ].join('\n');
}

function counts({ counters: c, connectionsOpen, recovery }: Summary, paint: Paint): string {
  const row = (label: string, parts: (string | false)[]): string =>
    `${label.padEnd(12)}${parts.filter((part) => part !== false).join('  ')}`;
  const some = (count: number, word: string): string | false =>
    count > 0 && paint.bad(`${formatCount(count)} ${word}`);
  const rows = [
    row('Connects', [
      `${formatCount(c.connects_scheduled)} scheduled`,
      c.connects_ok === c.connects_scheduled
        ? paint.good(`${formatCount(c.connects_ok)} ok`)
        : `${formatCount(c.connects_ok)} ok`,
      some(c.connects_failed, 'failed'),
      some(c.connects_dropped, 'dropped'),
      some(c.connects_cancelled, 'cancelled'),
      some(c.connects_lost, 'lost'),
      some(c.disconnects, 'disconnected'),
      connectionsOpen !== null && `${formatCount(connectionsOpen.max)} open at most`,
    ]),
  ];
  if (c.messages_scheduled > 0 || c.messages_received > 0) {
    rows.push(
      row('Messages', [
        `${formatCount(c.messages_sent)} sent`,
        c.messages_sent > c.messages_sent_qos0 && `${formatCount(c.messages_acked)} acked`,
        some(c.messages_failed, 'failed'),
        some(c.messages_unacked, 'unacked'),
        `${formatCount(c.messages_received)} received`,
        c.replies_received > 0 && `${formatCount(c.replies_received)} of them replies`,
      ]),
    );
  }
  if (c.messages_lost + c.messages_duplicated + c.messages_reordered + c.replies_missing > 0) {
    rows.push(
      row('', [
        some(c.messages_lost, 'lost'),
        some(c.messages_duplicated, 'duplicated'),
        some(c.messages_reordered, 'reordered'),
        some(c.replies_missing, 'replies missing'),
      ]),
    );
  }
  if (recovery !== null) rows.push(row('Recovery', recoveryParts(recovery)));
  rows.push(row('Bytes', [`${formatBytes(c.bytes_sent)} sent`, `${formatBytes(c.bytes_received)} received`]));
  return rows.join('\n');
}

function recoveryParts(recovery: Recovery): string[] {
  const after = (percent: number, ms: number | null): string =>
    `${percent} % ${ms === null ? 'never' : `after ${(ms / 1000).toFixed(1)} s`}`;
  return [
    `${formatCount(recovery.back)} of ${formatCount(recovery.lost)} back`,
    [after(50, recovery.to50Ms), after(95, recovery.to95Ms), after(100, recovery.to100Ms)].join(', '),
    `${(recovery.attempts / Math.max(1, recovery.back)).toFixed(2)} attempts each, ${recovery.mostTries} at most`,
  ];
}

function trendTable({ trends }: Summary, paint: Paint): string {
  const rows = TIME_TRENDS.flatMap((name) => {
    const stats = trends[name];
    return stats === null ? [] : [[name, formatCount(stats.count), ...cells(stats, formatMs)]];
  });
  if (rows.length === 0) return '';
  const head = ['Latency (ms)', 'count', 'min', 'p50', 'p90', 'p99', 'p99.9', 'max', 'mean'];
  return plainTable(head.map(paint.dim), rows);
}

function cells(stats: HistogramStats, format: (value: number) => string): string[] {
  return [stats.min, stats.p50, stats.p90, stats.p99, stats.p999, stats.max, stats.mean].map(format);
}

function rateTable({ trends }: Summary, paint: Paint): string {
  const rows = RATE_TRENDS.flatMap((name) => {
    const stats = trends[name];
    return stats === null ? [] : [[name, formatCount(stats.count), ...cells(stats, formatCount)]];
  });
  if (rows.length === 0) return '';
  const head = ['Throughput (/s)', 'seconds', 'min', 'p50', 'p90', 'p99', 'p99.9', 'max', 'mean'];
  return plainTable(head.map(paint.dim), rows);
}

function failures({ failures }: Summary, paint: Paint): string {
  if (failures.length === 0) return '';
  const lines = failures.flatMap((failure) => [
    `  ${paint.bad(formatCount(failure.count))} × ${formatFailure(failure)}  e.g. ${failure.examples.join(', ')}`,
    `      ${paint.dim(failure.hint)}`,
  ]);
  return [paint.strong('Failures'), ...lines].join('\n');
}

function thresholds({ thresholds }: Summary, paint: Paint): string {
  if (thresholds.length === 0) return '';
  const lines = thresholds.map(({ metric, expression, verdict, actual }) => {
    const mark = verdict === 'pass' ? paint.good('✓') : paint.bad('✗');
    const said = actual === null ? paint.bad('no data') : `${paint.dim('was')} ${formatActual(actual)}`;
    return `  ${mark} ${metric} ${expression}  ${said}`;
  });
  return [paint.strong('Thresholds'), ...lines].join('\n');
}

function trust({ health, imbalances, standIn }: Summary, paint: Paint): string {
  const verdict = health.verdict === 'valid' ? paint.good('valid') : paint.bad(health.verdict);
  const lines = [`Generator   ${verdict}${health.reasons.map((reason) => `\n  ${reason}`).join('')}`];
  for (const imbalance of imbalances) lines.push(paint.bad(`Books       do not balance: ${imbalance}`));
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
