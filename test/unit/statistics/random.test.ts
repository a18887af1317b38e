import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/statistics/random.ts';

function take(random: () => number, count: number): number[] {
  return Array.from({ length: count }, random);
}

/** Pearson's chi² over 20 equal cells: 19 degrees of freedom, 43.8 is exceeded once in a thousand. */
function chiSquare(values: number[]): number {
  const cells = new Array<number>(20).fill(0);
  for (const value of values) cells[Math.floor(value * 20)]!++;
  const expected = values.length / 20;
  return cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

it('the same seed gives the same stream, another seed another', () => {
  expect(take(seededRandom(42), 50)).toEqual(take(seededRandom(42), 50));
  expect(take(seededRandom(42), 50)).not.toEqual(take(seededRandom(43), 50));
});

it('the stream is in [0, 1) and roughly uniform', () => {
  const values = take(seededRandom(1), 20_000);
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(chiSquare(values)).toBeLessThan(43.8);
});
