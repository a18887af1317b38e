import { expect, it } from 'vitest';
import { amountOf, secondsNeeded, valuesNeeded } from '../../../../src/compare/evidence/data-needed.ts';
import type { RunSecond } from '../../../../src/compare/evidence/seconds.ts';

it.each([
  ['mean', 10],
  ['p50', 20],
  ['p90', 100],
  ['p99', 1000],
  ['p99.9', 10_000],
  ['p1', 1000],
])('%s takes %d values', (aggregate, needed) => {
  expect(valuesNeeded(aggregate)).toBe(needed);
});

it('counts the seconds that it takes at the rate there is, ten at least', () => {
  expect(secondsNeeded('p99', { values: 1000, seconds: 10 })).toBe(0);
  expect(secondsNeeded('p99', { values: 999, seconds: 10 })).toBe(11);
  expect(secondsNeeded('p99', { values: 200, seconds: 10 })).toBe(50);
  expect(secondsNeeded('p50', { values: 5000, seconds: 9 })).toBe(10);
  expect(secondsNeeded('p50', { values: 0, seconds: 0 })).toBe(Number.POSITIVE_INFINITY);
});

it('a trend has its values, a counter one in each second that was there', () => {
  const buckets = (...counts: number[]) => ({ values: counts.map((_, index) => index), counts });
  const seconds: RunSecond[] = [
    { lengthUs: 1e6, counters: {}, trends: { publish_ack: buckets(3, 4) } },
    { lengthUs: 0, counters: {}, trends: {} },
    { lengthUs: 1e6, counters: { messages_sent: 7 }, trends: {} },
  ];
  expect(amountOf(seconds, 'publish_ack')).toEqual({ values: 7, seconds: 1 });
  expect(amountOf(seconds, 'messages_sent')).toEqual({ values: 2, seconds: 2 });
});
