import { describe, expect, it } from 'vitest';
import type { Recorder } from '../../../../src/metrics/recorder.ts';
import { parseThreshold } from '../../../../src/metrics/threshold/expression.ts';
import { breachOf } from '../../../../src/metrics/threshold/threshold-watch.ts';
import { Totals } from '../../../../src/metrics/totals.ts';
import type { Threshold } from '../../../../src/model/scenario.ts';
import { snapshotOf } from '../snapshots.ts';

function abortOn(metric: string, expression: string, abortFromUs: number | undefined = 0): Threshold {
  const reading = parseThreshold(metric, expression);
  if ('wrong' in reading) throw new Error(reading.wrong);
  return { ...reading.threshold, ...(abortFromUs === undefined ? {} : { abortFromUs }) };
}

/** One whole second for each function, filled by it. */
function totalsOf(...seconds: ((recorder: Recorder) => void)[]): Totals {
  const totals = new Totals(1);
  for (const [second, record] of seconds.entries()) totals.add(0, snapshotOf(second, record, { open: 5 }));
  return totals;
}

const acked =
  (count: number) =>
  ({ counters }: Recorder): void => {
    counters.messages_acked = counters.messages_sent = counters.messages_scheduled = count;
  };
const SLOW = ({ trends }: Recorder): void => trends.connect_latency.record(900_000);

/** The index of the breach at the end of the last second, and what was measured. */
function breach(thresholds: Threshold[], totals: Totals, connectUs = 0) {
  const elapsedUs = totals.timeline.seconds.at(-1)!.toUs;
  const found = breachOf(thresholds, totals, elapsedUs, connectUs);
  return found && [found.index, found.result.verdict, found.result.actual];
}

it('finds the first that fails, by its place in the scenario', () => {
  const thresholds = [
    abortOn('messages_acked', 'count > 1'),
    abortOn('connect_latency', 'max < 500ms'),
    abortOn('connect_latency', 'p(99) < 500ms'),
  ];
  expect(
    breach(
      thresholds,
      totalsOf((recorder) => {
        acked(5)(recorder);
        SLOW(recorder);
      }),
    ),
  ).toEqual([1, 'fail', 900]);
  expect(breach(thresholds.slice(0, 1), totalsOf(acked(5)))).toBeUndefined();
});

it('leaves alone what does not abort, and what is still in its grace', () => {
  const never = { ...abortOn('connect_latency', 'max < 500ms') };
  delete never.abortFromUs;
  expect(breach([never], totalsOf(SLOW))).toBeUndefined();
  const later = [abortOn('connect_latency', 'max < 500ms', 2e6)];
  expect(breach(later, totalsOf(SLOW))).toBeUndefined();
  expect(breach(later, totalsOf(SLOW, SLOW))).toEqual([0, 'fail', 900]);
});

it('no data yet is no failure', () => {
  const thresholds = [
    abortOn('connect_latency', 'max < 500ms'),
    abortOn('connects_failed', 'share < 1%'),
    abortOn('messages_acked_per_sec', 'min > 10'),
    abortOn('connect_tls', 'count > 0'),
  ];
  expect(
    breach(
      thresholds,
      totalsOf(() => {}),
    ),
  ).toBeUndefined();
});

it('what may still recover fails when it fails now', () => {
  const rate = [abortOn('messages_acked', 'rate > 150')];
  expect(breach(rate, totalsOf(acked(100)))).toEqual([0, 'fail', 100]);
  expect(breach(rate, totalsOf(acked(100), acked(201)))).toBeUndefined();
  const share = [abortOn('messages_acked', 'share > 0.9')];
  const halfAcked = ({ counters }: Recorder): void => {
    counters.messages_sent = 2;
    counters.messages_acked = 1;
  };
  expect(breach(share, totalsOf(halfAcked))).toEqual([0, 'fail', 0.5]);
});

it('throughput is judged second by second', () => {
  const steady = [abortOn('messages_acked_per_sec', 'min > 150/s')];
  expect(breach(steady, totalsOf(acked(200), acked(160)))).toBeUndefined();
  expect(breach(steady, totalsOf(acked(200), acked(140), acked(200)))).toEqual([0, 'fail', 140]);
});

describe('what only the end knows', () => {
  it.each([
    ['connects_cancelled', 'count > 0'],
    ['connects_lost', 'count > 0'],
    ['messages_unacked', 'count > 0'],
    ['messages_lost', 'share > 50%'],
  ])('%s aborts nothing', (metric, expression) => {
    expect(breach([abortOn(metric, expression)], totalsOf(acked(1)))).toBeUndefined();
  });

  it('the lowest level counts once all connects were due, the highest at once', () => {
    const atLeast = [abortOn('connections_open', 'min >= 10')];
    const atMost = [abortOn('connections_open', 'max <= 4')];
    const ramp = totalsOf(acked(1), acked(1));
    expect(breach(atLeast, ramp, 5e6)).toBeUndefined();
    expect(breach(atLeast, ramp, 2e6)).toEqual([0, 'fail', 5]);
    expect(breach(atMost, ramp, 5e6)).toEqual([0, 'fail', 5]);
  });
});
