import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/statistics/random.ts';
import { shuffled } from '../../../src/statistics/shuffle.ts';
import { cases } from '../../support/cases.ts';

it('has the same items, and leaves the list alone', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
      const before = [...items];
      const order = shuffled(items, seededRandom(seed));
      expect(items).toEqual(before);
      expect([...order].sort()).toEqual([...items].sort());
    }),
    cases(),
  );
});

it('makes every order equally often, of all that the random numbers can be', () => {
  const counts = new Map<string, number>();
  // Four items take three numbers, in steps of a fourth, a third and a half.
  for (let a = 0; a < 12; a++) {
    for (let b = 0; b < 12; b++) {
      for (let c = 0; c < 12; c++) {
        const numbers = [a, b, c].map((twelfth) => (twelfth + 0.5) / 12);
        const order = shuffled(['p', 'q', 'r', 's'], () => numbers.shift()!).join('');
        counts.set(order, (counts.get(order) ?? 0) + 1);
      }
    }
  }
  expect(counts.size).toBe(24);
  expect(new Set(counts.values())).toEqual(new Set([12 ** 3 / 24]));
});
