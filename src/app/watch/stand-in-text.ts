/** What the stand-in saw, in words, for whoever runs it on its own. */
import { statsInMs } from '../../metrics/histogram/histogram.ts';
import { percentileHeads, percentilesIn } from '../../model/metrics/percentiles.ts';
import { terminalJson } from '../../model/terminal-text.ts';
import { formatCount, formatEach, formatMs } from '../../report/text/format.ts';
import { plainTable } from '../../report/text/plain-table.ts';
import { COUNT_NAMES, type Counts } from '../../stand-in/endpoint/counts.ts';
import { ANSWERS, type TruthStats } from '../../stand-in/endpoint/truth.ts';

export function standInProgress(counts: Counts): string {
  return `connections ${counts.connections_open} open, ${counts.connects_ok} ok, ${counts.connects_refused} refused, ${counts.kicked} kicked; publishes ${counts.publishes_received}, unauthorized ${counts.publishes_unauthorized}; delivered ${counts.messages_delivered}`;
}

/** Most counts are zero most of the time: only what happened is listed. */
export function countTable(counts: Counts): string {
  const rows = COUNT_NAMES.filter((name) => counts[name] > 0).map((name) => [
    name,
    formatCount(counts[name]),
  ]);
  return rows.length === 0 ? 'nothing happened\n' : `${plainTable(['count', 'value'], rows)}\n`;
}

/** The truth in ms, as all that leaves the harness. */
export function countJson(counts: Counts, truth: TruthStats | undefined): string {
  const inMs = truth && Object.fromEntries(ANSWERS.map((name) => [name, statsInMs(truth[name])]));
  return `${terminalJson({ ...counts, truth: inMs })}\n`;
}

export function answerTimeTable(truth: TruthStats): string {
  const rows = ANSWERS.flatMap((name) => {
    const stats = statsInMs(truth[name]);
    if (stats === null) return [];
    const times = [stats.min, stats.mean, ...percentilesIn('brief', stats), stats.max];
    return [[name, formatCount(stats.count), ...formatEach(times, formatMs)]];
  });
  const head = ['answered after (ms)', 'count', 'min', 'mean', ...percentileHeads('brief'), 'max'];
  return rows.length === 0 ? '' : `\n${plainTable(head, rows)}\n`;
}
