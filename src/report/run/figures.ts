/** The figures that every report of text shows, as rows: the terminal and Markdown differ in how they draw them only. */
import type { HistogramStats } from '../../metrics/histogram/histogram.ts';
import type { Recovery } from '../../metrics/recovery.ts';
import type { Summary } from '../../metrics/summary.ts';
import { COUNTER_ROWS } from '../../model/metrics/counters.ts';
import { COUNTERS, RATE_TRENDS, TIME_TRENDS } from '../../model/metrics/metric-names.ts';
import { percentileHeads, percentilesIn } from '../../model/metrics/percentiles.ts';
import type { TroubleLine } from '../../model/metrics/row.ts';
import { formatBytes, formatCount, formatEach, formatMs } from '../text/format.ts';
import type { Paint } from '../text/paint.ts';

/** A table of trends: in each row the name first, numbers after it. No rows: nothing was measured. */
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
  const bad = (count: number, word: string): string => paint.bad(`${formatCount(count)} ${word}`);
  const troubles = (line: TroubleLine): string[] =>
    troublesIn(c, line).map(({ count, word }) => bad(count, word));
  const unsent = c.messages_scheduled - c.messages_sent;
  const rows = [
    row('Connects', [
      `${formatCount(c.connects_scheduled)} scheduled`,
      c.connects_ok === c.connects_scheduled
        ? paint.good(`${formatCount(c.connects_ok)} ok`)
        : `${formatCount(c.connects_ok)} ok`,
      ...troubles('connects'),
      connectionsOpen !== null && `${formatCount(connectionsOpen.max)} open at most`,
    ]),
  ];
  if (c.messages_scheduled > 0 || c.messages_received > 0) {
    rows.push(
      row('Messages', [
        `${formatCount(c.messages_sent)} sent`,
        unsent > 0 && bad(unsent, 'due and not sent'),
        c.messages_sent > c.messages_sent_qos0 && `${formatCount(c.messages_acked)} acked`,
        ...troubles('messages'),
        `${formatCount(c.messages_received)} received`,
        c.messages_backlog > 0 && `${formatCount(c.messages_backlog)} of them backlog`,
        c.replies_received > 0 && `${formatCount(c.replies_received)} of them replies`,
      ]),
    );
  }
  const deliveries = troubles('deliveries');
  if (deliveries.length > 0) rows.push(row('', deliveries));
  if (recovery !== null) rows.push(row('Recovery', recoveryParts(recovery)));
  rows.push(row('Bytes', [`${formatBytes(c.bytes_sent)} sent`, `${formatBytes(c.bytes_received)} received`]));
  return rows;
}

/** The counts above 0 that stand in the line, each with the word after it. */
export function troublesIn(
  counters: Summary['counters'],
  line: TroubleLine,
): { count: number; word: string }[] {
  return COUNTERS.flatMap((name) => {
    const { trouble } = COUNTER_ROWS[name];
    const count = counters[name];
    return trouble?.line === line && count > 0 ? [{ count, word: trouble.word }] : [];
  });
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

const HEADS = ['min', ...percentileHeads('text'), 'max', 'mean'];

export function latencyFigures(summary: Summary): FigureTable {
  return { head: ['Latency (ms)', 'count', ...HEADS], rows: rowsOf(summary, TIME_TRENDS, formatMs) };
}

export function throughputFigures(summary: Summary): FigureTable {
  return { head: ['Throughput (/s)', 'seconds', ...HEADS], rows: rowsOf(summary, RATE_TRENDS, formatCount) };
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
  return formatEach([stats.min, ...percentilesIn('text', stats), stats.max, stats.mean], format);
}
