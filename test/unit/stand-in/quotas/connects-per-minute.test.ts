import { expect, it } from 'vitest';
import { ConnectsInMinute } from '../../../../src/stand-in/quotas/connects-per-minute.ts';

const SECOND = 1_000_000;

it('tells the most CONNECTs of one device within a minute', () => {
  const rate = new ConnectsInMinute();
  for (let second = 0; second < 10; second++) rate.count(`d${second}`, second * SECOND);
  expect(rate.max).toBe(1);
  for (const second of [20, 40, 60, 79, 100]) rate.count('a', second * SECOND);
  // 20 … 79; 100 is with 60 and 79 only, as 40 is exactly a minute before.
  expect(rate.max).toBe(4);
  for (const second of [101, 102]) rate.count('a', second * SECOND);
  expect(rate.max).toBe(5);
});

it('tells how many of a device are within the minute with each one', () => {
  const rate = new ConnectsInMinute();
  expect([0, 20, 59, 60, 90].map((second) => rate.count('a', second * SECOND))).toEqual([1, 2, 3, 3, 3]);
  expect(rate.count('b', 90 * SECOND)).toBe(1);
});

it('slides: bursts at both sides of a full minute are one', () => {
  const rate = new ConnectsInMinute();
  for (const second of [58, 59, 61, 62]) rate.count('a', second * SECOND);
  expect(rate.max).toBe(4);
});

it('forgets whoever has not come for a while', () => {
  const rate = new ConnectsInMinute();
  for (let second = 0; second < 1_000; second++) {
    rate.count(`stranger ${second}`, second * SECOND);
    expect(rate.count('a', second * SECOND)).toBe(Math.min(second + 1, 60));
    expect(rate.size).toBeLessThanOrEqual(121);
  }
});
