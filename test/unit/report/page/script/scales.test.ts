import { expect, it } from 'vitest';
import {
  atCursor,
  atPercentile,
  atTick,
  atTime,
  logRange,
  logTicks,
} from '../../../../../src/report/page/script/scales.ts';

it.each([
  [3.7, 88, 2, 100],
  [0.02, 0.9, 0.02, 1],
  [10, 10, 10, 20],
  [1000, 5000, 1000, 5000],
  [0, 30, 0.001, 50],
])('a log scale over %d to %d goes from %d to %d', (min, max, low, high) => {
  expect(logRange(min, max)).toEqual([low, high]);
});

it('a log scale over nothing is a decade', () => {
  expect(logRange(null, null)).toEqual([1, 10]);
});

it('has fewer ticks a decade, the more decades there are', () => {
  expect(logTicks(2, 50)).toEqual([2, 5, 10, 20, 50]);
  expect(logTicks(1, 1000)).toEqual([1, 3, 10, 30, 100, 300, 1000]);
  expect(logTicks(0.01, 1000)).toEqual([0.01, 0.1, 1, 10, 100, 1000]);
});

it.each([
  [0, '0 s'],
  [12.5, '12.5 s'],
  [23.002, '23 s'],
  [119, '119 s'],
  [150, '2:30'],
  [3600, '60:00'],
  [7265, '2:01:05'],
])('%d seconds are %s', (seconds, text) => {
  expect(atTime(seconds)).toBe(text);
});

it.each([
  [1, '0 %'],
  [2, '50 %'],
  [100, '99 %'],
  [10_000, '99.99 %'],
  [1 / (1 - 0.9925), '99.25 %'],
])('1 in %d is at %s', (odds, text) => {
  expect(atPercentile(odds)).toBe(text);
});

it('values have their unit, and three digits at the cursor; none is a dash', () => {
  expect(atTick(0.25, '%')).toBe('0.25 %');
  expect(atTick(2000, 'ms')).toBe('2,000');
  expect(atCursor(1763.327, 'ms')).toBe('1,763');
  expect(atCursor(0.0872, 'ms')).toBe('0.0872');
  expect(atCursor(213.68, 'per second')).toBe('213.7');
  expect(atCursor(12.34, '%')).toBe('12.3 %');
  expect(atCursor(null, 'ms')).toBe('–');
});
