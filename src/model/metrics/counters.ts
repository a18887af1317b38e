/** The counters, in the order in which reports list them. One row is all that is said of one. */
import type { CounterRow } from './row.ts';

const ROWS = {
  connects_scheduled: {
    help: 'Connects that fell due.',
    outOf: 'scheduled',
    shareOf: 'connects_scheduled',
  },
  connects_started: {
    help: 'Connects that were really started.',
    better: 'high',
    outOf: 'scheduled',
    shareOf: 'connects_scheduled',
  },
  connects_ok: {
    help: 'Connects that were accepted.',
    better: 'high',
    outOf: 'scheduled',
    shareOf: 'connects_scheduled',
  },
  connects_failed: {
    help: 'Connects that failed.',
    better: 'low',
    outOf: 'started',
    shareOf: 'connects_scheduled',
    trouble: { line: 'connects', word: 'failed' },
  },
  connects_dropped: {
    help: 'Connects that found no free slot when they were due.',
    better: 'low',
    outOf: 'scheduled',
    shareOf: 'connects_scheduled',
    trouble: { line: 'connects', word: 'dropped' },
  },
  connects_cancelled: {
    help: 'Connects that the end of the run overtook.',
    better: 'low',
    outOf: 'scheduled',
    shareOf: 'connects_scheduled',
    closing: true,
    trouble: { line: 'connects', word: 'cancelled' },
  },
  connects_lost: {
    help: 'Connects that were lost with their worker.',
    better: 'low',
    outOf: 'scheduled',
    shareOf: 'connects_scheduled',
    closing: true,
    trouble: { line: 'connects', word: 'lost' },
  },
  connects_retried: {
    help: 'Attempts after the first of connects that failed at first.',
    better: 'low',
    outOf: 'started',
    shareOf: 'connects_scheduled',
    needs: 'retry',
    trouble: { line: 'connects', word: 'tried again' },
    addedLater: true,
  },
  disconnects: {
    help: 'Open connections that were lost.',
    better: 'low',
    outOf: 'connected',
    shareOf: 'connects_ok',
    trouble: { line: 'connects', word: 'disconnected' },
  },
  // A return is counted out of what connected, not out of what was lost: that a fleet lost nothing and so nothing had to come back is a
  // number. A share of the lost is none then.
  reconnects_started: {
    help: 'Attempts to come back after a loss.',
    outOf: 'connected',
    shareOf: 'disconnects',
    needs: 'reconnect',
  },
  reconnects_ok: {
    help: 'Devices that came back after a loss.',
    outOf: 'connected',
    shareOf: 'disconnects',
    needs: 'reconnect',
  },
  reconnects_failed: {
    help: 'Attempts to come back that failed.',
    better: 'low',
    outOf: 'connected',
    shareOf: 'reconnects_started',
    needs: 'reconnect',
  },
  messages_scheduled: {
    help: 'Messages that fell due.',
    outOf: 'connected',
    shareOf: 'messages_scheduled',
    needs: 'messages',
  },
  messages_sent: {
    help: 'Messages sent by devices.',
    better: 'high',
    outOf: 'due',
    shareOf: 'messages_scheduled',
    needs: 'messages',
  },
  messages_acked: {
    help: 'Messages sent at QoS 1 and acknowledged.',
    better: 'high',
    outOf: 'acknowledged',
    shareOf: 'messages_sent',
    needs: 'acknowledgements',
  },
  messages_failed: {
    help: 'Messages sent at QoS 1 and refused, or cut off with their connection.',
    better: 'low',
    outOf: 'acknowledged',
    shareOf: 'messages_sent',
    needs: 'acknowledgements',
    trouble: { line: 'messages', word: 'failed' },
  },
  messages_unacked: {
    help: 'Messages sent at QoS 1 and not acknowledged when the run ended.',
    better: 'low',
    outOf: 'acknowledged',
    shareOf: 'messages_sent',
    needs: 'acknowledgements',
    closing: true,
    trouble: { line: 'messages', word: 'unacked' },
  },
  messages_resent: {
    help: 'Messages sent again by devices that came back to their session: not sent anew, and not in messages_sent.',
    outOf: 'acknowledged',
    shareOf: 'messages_sent',
    needs: 'resending',
    addedLater: true,
    trouble: { line: 'messages', word: 'resent' },
  },
  messages_received: {
    help: 'Messages received by devices.',
    better: 'high',
    outOf: 'connected',
    shareOf: 'messages_sent',
    needs: 'downlink',
  },
  messages_backlog: {
    help: 'Messages received that were meant to be sent before the device was back at its session, which the server had kept.',
    outOf: 'heard',
    shareOf: 'messages_received',
    needs: 'backlog',
    addedLater: true,
  },
  messages_lost: {
    help: 'Messages sent and not received by a subscriber that was there; known at the end of the run.',
    better: 'low',
    outOf: 'owed',
    shareOf: 'messages_sent',
    needs: 'headers',
    closing: true,
    trouble: { line: 'deliveries', word: 'lost' },
  },
  messages_duplicated: {
    help: 'Messages that one subscriber, or shared subscription, received more than once.',
    better: 'low',
    outOf: 'heard',
    shareOf: 'messages_received',
    needs: 'headers',
    trouble: { line: 'deliveries', word: 'duplicated' },
  },
  messages_reordered: {
    help: 'Messages received after a later one.',
    better: 'low',
    outOf: 'heard',
    shareOf: 'messages_received',
    needs: 'headers',
    trouble: { line: 'deliveries', word: 'reordered' },
  },
  replies_received: {
    help: 'Answers to messages.',
    better: 'high',
    outOf: 'sent',
    shareOf: 'messages_sent',
    needs: 'replies',
  },
  replies_missing: {
    help: 'Messages without an answer in time.',
    better: 'low',
    outOf: 'asked',
    shareOf: 'messages_sent',
    needs: 'replies',
    trouble: { line: 'deliveries', word: 'replies missing' },
  },
  bytes_sent: {
    help: 'Bytes written to connections.',
    unit: 'bytes',
    outOf: 'started',
  },
  bytes_received: {
    help: 'Bytes read from connections.',
    unit: 'bytes',
    outOf: 'started',
  },
  // At QoS 0 there is no acknowledgement: these are left out of the balance of sent = acked + failed + unacked.
  messages_sent_qos0: {
    help: 'Messages sent at QoS 0, which is never acknowledged.',
    outOf: 'sent',
    shareOf: 'messages_sent',
    needs: 'messages',
  },
  tls_handshakes_full: {
    help: 'TLS handshakes of connects, retries and returns that made a new session.',
    outOf: 'started',
    needs: 'tls',
    addedLater: true,
  },
  tls_handshakes_resumed: {
    help: 'TLS handshakes of connects, retries and returns that went on with an earlier session.',
    outOf: 'started',
    needs: 'resumption',
    addedLater: true,
  },
} as const satisfies Record<string, CounterRow>;

export type Counter = keyof typeof ROWS;
/** Names of what counters count out of. */
export type WholeName = (typeof ROWS)[Counter]['outOf'];
export type NeedOfCounter = Extract<(typeof ROWS)[Counter], { needs: string }>['needs'];

type CheckedRow = CounterRow<Counter> & { outOf: WholeName; needs?: NeedOfCounter };
export const COUNTER_ROWS: Readonly<Record<Counter, CheckedRow>> = ROWS;
