/** One line that says how a run stands: redrawn in place on a terminal, printed now and then elsewhere. */
import type { Totals } from '../metrics/totals.ts';
import { formatCount, formatMs, formatSeconds } from './format.ts';
import type { Paint } from './paint.ts';

export interface ProgressFacts {
  elapsedUs: number;
  durationUs: number;
  /** Connections planned. */
  starts: number;
}

const BAR_WIDTH = 20;

/** Rates and percentiles are those of the last whole second. */
export function progressLine(totals: Totals, facts: ProgressFacts, paint: Paint): string {
  const { counters, timeline } = totals;
  const last = timeline.rows.at(-1);
  const perSec = (name: 'connects_ok' | 'messages_sent'): string =>
    last && last.toUs > last.fromUs
      ? formatCount((last.counters[name] ?? 0) / ((last.toUs - last.fromUs) / 1e6))
      : '0';
  const latency = last?.trends.publish_ack ?? last?.trends.connect_latency;
  const latencyName = last?.trends.publish_ack ? 'ack' : 'connect';
  const failed = counters.connects_failed + counters.connects_dropped + counters.disconnects;
  return [
    `${bar(facts, paint)} ${formatSeconds(facts.elapsedUs)}`,
    `open ${formatCount(last?.open ?? 0)}/${formatCount(facts.starts)}`,
    `${perSec('connects_ok')} conn/s`,
    `${perSec('messages_sent')} msg/s`,
    latency ? `${latencyName} p50 ${formatMs(latency.p50 / 1e3)} p99 ${formatMs(latency.p99 / 1e3)} ms` : '',
    failed > 0 ? paint.bad(`failed ${formatCount(failed)}`) : 'failed 0',
  ]
    .filter((part) => part !== '')
    .join('  ');
}

function bar({ elapsedUs, durationUs }: ProgressFacts, paint: Paint): string {
  const share = durationUs > 0 ? Math.min(1, Math.max(0, elapsedUs / durationUs)) : 1;
  const filled = Math.round(share * BAR_WIDTH);
  return `${paint.good('━'.repeat(filled))}${paint.dim('─'.repeat(BAR_WIDTH - filled))}`;
}
