import { describe, expect, it } from 'vitest';
import { seededRandom, seededValue } from '../../../src/load/random.ts';

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

describe('seededValue', () => {
  it('depends on nothing but its arguments, and on each of them', () => {
    expect(seededValue(1, 2, 3)).toBe(seededValue(1, 2, 3));
    const others = [seededValue(0, 2, 3), seededValue(1, 3, 2), seededValue(1, 2, 4), seededValue(1, 1, 3)];
    expect(new Set([seededValue(1, 2, 3), ...others]).size).toBe(5);
  });

  it.each([0, 1, 7, 65_537, 2 ** 31])('is roughly uniform over devices for seed %d', (seed) => {
    for (const plan of [0, 1]) {
      const values = Array.from({ length: 10_000 }, (_, device) => seededValue(seed, device, plan));
      expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
      expect(chiSquare(values)).toBeLessThan(43.8);
    }
  });

  it('the phases of two plans of one device have nothing to do with each other', () => {
    const apart = Array.from({ length: 10_000 }, (_, device) => {
      const difference = seededValue(1, device, 0) - seededValue(1, device, 1);
      return difference < 0 ? difference + 1 : difference;
    });
    expect(chiSquare(apart)).toBeLessThan(43.8);
  });
});
