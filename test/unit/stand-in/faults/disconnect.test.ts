import { expect, it } from 'vitest';
import { chooseShare } from '../../../../src/stand-in/faults/disconnect.ts';
import { seededRandom } from '../../../../src/statistics/random.ts';

const ITEMS = Array.from({ length: 10 }, (_, index) => index);

it.each([
  [0, 0],
  [0.25, 3],
  [0.5, 5],
  [1, 10],
])('chooses a share of %d exactly, nobody twice', (share, count) => {
  const chosen = chooseShare(ITEMS, share, seededRandom(1));
  expect(new Set(chosen).size).toBe(count);
  expect(chosen).toHaveLength(count);
});

it('chooses everybody as often', () => {
  const random = seededRandom(1);
  const times = ITEMS.map(() => 0);
  for (let n = 0; n < 10_000; n++) for (const item of chooseShare(ITEMS, 0.3, random)) times[item]!++;
  // 3000 ± 46 (one standard deviation).
  for (const count of times) expect(Math.abs(count - 3000)).toBeLessThan(250);
});
