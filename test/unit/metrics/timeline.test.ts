import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../src/metrics/timeline.ts';
import { CALM, snapshotOf } from './snapshots.ts';

const sent =
  (count: number) =>
  ({ counters }: { counters: Record<'messages_sent', number> }) => {
    counters.messages_sent = count;
  };

it('closes a row when every shard has passed it, and not before', () => {
  const timeline = new Timeline(3);
  timeline.add(0, snapshotOf(0, sent(1), { open: 10 }));
  timeline.add(1, snapshotOf(0, sent(2), { open: 20 }));
  expect(timeline.seconds).toEqual([]);
  timeline.add(2, snapshotOf(0, sent(4), { open: 40, fromUs: 0, toUs: 1_002_000 }));
  expect(timeline.seconds).toEqual([
    {
      second: 0,
      fromUs: 0,
      toUs: 1_002_000,
      closing: false,
      counters: { messages_sent: 7 },
      open: 70,
      trends: {},
      vitals: [1_000_000, 1_000_000, 1_002_000].map((lengthUs) => ({ ...CALM, lengthUs })),
    },
  ]);
});

it('gives the percentiles of each second alone, and its histogram as an interval', () => {
  const timeline = new Timeline(2);
  for (const shard of [0, 1]) {
    for (const second of [0, 1]) {
      timeline.add(
        shard,
        snapshotOf(second, ({ trends }) => trends.publish_ack.record(1000 + second * 500 + shard)),
      );
    }
  }
  expect(timeline.seconds.map((row) => row.trends.publish_ack)).toEqual([
    { count: 2, p50: 1000, p99: 1001, max: 1001 },
    { count: 2, p50: 1500, p99: 1501, max: 1501 },
  ]);
  expect(timeline.intervals).toMatchObject([
    { trend: 'publish_ack', fromUs: 0, toUs: 1e6, maxUs: 1001 },
    { trend: 'publish_ack', fromUs: 1e6, toUs: 2e6, maxUs: 1501 },
  ]);
  expect(timeline.intervals.map((one) => one.histogram.encoded.count)).toEqual([2, 2]);
});

describe('a shard that is gone', () => {
  it('no longer holds rows back', () => {
    const timeline = new Timeline(2);
    timeline.add(0, snapshotOf(0));
    timeline.add(0, snapshotOf(1));
    timeline.add(1, snapshotOf(0));
    expect(timeline.seconds.map((row) => row.second)).toEqual([0]);
    timeline.finish(1);
    expect(timeline.seconds.map((row) => row.second)).toEqual([0, 1]);
    expect(timeline.seconds.map(({ vitals }) => vitals.map((each) => each !== null))).toEqual([
      [true, true],
      [true, false],
    ]);
  });

  it('holds no connection open from then on', () => {
    const timeline = new Timeline(2);
    timeline.add(0, snapshotOf(0, undefined, { open: 5 }));
    timeline.add(1, snapshotOf(0, undefined, { open: 7 }));
    timeline.finish(1);
    timeline.add(0, snapshotOf(1, undefined, { open: 5 }));
    expect(timeline.seconds.map((row) => row.open)).toEqual([12, 5]);
  });

  it('held its connections open to the end of its last second', () => {
    const timeline = new Timeline(2);
    timeline.add(1, snapshotOf(0, undefined, { open: 7 }));
    timeline.finish(1);
    timeline.add(0, snapshotOf(0, undefined, { open: 5 }));
    expect(timeline.seconds.map((row) => row.open)).toEqual([12]);
  });

  it('held its connections open in the seconds before', () => {
    const timeline = new Timeline(2);
    timeline.add(0, snapshotOf(0, undefined, { open: 5 }));
    timeline.add(0, snapshotOf(1, undefined, { open: 0 }));
    timeline.finish(0);
    timeline.add(1, snapshotOf(0, undefined, { open: 7 }));
    timeline.add(1, snapshotOf(1, undefined, { open: 7 }));
    timeline.finish(1);
    expect(timeline.seconds.map((row) => row.open)).toEqual([12, 7]);
  });
});

it('a shard that is a second ahead does not change the level of the second before', () => {
  const timeline = new Timeline(2);
  timeline.add(0, snapshotOf(0, undefined, { open: 5 }));
  timeline.add(0, snapshotOf(1, undefined, { open: 50 }));
  timeline.add(1, snapshotOf(0, undefined, { open: 7 }));
  timeline.add(1, snapshotOf(1, undefined, { open: 70 }));
  expect(timeline.seconds.map((row) => row.open)).toEqual([12, 120]);
});

it('a second that a held-up shard left out has the level it had before', () => {
  const timeline = new Timeline(2);
  for (const second of [0, 1, 2]) timeline.add(0, snapshotOf(second, undefined, { open: 5 }));
  timeline.add(1, snapshotOf(0, undefined, { open: 7 }));
  timeline.add(1, snapshotOf(2, undefined, { open: 9 }));
  expect(timeline.seconds.map((row) => [row.second, row.open])).toEqual([
    [0, 12],
    [1, 12],
    [2, 14],
  ]);
});
