import { expect, it } from 'vitest';
import type { Recorder } from '../../../src/metrics/recorder.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import { paintFor } from '../../../src/report/paint.ts';
import { progressLine } from '../../../src/report/progress.ts';
import { snapshotOf } from '../metrics/snapshots.ts';

const PLAIN = paintFor({}, {});
const FACTS = { elapsedUs: 2e6, durationUs: 8e6, starts: 1200, columns: 110 };

function totalsOf(record: (recorder: Recorder) => void, open = 0, toUs = 1e6): Totals {
  const totals = new Totals(1);
  totals.add(0, snapshotOf(0, record, { open, toUs }));
  return totals;
}

it('shows how far, how many, how fast, how slow', () => {
  const totals = totalsOf(({ counters, trends }) => {
    counters.connects_ok = 1000;
    counters.messages_sent = 2500;
    counters.connects_failed = 2;
    trends.connect_latency.record(5_000);
    trends.publish_ack.record(1_500);
  }, 1000);
  expect(progressLine(totals, FACTS, PLAIN)).toMatchInlineSnapshot(
    `"━━━━━─────────────── 2.0 s  open 1,000/1,200  1,000 conn/s  2,500 msg/s  ack p50 1.5 p99 1.5 ms  failed 2"`,
  );
});

it('before the first second has anything to say', () => {
  expect(progressLine(new Totals(2), { ...FACTS, elapsedUs: 0 }, PLAIN)).toMatchInlineSnapshot(
    `"──────────────────── 0.0 s  open 0/1,200  0 conn/s  0 msg/s  failed 0"`,
  );
});

it('shows the connect latency while nothing is published', () => {
  const totals = totalsOf(({ trends }) => trends.connect_latency.record(5_000));
  expect(progressLine(totals, FACTS, PLAIN)).toContain('connect p50 5 p99 5 ms');
});

it.each([-1e6, 0, 8e6, 60e6])('the bar keeps its width at %d µs', (elapsedUs) => {
  const [bar = ''] = progressLine(new Totals(1), { ...FACTS, elapsedUs }, PLAIN).split(' ');
  expect(bar).toMatch(/^[━─]{20}$/);
});

it('gives up its bar, not its numbers, on a narrow terminal', () => {
  for (const columns of [40, 80, 90, 140]) {
    const line = progressLine(new Totals(1), { ...FACTS, columns }, PLAIN);
    expect(line).toContain('failed 0');
    if (columns >= 80) expect(line.length).toBeLessThanOrEqual(columns);
  }
});

it('shows the level of the run rather than that of its closing', () => {
  const totals = totalsOf(() => {}, 1000);
  totals.add(
    0,
    snapshotOf(1, () => {}, { open: 0, closing: true }),
  );
  expect(progressLine(totals, FACTS, PLAIN)).toContain('open 1,000/1,200');
});

it('shows numbers even after a second of no length', () => {
  expect(
    progressLine(
      totalsOf(() => {}, 0, 0),
      { ...FACTS, durationUs: 0 },
      PLAIN,
    ),
  ).not.toContain('NaN');
});
