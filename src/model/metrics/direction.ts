/** Which way a metric gets better. */
import { type Counter, kindOfMetric, type MetricName } from './metric-names.ts';

const BETTER_HIGH: readonly Counter[] = [
  'connects_started',
  'connects_ok',
  'messages_sent',
  'messages_acked',
  'messages_received',
  'replies_received',
];

const BETTER_LOW: readonly Counter[] = [
  'connects_failed',
  'connects_dropped',
  'connects_cancelled',
  'connects_lost',
  'connects_retried',
  'disconnects',
  'reconnects_failed',
  'messages_failed',
  'messages_unacked',
  'messages_lost',
  'messages_duplicated',
  'messages_reordered',
  'replies_missing',
];

/** Undefined where neither is better: what was scheduled, bytes. */
export function betterOf(metric: MetricName): 'low' | 'high' | undefined {
  switch (kindOfMetric(metric)) {
    case 'time':
      return 'low';
    case 'rate':
      return 'high';
    default:
      if (BETTER_LOW.includes(metric as Counter)) return 'low';
      return BETTER_HIGH.includes(metric as Counter) ? 'high' : undefined;
  }
}
