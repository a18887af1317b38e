/** What each metric is, in one line: as Prometheus shows it beside the name. */
import type { Counter, TimeTrend } from '../../model/metrics/metric-names.ts';

export const COUNTER_HELP: Record<Counter, string> = {
  connects_scheduled: 'Connects that fell due.',
  connects_started: 'Connects that were really started.',
  connects_ok: 'Connects that were accepted.',
  connects_failed: 'Connects that failed.',
  connects_dropped: 'Connects that found no free slot when they were due.',
  connects_cancelled: 'Connects that the end of the run overtook.',
  connects_lost: 'Connects that were lost with their worker.',
  connects_retried: 'Attempts after the first of connects that failed at first.',
  disconnects: 'Open connections that were lost.',
  reconnects_started: 'Attempts to come back after a loss.',
  reconnects_ok: 'Devices that came back after a loss.',
  reconnects_failed: 'Attempts to come back that failed.',
  messages_scheduled: 'Messages that fell due.',
  messages_sent: 'Messages sent by devices.',
  messages_acked: 'Messages sent at QoS 1 and acknowledged.',
  messages_failed: 'Messages sent at QoS 1 and refused, or cut off with their connection.',
  messages_unacked: 'Messages sent at QoS 1 and not acknowledged when the run ended.',
  messages_received: 'Messages received by devices.',
  messages_lost:
    'Messages sent and not received by a subscriber that was there; known at the end of the run.',
  messages_duplicated: 'Messages that one subscriber, or shared subscription, received more than once.',
  messages_reordered: 'Messages received after a later one.',
  replies_received: 'Answers to messages.',
  replies_missing: 'Messages without an answer in time.',
  bytes_sent: 'Bytes written to connections.',
  bytes_received: 'Bytes read from connections.',
  messages_sent_qos0: 'Messages sent at QoS 0, which is never acknowledged.',
};

export const TREND_HELP: Record<TimeTrend, string> = {
  connect_latency: 'From the intended start of a connect to its CONNACK.',
  connect_service: 'From the real start of a connect to its CONNACK.',
  connect_sign: 'Signing of a connect.',
  connect_dns: 'DNS look-up of a connect.',
  connect_tcp: 'TCP handshake of a connect.',
  connect_tls: 'TLS handshake of a connect.',
  connect_connack: 'From CONNECT to CONNACK.',
  subscribe_suback: 'From SUBSCRIBE to SUBACK.',
  publish_ack: 'From the intended sending of a message to its PUBACK.',
  message_latency: 'From the intended sending of a message to its reception by a device.',
  reply_latency: 'From the intended sending of a message to its answer.',
  reconnect_latency: 'From the loss of a connection to the CONNACK of its return.',
  connect_slip: 'How late the generator itself started a connect.',
  publish_slip: 'How late the generator itself sent a message.',
};
