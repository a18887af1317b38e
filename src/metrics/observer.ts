/** Holds a run against what an observer of its own counted: the stand-in. Only what is lossless on both sides is compared. */
import type { Counter } from '../scenario/metric-names.ts';

export interface ObserverReport {
  counts: Record<string, number>;
  /** Each pair of figures that should be equal and is not, in words. */
  differences: string[];
}

/** Our counter beside the observer's count of the same thing. */
const PAIRS: [Counter, string][] = [
  ['connects_ok', 'connects_ok'],
  ['messages_sent', 'publishes_received'],
  ['messages_sent_qos0', 'publishes_received_qos0'],
  ['messages_received', 'messages_delivered'],
];

export function compareWithObserver(
  counters: Readonly<Record<Counter, number>>,
  counts: Record<string, number>,
): ObserverReport {
  const differences = PAIRS.filter(([ours, theirs]) => counters[ours] !== counts[theirs]).map(
    ([ours, theirs]) => `${ours} is ${counters[ours]}, the stand-in's ${theirs} is ${counts[theirs]}`,
  );
  return { counts, differences };
}
