/**
 * What each counter counts out of. Where that is nothing, a counter's 0 is no number but the lack of one: no message was lost of none that
 * was sent. Pure.
 */
import type { Scenario } from '../scenario.ts';
import { COUNTER_ROWS, type Counter, type WholeName } from './counters.ts';

/** Something that a run must have done before what came of it can be counted. */
interface Whole {
  /** Reason why there is no data where it is 0. */
  nothing: string;
  amount(counted: Counted): number;
  /** Whether it is certain to be 0 in every run of the scenario; absent: of none. */
  isNever?(scenario: Scenario): boolean;
}

/** What a run, or a trial, has counted. */
export interface Counted {
  counters: Readonly<Record<Counter, number>>;
  /** Open connections over the run, or over a trial, which may begin with some that are open already. */
  open: { max: number } | undefined | null;
  /** Messages that came and could be told apart, by the header of `payload.size`: the values of `message_latency`. A backlog is apart. */
  heard: number;
}

const isSilent = ({ publish }: Scenario): boolean => publish.length === 0;
const hasNoHeader = ({ publish }: Scenario): boolean =>
  publish.every(({ payload }) => payload.kind !== 'size');

const WHOLES: Readonly<Record<WholeName, Whole>> = {
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
    isNever: isSilent,
  },
  sent: {
    nothing: 'no message was sent',
    amount: ({ counters }) => counters.messages_sent,
    isNever: isSilent,
  },
  // At QoS 0 nothing is acknowledged.
  acknowledged: {
    nothing: 'no message was sent that is acknowledged',
    amount: ({ counters }) => counters.messages_sent - counters.messages_sent_qos0,
    isNever: ({ publish }) => publish.every(({ qos }) => qos === 0),
  },
  heard: {
    nothing: 'no message with a header (payload: { size: … }) was received',
    amount: ({ counters, heard }) => heard + counters.messages_backlog,
    isNever: hasNoHeader,
  },
  // What is sent while no subscriber is there is owed to nobody.
  owed: {
    nothing: 'no message with a header (payload: { size: … }) was owed to a subscriber',
    amount: ({ counters, heard }) => heard + counters.messages_backlog + counters.messages_lost,
    isNever: hasNoHeader,
  },
  asked: {
    nothing: 'no answer was due',
    amount: ({ counters }) => counters.replies_received + counters.replies_missing,
    isNever: ({ publish }) => publish.every(({ reply }) => reply === undefined),
  },
};

/** Reason why a counter has no data in a run that did nothing of what it counts out of. */
export function nothingOf(name: Counter): string {
  return WHOLES[COUNTER_ROWS[name].outOf].nothing;
}

/** Reason why the counter says nothing; undefined where it is a number. What is not known yet (NaN) is a reason too. */
export function lackOf(name: Counter, counted: Counted): string | undefined {
  // Something that came of nothing is there all the same.
  if (counted.counters[name] > 0) return undefined;
  const { nothing, amount } = WHOLES[COUNTER_ROWS[name].outOf];
  return amount(counted) > 0 ? undefined : nothing;
}

/** Whether what the counter counts out of is certain to be nothing in every run of the scenario. */
export function countsNothing(name: Counter, scenario: Scenario): boolean {
  return WHOLES[COUNTER_ROWS[name].outOf].isNever?.(scenario) ?? false;
}
