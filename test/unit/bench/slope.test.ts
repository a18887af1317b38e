import { expect, it } from 'vitest';
import { type Point, perCycle, slopeOf } from '../../bench/endurance/slope.ts';

const points = (...values: number[]): Point[] => values.map((value, minutes) => ({ minutes, value }));

it('is exact of what lies on a line', () => {
  const { perMinute, low, high } = slopeOf(points(100, 103, 106, 109))!;
  for (const each of [perMinute, low, high]) expect(each).toBeCloseTo(3);
});

it('has the interval that a textbook gives', () => {
  // Slope 0.6, residuals -0.6 0.8 0.2 -1.4 … by hand: sum of squares 2.4 over 3 degrees, spread 10; t is 3.182.
  const { perMinute, low, high } = slopeOf(points(2, 4, 5, 4, 5))!;
  expect(perMinute).toBeCloseTo(0.6);
  const halfWidth = 3.182 * Math.sqrt(2.4 / 3 / 10);
  expect(low).toBeCloseTo(0.6 - halfWidth);
  expect(high).toBeCloseTo(0.6 + halfWidth);
});

it('is none of too few', () => {
  expect(slopeOf(points(1, 2))).toBeUndefined();
  expect(slopeOf([1, 2, 3].map((value) => ({ minutes: 4, value })))).toBeUndefined();
});

it('what goes up and down once a cycle is level over cycles', () => {
  const saw = Array.from({ length: 120 }, (_, second) => ({ minutes: second / 60, value: second % 20 }));
  const cycles = perCycle(saw, 1 / 3);
  expect(cycles.map(({ value }) => value)).toEqual([9.5, 9.5, 9.5, 9.5, 9.5, 9.5]);
  expect(slopeOf(cycles)!.perMinute).toBeCloseTo(0);
});
