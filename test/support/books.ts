/** The books of a run that has been written: they balance, and the stand-in agrees. */
import { expect } from 'vitest';
import { readSummary } from './cli.ts';

export function expectBalanced(folder: string): void {
  const { counters: c, imbalances, standIn } = readSummary(folder);
  expect(c.connects_scheduled).toBe(
    c.connects_ok + c.connects_failed + c.connects_dropped + c.connects_cancelled + c.connects_lost,
  );
  expect(c.messages_sent - c.messages_sent_qos0).toBe(
    c.messages_acked + c.messages_failed + c.messages_unacked,
  );
  expect(imbalances).toEqual([]);
  // What a lost worker did after its last snapshot only the stand-in knows.
  if (standIn !== null && c.connects_lost === 0)
    expect(standIn.counts.connects_ok).toBe(c.connects_ok + c.reconnects_ok);
}
