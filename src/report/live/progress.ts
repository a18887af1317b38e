/** One line that says how a run stands, for where nothing can be redrawn in place. Pure. */

import { formatCount, formatSeconds, formatUsInMs } from '../text/format.ts';
import type { Paint } from '../text/paint.ts';
import type { LiveFacts } from './live-facts.ts';

const BAR_WIDTH = 20;

/** Rates and percentiles are those of the last whole second. */
export function progressLine({ course, figures, planned }: LiveFacts, paint: Paint): string {
  const { perSec, latencies, failed, retried } = figures;
  const lately = latencies.filter(({ stats }) => stats !== undefined);
  const latency = lately.find(({ name }) => name === 'publish ack') ?? lately[0];
  const failedText = `failed ${formatCount(failed)}`;
  return [
    `${progressBar(course.elapsedUs, course.durationUs, BAR_WIDTH, paint)} ${formatSeconds(course.elapsedUs)}`,
    `open ${formatCount(figures.open)}/${formatCount(planned)}`,
    `${formatCount(perSec.connects_per_sec)} conn/s`,
    `${formatCount(perSec.messages_sent_per_sec)} msg/s`,
    ...(latency?.stats
      ? [`${latency.name} p50 ${formatUsInMs(latency.stats.p50)} p99 ${formatUsInMs(latency.stats.p99)} ms`]
      : []),
    failed > 0 ? paint.bad(failedText) : failedText,
    ...(retried > 0 ? [paint.bad(`tried again ${formatCount(retried)}`)] : []),
  ].join('  ');
}

export function progressBar(elapsedUs: number, durationUs: number, width: number, paint: Paint): string {
  const share = durationUs > 0 ? Math.min(1, Math.max(0, elapsedUs / durationUs)) : 1;
  const filled = Math.round(share * width);
  return `${paint.good('━'.repeat(filled))}${paint.dim('─'.repeat(width - filled))}`;
}
