import { expect, it } from 'vitest';
import { throughputHistogram } from '../../../src/metrics/throughput.ts';
import type { TimelineSecond } from '../../../src/metrics/timeline.ts';

function row(fromMs: number, toMs: number, messages_sent: number): TimelineSecond {
  const [fromUs, toUs] = [fromMs * 1000, toMs * 1000];
  return {
    second: Math.round(fromMs / 1000),
    fromUs,
    toUs,
    counters: { messages_sent },
    closing: false,
    open: 0,
    trends: {},
    vitals: [],
  };
}

function statsOf(rows: TimelineSecond[], durationMs: number) {
  return throughputHistogram('messages_sent_per_sec', rows, durationMs * 1000)?.stats();
}

it('is one value per second, idle seconds among them', () => {
  const rows = [row(0, 1000, 100), row(1000, 2000, 0), row(2000, 3000, 300)];
  expect(statsOf(rows, 3000)).toMatchObject({ count: 3, min: 0, p50: 100, max: 300 });
});

it('is per second where a row is longer or shorter than one', () => {
  expect(statsOf([row(0, 2000, 100), row(2000, 2800, 80)], 3000)).toMatchObject({ min: 50, max: 100 });
});

it('leaves out the drain and rows of less than half a second', () => {
  const rows = [row(0, 1000, 100), row(1000, 1400, 90), row(2000, 3000, 5), row(3000, 4000, 1)];
  expect(statsOf(rows, 2000)).toMatchObject({ count: 1, min: 100, max: 100 });
});

it('is nothing for a counter that never moved', () => {
  expect(statsOf([row(0, 1000, 0)], 1000)).toBeUndefined();
  expect(statsOf([], 1000)).toBeUndefined();
  expect(statsOf([row(0, 1000, 0), row(5000, 6000, 9)], 1000)).toBeUndefined();
});
