import { expect, it } from 'vitest';
import { seededRandom, weightedDraw } from '../../../src/statistics/random.ts';

it('draws each as often as its weight says', () => {
  const draw = weightedDraw(
    [
      { value: 'a', weight: 1 },
      { value: 'b', weight: 0 },
      { value: 'c', weight: 3 },
    ],
    seededRandom(1),
  );
  const drawn = Array.from({ length: 10_000 }, draw);
  const share = (value: string): number => drawn.filter((one) => one === value).length / drawn.length;
  expect(share('a')).toBeCloseTo(0.25, 1);
  expect(share('b')).toBe(0);
  expect(share('c')).toBeCloseTo(0.75, 1);
});

it('the last has what rounding leaves over', () => {
  const tenths = Array.from({ length: 10 }, (_, value) => ({ value, weight: 0.1 }));
  expect(weightedDraw(tenths, () => 1 - Number.EPSILON / 2)()).toBe(9);
  expect(weightedDraw(tenths, () => 0)()).toBe(0);
});
