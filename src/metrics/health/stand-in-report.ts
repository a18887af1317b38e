/** Holds a run against what the stand-in counted by itself. Only what is lossless on both sides is compared. */
import type { Counter } from '../../model/metrics/metric-names.ts';
import { type HistogramStats, statsInMs } from '../histogram/histogram.ts';

/** What the stand-in saw: its counts, and how long its answers really took, by kind, in µs. */
export interface SeenByStandIn {
  counts: Record<string, number>;
  truth: Record<string, HistogramStats | null>;
}

export interface StandInReport {
  counts: Record<string, number>;
  /** Times from a request's arrival to its answer, ms: what the run's own figures are made of, less the way there and back. */
  truth: Record<string, HistogramStats | null>;
  /** Pairs of figures that should be equal and are not, in words. */
  differences: string[];
}

/** Counters of ours, each beside the stand-in's count of the same thing; a return is a connect to the stand-in. */
const PAIRS: [Counter, string][] = [
  ['connects_ok', 'connects_ok'],
  ['messages_sent', 'publishes_received'],
  ['messages_sent_qos0', 'publishes_received_qos0'],
  ['messages_received', 'messages_delivered'],
];

export function compareWithStandIn(
  counters: Readonly<Record<Counter, number>>,
  { counts, truth }: SeenByStandIn,
): StandInReport {
  // What was on its way over a connection that broke, either side may have counted alone.
  const pairs = PAIRS.filter(([ours]) => ours === 'connects_ok' || counters.disconnects === 0);
  const own = { ...counters, connects_ok: counters.connects_ok + counters.reconnects_ok };
  const differences = pairs
    .filter(([ours, theirs]) => own[ours] !== counts[theirs])
    .map(([ours, theirs]) => `${ours} is ${own[ours]}, the stand-in's ${theirs} is ${counts[theirs]}`);
  const truthMs = Object.fromEntries(Object.entries(truth).map(([kind, stats]) => [kind, statsInMs(stats)]));
  return { counts, truth: truthMs, differences };
}
