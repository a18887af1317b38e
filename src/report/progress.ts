/** One line that says how a run stands: redrawn in place on a terminal, printed now and then elsewhere. */
import type { Totals } from '../metrics/totals.ts';
import { formatCount, formatMs, formatSeconds } from './format.ts';
import type { Paint } from './paint.ts';

export interface ProgressFacts {
  elapsedUs: number;
  durationUs: number;
  /** Connections planned. */
  starts: number;
  /** Of the terminal; the bar gives way when the rest needs the room. */
  columns: number;
}

const WIDEST_BAR = 20;
const NARROWEST_BAR = 5;

/** Rates and percentiles are those of the last whole second. */
export function progressLine(totals: Totals, facts: ProgressFacts, paint: Paint): string {
  const { counters, timeline } = totals;
  const last = timeline.rows.findLast((row) => !row.closing);
  const perSec = (name: 'connects_ok' | 'messages_sent'): string =>
    last && last.toUs > last.fromUs
      ? formatCount((last.counters[name] ?? 0) / ((last.toUs - last.fromUs) / 1e6))
      : '0';
  const latency = last?.trends.publish_ack ?? last?.trends.connect_latency;
  const latencyName = last?.trends.publish_ack ? 'ack' : 'connect';
  const failed = counters.connects_failed + counters.connects_dropped + counters.disconnects;
  const parts = [
    formatSeconds(facts.elapsedUs),
    `open ${formatCount(last?.open ?? 0)}/${formatCount(facts.starts)}`,
    `${perSec('connects_ok')} conn/s`,
    `${perSec('messages_sent')} msg/s`,
    latency ? `${latencyName} p50 ${formatMs(latency.p50 / 1e3)} p99 ${formatMs(latency.p99 / 1e3)} ms` : '',
    `failed ${formatCount(failed)}`,
  ].filter((part) => part !== '');
  const room = facts.columns - parts.join('  ').length - 2;
  if (failed > 0) parts.push(paint.bad(parts.pop()!));
  if (room >= NARROWEST_BAR) parts[0] = `${bar(facts, Math.min(room, WIDEST_BAR), paint)} ${parts[0]}`;
  return parts.join('  ');
}

function bar({ elapsedUs, durationUs }: ProgressFacts, width: number, paint: Paint): string {
  const share = durationUs > 0 ? Math.min(1, Math.max(0, elapsedUs / durationUs)) : 1;
  const filled = Math.round(share * width);
  return `${paint.good('━'.repeat(filled))}${paint.dim('─'.repeat(width - filled))}`;
}
