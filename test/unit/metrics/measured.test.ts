import { expect, it } from 'vitest';
import { measuredOf } from '../../../src/metrics/measured.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import { snapshotOf } from './snapshots.ts';

it('makes a throughput once, however often it is asked for', () => {
  const totals = new Totals(1);
  totals.add(
    0,
    snapshotOf(0, ({ counters }) => {
      counters.messages_sent = 70;
    }),
  );
  const measured = measuredOf(totals, 1e6, 0);
  const sent = measured.histogram('messages_sent_per_sec');
  expect(sent?.max).toBe(70);
  expect(measured.histogram('messages_sent_per_sec')).toBe(sent);
  expect(measured.histogram('messages_acked_per_sec')).toBeUndefined();
  measured.destroy();
});
