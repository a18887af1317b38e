/** Thresholds on what a scenario can never measure, or only when it is too late. Pure. */
import { isIP } from 'node:net';
import { COUNTED_OUT_OF } from '../../model/metrics/counter-wholes.ts';
import {
  CLOSING_COUNTERS,
  type Counter,
  kindOfMetric,
  type MetricName,
  WHOLE_OF,
} from '../../model/metrics/metric-names.ts';
import type { Scenario, Threshold } from '../../model/scenario.ts';
import { effectiveSubscriptions } from '../../model/subscriptions.ts';

export interface EmptyThreshold {
  /** Of the outside form. */
  path: readonly PropertyKey[];
  message: string;
}

/** Of several that say the same of one metric, the first. */
export function emptyThresholds(scenario: Scenario): EmptyThreshold[] {
  const found = new Map<string, EmptyThreshold>();
  const seen = new Map<MetricName, number>();
  for (const threshold of scenario.thresholds) {
    const { metric } = threshold;
    const index = seen.get(metric) ?? 0;
    seen.set(metric, index + 1);
    const message = messageOn(threshold, scenario);
    if (message === undefined || found.has(message)) continue;
    found.set(message, { path: ['thresholds', metric, index], message });
  }
  return [...found.values()];
}

function messageOn({ metric, aggregate, abortFromUs }: Threshold, scenario: Scenario): string | undefined {
  const { publish } = scenario;
  const isShareOfNothing = aggregate === 'share' && publish.length === 0 && isShareOfMessages(metric);
  const why = isShareOfNothing ? NOTHING_PUBLISHED : reasonOf(metric, scenario);
  if (why === undefined) {
    // As long as a connect may be tried again it has not failed.
    const isClosing =
      CLOSING_COUNTERS.includes(metric as Counter) ||
      (metric === 'connects_failed' && scenario.connect.retry !== undefined);
    const isTooLate = abortFromUs !== undefined && isClosing;
    return isTooLate ? `${metric} is counted when the run ends: abortOnFail has no effect` : undefined;
  }
  // A counter that never moves is 0, which is data; a trend without values is none, nor is what counts out of nothing.
  const isData = kindOfMetric(metric) === 'counter' && !isShareOfNothing;
  if (isData && !countsNothing(metric as Counter, scenario)) return `${metric} will stay 0: ${why}`;
  return `${metric} will have no data: ${why}; a threshold without data fails`;
}

/** Of what is sent: of nothing, when nothing is published. */
function isShareOfMessages(metric: MetricName): boolean {
  const whole = WHOLE_OF[metric as Counter];
  return whole === 'messages_scheduled' || whole === 'messages_sent';
}

/** Whether what the counter counts out of is certain to be nothing. */
function countsNothing(counter: Counter, { publish }: Scenario): boolean {
  const isSilent = publish.length === 0;
  switch (COUNTED_OUT_OF[counter]) {
    case 'due':
    case 'sent':
      return isSilent;
    case 'acknowledged':
      return publish.every(({ qos }) => qos === 0);
    case 'asked':
      return publish.every(({ reply }) => reply === undefined);
    case 'heard':
    case 'owed':
      return publish.every(({ payload }) => payload.kind !== 'size');
    case 'scheduled':
    case 'started':
    case 'connected':
      return false;
  }
}

const NOTHING_PUBLISHED = 'nothing is published';

/** Why nothing will be measured; undefined where something may be. */
function reasonOf(metric: MetricName, scenario: Scenario): string | undefined {
  const { publish, subscribe, connect, reconnect, target } = scenario;
  const isSilent = publish.length === 0;
  switch (metric) {
    case 'connect_tls':
      return isTls(scenario) ? undefined : 'the target is not TLS';
    case 'connect_dns':
      if (target.kind === 'embedded') return 'the stand-in has a literal address';
      return target.kind === 'url' && isIP(target.host) > 0 ? 'the target is a literal address' : undefined;
    case 'subscribe_suback':
      return effectiveSubscriptions(scenario).length === 0 ? 'nothing is subscribed to' : undefined;
    case 'reply_latency':
    case 'replies_received':
    case 'replies_missing':
      return publish.some(({ reply }) => reply !== undefined) ? undefined : 'no publish has a reply';
    case 'connects_retried':
      return connect.retry === undefined ? 'connect.retry is off' : undefined;
    case 'reconnect_latency':
    case 'reconnects_started':
    case 'reconnects_ok':
    case 'reconnects_failed':
      return reconnect === undefined ? 'reconnect is off' : undefined;
    case 'message_latency':
    case 'messages_lost':
    case 'messages_duplicated':
    case 'messages_reordered':
      if (!publish.some(({ payload }) => payload.kind === 'size'))
        return 'no publish has a payload of the form { size: … }, which carries number and time';
      return subscribe.length === 0 ? 'nothing is subscribed to' : undefined;
    case 'publish_ack':
    case 'messages_acked':
    case 'messages_failed':
    case 'messages_unacked':
    case 'messages_acked_per_sec':
      if (isSilent) return NOTHING_PUBLISHED;
      return publish.some(({ qos }) => qos > 0) ? undefined : 'at QoS 0 nothing is acknowledged';
    case 'publish_slip':
    case 'messages_scheduled':
    case 'messages_sent':
    case 'messages_sent_qos0':
    case 'messages_sent_per_sec':
      return isSilent ? NOTHING_PUBLISHED : undefined;
    case 'messages_received':
    case 'messages_received_per_sec':
      // The platform answers publishes without being subscribed to, so both must be absent.
      return isSilent && subscribe.length === 0 ? 'nothing is published or subscribed to' : undefined;
    default:
      return undefined;
  }
}

function isTls({ target, broker }: Scenario): boolean {
  if (target.kind === 'embedded') return broker.tls;
  return target.kind === 'url' ? target.protocol === 'mqtts' || target.protocol === 'wss' : target.tls;
}
