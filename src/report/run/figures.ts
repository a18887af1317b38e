/** The figures that every report of text shows, as rows: the terminal and Markdown differ in how they draw them only. */
import type { HistogramStats } from '../../metrics/histogram/histogram.ts';
import type { Recovery } from '../../metrics/recovery.ts';
import type { Summary } from '../../metrics/summary.ts';
import { RATE_TRENDS, TIME_TRENDS } from '../../model/metrics/metric-names.ts';
import { formatBytes, formatCount, formatMs } from '../text/format.ts';
import type { Paint } from '../text/paint.ts';

/** The name first, numbers after it. No rows: nothing was measured. */
export interface FigureTable {
  head: string[];
  rows: string[][];
}

/** What happened how often: a label and its parts, empty for a second row of the same. What went wrong is painted. */
export function countRows(
  { counters: c, connectionsOpen, recovery }: Summary,
  paint: Paint,
): [label: string, parts: string[]][] {
  const row = (label: string, parts: (string | false)[]): [string, string[]] => [
    label,
    parts.filter((part) => part !== false),
  ];
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
      some(c.connects_retried, 'tried again'),
      some(c.disconnects, 'disconnected'),
      connectionsOpen !== null && `${formatCount(connectionsOpen.max)} open at most`,
    ]),
  ];
  if (c.messages_scheduled > 0 || c.messages_received > 0) {
    rows.push(
      row('Messages', [
        `${formatCount(c.messages_sent)} sent`,
        some(c.messages_scheduled - c.messages_sent, 'due and not sent'),
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
  return rows;
}

function recoveryParts(recovery: Recovery): string[] {
  const after = (percent: number, ms: number | null): string =>
    `${percent} % ${ms === null ? 'never' : `after ${(ms / 1000).toFixed(1)} s`}`;
  return [
    `${formatCount(recovery.back)} of ${formatCount(recovery.lost)} back`,
    [after(50, recovery.to50Ms), after(95, recovery.to95Ms), after(100, recovery.to100Ms)].join(', '),
    recovery.back === 0
      ? `${formatCount(recovery.attempts)} attempts`
      : `${(recovery.attempts / recovery.back).toFixed(2)} attempts each, ${recovery.mostTries} at most`,
  ];
}

export function latencyTable(summary: Summary): FigureTable {
  const head = ['Latency (ms)', 'count', 'min', 'p50', 'p90', 'p99', 'p99.9', 'max', 'mean'];
  return { head, rows: rowsOf(summary, TIME_TRENDS, formatMs) };
}

export function throughputTable(summary: Summary): FigureTable {
  const head = ['Throughput (/s)', 'seconds', 'min', 'p50', 'p90', 'p99', 'p99.9', 'max', 'mean'];
  return { head, rows: rowsOf(summary, RATE_TRENDS, formatCount) };
}

function rowsOf(
  { trends }: Summary,
  names: readonly (keyof Summary['trends'])[],
  format: (value: number) => string,
): string[][] {
  return names.flatMap((name) => {
    const stats = trends[name];
    return stats === null ? [] : [[name, formatCount(stats.count), ...cells(stats, format)]];
  });
}

function cells(stats: HistogramStats, format: (value: number) => string): string[] {
  return [stats.min, stats.p50, stats.p90, stats.p99, stats.p999, stats.max, stats.mean].map(format);
}
