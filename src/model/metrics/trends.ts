/** The trends, in the order in which reports list them: of durations, then of throughput. One row is all that is said of one. */
import type { Counter } from './counters.ts';
import type { RateRow, TimeRow } from './row.ts';

const TIMES = {
  connect_latency: {
    help: 'From the intended start of a connect to its CONNACK.',
    group: 'end-to-end',
    watched: { name: 'connect', place: 1 },
  },
  connect_service: {
    help: 'From the real start of a connect to its CONNACK.',
    group: 'part',
  },
  connect_sign: {
    help: 'Signing of a connect, with reading of the device’s certificate and key, or the user’s module, where it has these.',
    group: 'part',
    phase: { name: 'sign', says: 'what CONNECT carries: HMAC, certificate, token', colour: 4 },
  },
  connect_auth: {
    help: 'Request of a token that a connect begins with, and its answer.',
    group: 'part',
    needs: 'auth',
    addedLater: true,
    phase: { name: 'auth', says: 'HTTPS request of a token', colour: 7 },
  },
  auth_dns: {
    help: 'DNS look-up within connect_auth, where a connection is opened for it.',
    group: 'part',
    needs: 'auth look-up',
    addedLater: true,
  },
  auth_tcp: {
    help: 'TCP handshake within connect_auth, where a connection is opened for it.',
    group: 'part',
    needs: 'auth',
    addedLater: true,
  },
  auth_tls: {
    help: 'TLS handshake within connect_auth, where a connection is opened for it.',
    group: 'part',
    needs: 'auth tls',
    addedLater: true,
  },
  connect_dns: {
    help: 'DNS look-up of a connect.',
    group: 'part',
    needs: 'look-up',
    phase: { name: 'dns', says: 'name to address', colour: 5 },
  },
  connect_tcp: {
    help: 'TCP handshake of a connect.',
    group: 'part',
    phase: { name: 'tcp', says: 'SYN to connected', colour: 6 },
  },
  connect_tls: {
    help: 'TLS handshake of a connect.',
    group: 'part',
    needs: 'tls',
    phase: { name: 'tls', says: 'handshake', colour: 3 },
  },
  connect_connack: {
    help: 'From CONNECT to CONNACK.',
    group: 'part',
    phase: { name: 'connack', says: 'CONNECT to CONNACK', colour: 1 },
  },
  subscribe_suback: {
    help: 'From SUBSCRIBE to SUBACK.',
    group: 'end-to-end',
    needs: 'subscriptions',
  },
  publish_ack: {
    help: 'From the intended sending of a message to its PUBACK.',
    group: 'end-to-end',
    needs: 'acknowledgements',
    watched: { name: 'publish ack', place: 3 },
  },
  message_latency: {
    help: 'From the intended sending of a message to its reception by a device.',
    group: 'end-to-end',
    needs: 'headers',
    watched: { name: 'message', place: 5 },
  },
  reply_latency: {
    help: 'From the intended sending of a message to its answer.',
    group: 'end-to-end',
    needs: 'replies',
    watched: { name: 'reply', place: 4 },
  },
  // Waiting included.
  reconnect_latency: {
    help: 'From the loss of a connection to the CONNACK of its return.',
    group: 'end-to-end',
    needs: 'reconnect',
    watched: { name: 'reconnect', place: 2 },
  },
  backlog_drain: {
    help: 'From the CONNACK of a return to the last of the messages that had been kept for the device.',
    group: 'end-to-end',
    needs: 'backlog',
    addedLater: true,
  },
  connect_slip: {
    help: 'How late the generator itself started a connect.',
    group: 'generator',
  },
  publish_slip: {
    help: 'How late the generator itself sent a message.',
    group: 'generator',
    needs: 'messages',
  },
  tls_full: {
    help: 'TLS handshakes that made a new session, of connects, retries and returns.',
    group: 'part',
    needs: 'tls',
    addedLater: true,
  },
  tls_resumed: {
    help: 'TLS handshakes that went on with an earlier session, of connects, retries and returns.',
    group: 'part',
    needs: 'resumption',
    addedLater: true,
  },
} as const satisfies Record<string, TimeRow>;

const RATES = {
  messages_sent_per_sec: {
    help: 'Messages sent by devices, second by second.',
    counts: ['messages_sent'],
    needs: 'messages',
  },
  messages_acked_per_sec: {
    help: 'Messages sent at QoS 1 and acknowledged, second by second.',
    counts: ['messages_acked'],
    needs: 'acknowledgements',
  },
  messages_received_per_sec: {
    help: 'Messages received by devices, second by second.',
    counts: ['messages_received'],
    needs: 'downlink',
  },
  // A return is a connect to the broker.
  connects_per_sec: {
    help: 'Connects and returns that were accepted, second by second.',
    counts: ['connects_ok', 'reconnects_ok'],
  },
} as const satisfies Record<string, RateRow<Counter>>;

export type TimeTrend = keyof typeof TIMES;
export type RateTrend = keyof typeof RATES;
export type NeedOfTrend =
  | Extract<(typeof TIMES)[TimeTrend], { needs: string }>['needs']
  | Extract<(typeof RATES)[RateTrend], { needs: string }>['needs'];

export const TIME_ROWS: Readonly<Record<TimeTrend, TimeRow & { needs?: NeedOfTrend }>> = TIMES;
export const RATE_ROWS: Readonly<Record<RateTrend, RateRow<Counter> & { needs?: NeedOfTrend }>> = RATES;
