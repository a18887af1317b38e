import { expect, it } from 'vitest';
import type { Recorder } from '../../../../src/metrics/recorder.ts';
import { Totals } from '../../../../src/metrics/totals.ts';
import { progressBar, progressLine } from '../../../../src/report/live/progress.ts';
import { paintFor } from '../../../../src/report/text/paint.ts';
import { snapshotOf } from '../../metrics/snapshots.ts';
import { busyTotals, standing } from '../standing.ts';

const PLAIN = paintFor({}, {});

function lineOf(record: (recorder: Recorder) => void, open = 0, toUs = 1e6): string {
  const totals = new Totals(1);
  totals.add(0, snapshotOf(0, record, { open, toUs }));
  return progressLine(standing(totals, 2e6), PLAIN);
}

it('shows how far, how many, how fast, how slow', () => {
  const line = lineOf(({ counters, trends }) => {
    counters.connects_ok = 1000;
    counters.messages_sent = 2500;
    counters.connects_failed = 2;
    trends.connect_latency.record(5_000);
    trends.publish_ack.record(1_500);
  }, 1000);
  expect(line).toMatchInlineSnapshot(
    `"━━────────────────── 2.0 s  open 1,000/1,200  1,000 conn/s  2,500 msg/s  publish ack p50 1.5 p99 1.5 ms  failed 2"`,
  );
});

it('before the first second has anything to say', () => {
  expect(progressLine(standing(new Totals(2), 0), PLAIN)).toMatchInlineSnapshot(
    `"──────────────────── 0.0 s  open 0/1,200  0 conn/s  0 msg/s  failed 0"`,
  );
});

it('shows the connect latency while nothing is published, and none when there is none lately', () => {
  expect(lineOf(({ trends }) => trends.connect_latency.record(5_000))).toContain('connect p50 5 p99 5 ms');
  const totals = new Totals(1);
  for (let second = 0; second < 10; second++) {
    totals.add(
      0,
      snapshotOf(second, ({ trends }) => second === 0 && trends.connect_latency.record(5_000)),
    );
  }
  expect(progressLine(standing(totals, 10e6), PLAIN)).not.toContain('p50');
});

it('tells of attempts that are made again: none of them has failed yet', () => {
  const line = lineOf(({ counters }) => {
    Object.assign(counters, { connects_retried: 7, reconnects_started: 2 });
  });
  expect(line).toMatch(/failed 0 {2}tried again 9$/);
});

it('counts what failed, what found no slot and what was cut as failed', () => {
  const line = lineOf(({ counters }) => {
    Object.assign(counters, { connects_failed: 1, connects_dropped: 20, disconnects: 300 });
  });
  expect(line).toContain('failed 321');
});

it.each([-1e6, 0, 20e6, 60e6])('the bar keeps its width at %d µs', (elapsedUs) => {
  const [bar = ''] = progressLine(standing(new Totals(1), elapsedUs), PLAIN).split(' ');
  expect(bar).toMatch(/^[━─]{20}$/);
});

it('the bar of a run without length is full', () => {
  expect(progressBar(0, 0, 5, PLAIN)).toBe('━━━━━');
});

it('shows the level of the run rather than that of its closing', () => {
  const totals = busyTotals();
  totals.add(
    0,
    snapshotOf(10, () => {}, { open: 0, closing: true }),
  );
  expect(progressLine(standing(totals, 10e6), PLAIN)).toContain('open 1,200/1,200');
});

it('shows numbers even after a second of no length', () => {
  expect(lineOf(() => {}, 0, 0)).not.toMatch(/NaN|Infinity|undefined/);
});
