import { describe, expect, it } from 'vitest';
import { ConnectWindow } from '../../../../src/stand-in/quotas/connect-rate.ts';

const SECOND_US = 1_000_000;

/** How many of the CONNECTs at these times are one too many. */
function refused(window: ConnectWindow, times: number[]): number {
  return times.filter((us) => window.isOver(us)).length;
}

/** Evenly spaced, from `fromUs` on. */
function paced(perSec: number, seconds: number, fromUs = 0): number[] {
  return Array.from(
    { length: Math.floor(perSec * seconds) },
    (_, nth) => fromUs + Math.floor((nth / perSec) * SECOND_US),
  );
}

describe('ConnectWindow', () => {
  it('lets everyone in at the limit, evenly paced, for as long as it lasts', () => {
    expect(refused(new ConnectWindow(300), paced(300, 100))).toBe(0);
  });

  it('lets hardly anyone in at 1 % above it, from the first full second on', () => {
    expect(refused(new ConnectWindow(300), paced(303, 10))).toBe(3030 - 300);
  });

  it('lets everyone in again within a second of slowing down, though the refused ones count', () => {
    const window = new ConnectWindow(300);
    expect(refused(window, paced(600, 3))).toBe(1800 - 300);
    refused(window, paced(299, 1, 3 * SECOND_US));
    expect(refused(window, paced(299, 20, 4 * SECOND_US))).toBe(0);
  });

  it('lets a second’s worth in at once, and slides', () => {
    const window = new ConnectWindow(10);
    const at = (us: number, count: number): number => refused(window, Array(count).fill(us));
    expect(at(0, 12)).toBe(2);
    expect(at(900_000, 1)).toBe(1);
    // Two of the twelve and the one at 0.9 s stay with it; ten after a second are not one second's worth any more.
    expect(at(1_100_000, 10)).toBe(1);
    expect(at(1_950_000, 1)).toBe(1);
  });

  it.each([
    [0.5, 2 * SECOND_US],
    [1.5, Math.ceil(SECOND_US / 1.5)],
    [1, SECOND_US],
  ])('takes %d/s as one every so often', (perSec, everyUs) => {
    const window = new ConnectWindow(perSec);
    expect([0, 1, 2, 3].map((nth) => window.isOver(nth * everyUs))).toEqual([false, false, false, false]);
    expect(window.isOver(3 * everyUs + everyUs / 2)).toBe(true);
  });

  it('keeps to a rate far above what it remembers', () => {
    expect(refused(new ConnectWindow(100_000), paced(99_000, 1))).toBe(0);
    expect(refused(new ConnectWindow(100_000), paced(200_000, 1))).toBeGreaterThan(180_000);
  });
});
