/** The books of a run must balance: every start and every QoS 1 message has exactly one outcome. */
import type { Counter } from '../model/metrics/metric-names.ts';

/** Sums of the counters that do not add up, in words; none when all do. */
export function imbalances(counters: Readonly<Record<Counter, number>>): string[] {
  const c = counters;
  const problems: string[] = [];
  const settled =
    c.connects_ok + c.connects_failed + c.connects_dropped + c.connects_cancelled + c.connects_lost;
  if (settled !== c.connects_scheduled) {
    problems.push(`connects: ${c.connects_scheduled} scheduled, but ${settled} have an outcome`);
  }
  const sentQos1 = c.messages_sent - c.messages_sent_qos0;
  const answered = c.messages_acked + c.messages_failed + c.messages_unacked;
  if (answered !== sentQos1) {
    problems.push(`messages: ${sentQos1} sent at QoS 1, but ${answered} have an outcome`);
  }
  return problems;
}
