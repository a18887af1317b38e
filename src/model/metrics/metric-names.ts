/**
 * The name of every metric, in the order in which reports list them. They live here, below the recorder that fills them, because a
 * scenario's thresholds name metrics too.
 */

/** Histograms of durations: microseconds inside, milliseconds outside. */
export const TIME_TRENDS = [
  'connect_latency',
  'connect_service',
  'connect_sign',
  'connect_dns',
  'connect_tcp',
  'connect_tls',
  'connect_connack',
  'subscribe_suback',
  'publish_ack',
  'message_latency',
  'reply_latency',
  // From the loss of a connection to the CONNACK of the one that replaced it, waiting included.
  'reconnect_latency',
  'connect_slip',
  'publish_slip',
] as const;

/** Histograms of throughput: one value, in units per second, for each second of the run. */
export const RATE_TRENDS = [
  'messages_sent_per_sec',
  'messages_acked_per_sec',
  'messages_received_per_sec',
  'connects_per_sec',
] as const;

export const COUNTERS = [
  'connects_scheduled',
  'connects_started',
  'connects_ok',
  'connects_failed',
  'connects_dropped',
  'connects_cancelled',
  'connects_lost',
  // Attempts after the first of connects that failed at first.
  'connects_retried',
  'disconnects',
  'reconnects_started',
  'reconnects_ok',
  'reconnects_failed',
  'messages_scheduled',
  'messages_sent',
  'messages_acked',
  'messages_failed',
  'messages_unacked',
  'messages_received',
  'messages_lost',
  'messages_duplicated',
  'messages_reordered',
  'replies_received',
  'replies_missing',
  'bytes_sent',
  'bytes_received',
  // At QoS 0 there is no acknowledgement: these are left out of the balance of sent = acked + failed + unacked.
  'messages_sent_qos0',
] as const;

/** Counted when the run ends: before that there is no number, not even 0. */
export const CLOSING_COUNTERS: readonly Counter[] = [
  'connects_cancelled',
  'connects_lost',
  'messages_unacked',
  'messages_lost',
];

/** A level rather than a sum: only its highest and lowest value over the run can be judged. */
export const GAUGES = ['connections_open'] as const;

export type TimeTrend = (typeof TIME_TRENDS)[number];
export type RateTrend = (typeof RATE_TRENDS)[number];
export type Counter = (typeof COUNTERS)[number];
export type Gauge = (typeof GAUGES)[number];
export type MetricName = TimeTrend | RateTrend | Counter | Gauge;
export type MetricKind = 'time' | 'rate' | 'counter' | 'gauge';

/** What the `share` of a counter is a share of. A counter that is not here takes none. */
export const WHOLE_OF: Readonly<Partial<Record<Counter, Counter>>> = {
  connects_scheduled: 'connects_scheduled',
  connects_started: 'connects_scheduled',
  connects_ok: 'connects_scheduled',
  connects_failed: 'connects_scheduled',
  connects_dropped: 'connects_scheduled',
  connects_cancelled: 'connects_scheduled',
  connects_lost: 'connects_scheduled',
  connects_retried: 'connects_scheduled',
  disconnects: 'connects_ok',
  reconnects_started: 'disconnects',
  reconnects_ok: 'disconnects',
  reconnects_failed: 'reconnects_started',
  messages_scheduled: 'messages_scheduled',
  messages_sent: 'messages_scheduled',
  messages_sent_qos0: 'messages_sent',
  messages_acked: 'messages_sent',
  messages_failed: 'messages_sent',
  messages_unacked: 'messages_sent',
  messages_received: 'messages_sent',
  messages_lost: 'messages_sent',
  messages_duplicated: 'messages_received',
  messages_reordered: 'messages_received',
  replies_received: 'messages_sent',
  replies_missing: 'messages_sent',
};

const KIND_OF: ReadonlyMap<string, MetricKind> = new Map<string, MetricKind>([
  ...TIME_TRENDS.map((name) => [name, 'time'] as const),
  ...RATE_TRENDS.map((name) => [name, 'rate'] as const),
  ...COUNTERS.map((name) => [name, 'counter'] as const),
  ...GAUGES.map((name) => [name, 'gauge'] as const),
]);

export const METRIC_NAMES: readonly string[] = [...KIND_OF.keys()];

/** undefined for a name that is no metric. */
export function kindOfMetric(name: string): MetricKind | undefined {
  return KIND_OF.get(name);
}
