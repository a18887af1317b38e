import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/statistics/random.ts';
import { meanWithInterval } from '../../../src/statistics/student.ts';

it('is the textbook interval of a few values', () => {
  // s = 1, t(2) = 4.303.
  const { value, low, high } = meanWithInterval([1, 2, 3]);
  expect(value).toBe(2);
  expect(high - value).toBeCloseTo(4.303 / Math.sqrt(3), 6);
  expect(value - low).toBeCloseTo(4.303 / Math.sqrt(3), 6);
});

it('knows nothing from one value', () => {
  expect(meanWithInterval([7])).toEqual({ value: 7, low: -Infinity, high: Infinity });
});

it.each([2, 3, 5, 30])('holds the truth of %d values about 95 times in 100', (count) => {
  const random = seededRandom(count);
  const bell = () => Array.from({ length: 12 }, random).reduce((sum, each) => sum + each, -6);
  const held = Array.from({ length: 4000 }, () => meanWithInterval(Array.from({ length: count }, bell)));
  const share = held.filter(({ low, high }) => low <= 0 && high >= 0).length / held.length;
  expect(share).toBeGreaterThan(0.935);
  expect(share).toBeLessThan(0.965);
});
