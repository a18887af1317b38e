/**
 * What each counter counts out of. Where that is nothing, a counter's 0 is no number but the lack of one: no message was lost of none that
 * was sent. Pure.
 */
import type { Counter } from './metric-names.ts';

/** Something that a run must have done before what came of it can be counted. */
export interface Whole {
  /** Said where it is 0, as the reason why there is no data. */
  nothing: string;
  amount(counted: Counted): number;
}

export interface Counted {
  counters: Readonly<Record<Counter, number>>;
  /** Levels over the run, or over a trial, which may begin with connections that are open already. */
  open: { max: number } | undefined | null;
  /** Messages that came and could be told apart, by the header of `payload.size`: the values of `message_latency`. */
  heard: number;
}

const WHOLES = {
  scheduled: {
    nothing: 'no connect was due',
    amount: ({ counters }) => counters.connects_scheduled,
  },
  started: {
    nothing: 'no connect was started',
    amount: ({ counters }) => counters.connects_started,
  },
  connected: {
    nothing: 'nothing connected',
    amount: ({ counters, open }) => counters.connects_ok + (open?.max ?? 0),
  },
  due: {
    nothing: 'no message was due',
    amount: ({ counters }) => counters.messages_scheduled,
  },
  sent: {
    nothing: 'no message was sent',
    amount: ({ counters }) => counters.messages_sent,
  },
  // At QoS 0 nothing is acknowledged.
  acknowledged: {
    nothing: 'no message was sent that is acknowledged',
    amount: ({ counters }) => counters.messages_sent - counters.messages_sent_qos0,
  },
  heard: {
    nothing: 'no message with a header (payload: { size: … }) was received',
    amount: ({ heard }) => heard,
  },
  // What is sent while no subscriber is there is owed to nobody.
  owed: {
    nothing: 'no message with a header (payload: { size: … }) was owed to a subscriber',
    amount: ({ counters, heard }) => heard + counters.messages_lost,
  },
  asked: {
    nothing: 'no answer was due',
    amount: ({ counters }) => counters.replies_received + counters.replies_missing,
  },
} as const satisfies Record<string, Whole>;

/**
 * A return is counted out of what connected, not out of what was lost: that a fleet lost nothing and so nothing had to come back is a
 * number. A share of the lost is none then (`WHOLE_OF`).
 */
export const COUNTED_OUT_OF: Readonly<Record<Counter, keyof typeof WHOLES>> = {
  connects_scheduled: 'scheduled',
  connects_started: 'scheduled',
  connects_ok: 'scheduled',
  connects_failed: 'started',
  connects_retried: 'started',
  connects_dropped: 'scheduled',
  connects_cancelled: 'scheduled',
  connects_lost: 'scheduled',
  disconnects: 'connected',
  reconnects_started: 'connected',
  reconnects_ok: 'connected',
  reconnects_failed: 'connected',
  messages_scheduled: 'connected',
  messages_sent: 'due',
  messages_acked: 'acknowledged',
  messages_failed: 'acknowledged',
  messages_unacked: 'acknowledged',
  messages_received: 'connected',
  messages_lost: 'owed',
  messages_duplicated: 'heard',
  messages_reordered: 'heard',
  replies_received: 'sent',
  replies_missing: 'asked',
  bytes_sent: 'started',
  bytes_received: 'started',
  messages_sent_qos0: 'sent',
};

/** Why the counter says nothing; undefined where it is a number. What is not known yet (NaN) is a reason too. */
export function lackOf(name: Counter, counted: Counted): string | undefined {
  // Something that came of nothing is there all the same.
  if (counted.counters[name] > 0) return undefined;
  const { nothing, amount } = WHOLES[COUNTED_OUT_OF[name]];
  return amount(counted) > 0 ? undefined : nothing;
}
