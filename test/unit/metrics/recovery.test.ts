import { expect, it } from 'vitest';
import { type Recovery, recoveryOf } from '../../../src/metrics/recovery.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import { snapshotOf } from './snapshots.ts';

/** Each that came back took one more second than the one before; over two shards. */
function recovery(lost: number, back: number, attempts = back): Recovery | null {
  const totals = new Totals(2);
  for (const shard of [0, 1]) {
    totals.add(
      shard,
      snapshotOf(0, (recorder) => {
        if (shard === 0)
          Object.assign(recorder.counters, { disconnects: lost, reconnects_started: attempts });
        for (let n = 1 + shard; n <= back; n += 2) {
          recorder.counters.reconnects_ok++;
          recorder.trends.reconnect_latency.record(n * 1_000_000);
        }
        recorder.triesOfReturn(shard === 0 ? 3 : 2);
      }),
    );
  }
  return recoveryOf(totals);
}

/** The histogram's buckets are 0.1 % wide. */
const about = (seconds: number) => ({
  asymmetricMatch: (ms: unknown) =>
    typeof ms === 'number' && Math.abs(ms / 1000 - seconds) <= seconds * 0.001,
});

it('is nothing where nothing tried to come back', () => {
  expect(recovery(0, 0)).toBeNull();
  expect(recovery(10, 0)).toBeNull();
});

it('counts the lost, the returned, the attempts and the most that one needed', () => {
  expect(recovery(10, 8, 12)).toMatchObject({ lost: 10, back: 8, attempts: 12, mostTries: 3 });
});

it.each([
  ['all are back', 100, 100, about(50), about(95), about(100)],
  ['of an odd number', 3, 3, about(2), about(3), about(3)],
  ['one alone', 1, 1, about(1), about(1), about(1)],
  // The shares are of those lost, not of those back.
  ['all but one', 100, 99, about(50), about(95), null],
  ['just enough for 95 %', 100, 95, about(50), about(95), null],
  ['one too few for 95 %', 100, 94, about(50), null, null],
  ['just half', 100, 50, about(50), null, null],
  ['less than half', 100, 49, null, null, null],
  ['95 % of a number that 20 does not divide', 31, 29, about(16), null, null],
  ['none, though they tried', 10, 0, null, null, null],
])('%s', (_, lost, back, to50Ms, to95Ms, to100Ms) => {
  expect(recovery(lost, back, Math.max(1, back))).toMatchObject({ to50Ms, to95Ms, to100Ms });
});

it('the longest time is exact', () => {
  expect(recovery(7, 7)!.to100Ms).toBe(7000);
});
