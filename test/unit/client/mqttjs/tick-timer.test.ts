import { expect, it } from 'vitest';
import { TickTimer } from '../../../../src/client/mqttjs/tick-timer.ts';

const SECOND = 1e6;

/** The seconds in which it fires; `at` may set or clear it before the tick. */
function firings(
  seconds: number,
  at: (second: number, timer: TickTimer, fire: () => void) => void,
): number[] {
  const timer = new TickTimer();
  const fired: number[] = [];
  let second = 0;
  for (; second <= seconds; second++) {
    at(second, timer, () => fired.push(second));
    timer.tick((5000 + second) * SECOND);
  }
  return fired;
}

it('fires again and again, twice within two of the intervals that were asked for', () => {
  const fired = firings(60, (second, timer, fire) => {
    if (second === 0) timer.set(fire, 15_000);
  });
  expect(fired).toEqual([14, 27, 41, 54]);
});

it.each([
  [1, 0.1],
  [2, 0.1],
  [9, 0.1],
  [10, 1],
  [15, 1],
  [300, 1],
])('fires twice within a keepalive of %i s, whenever it is set between two ticks', (sec, tickSec) => {
  for (const phase of [0, 0.01, 0.5, 0.99]) {
    const timer = new TickTimer();
    let fired = 0;
    let tick = 0;
    // Not on a tick: the first one after it comes up to a tick later.
    timer.set(() => fired++, (sec * 1000) / 2);
    while (fired < 2) timer.tick(5000 * SECOND + (1 - phase + tick++) * tickSec * SECOND);
    expect((tick - phase) * tickSec).toBeLessThanOrEqual(sec);
  }
});

it('begins anew whenever it is set', () => {
  const fired = firings(40, (second, timer, fire) => {
    if (second % 10 === 0 && second <= 20) timer.set(fire, 15_000);
  });
  expect(fired).toEqual([34]);
});

it('is silent before it is set and after it was cleared, also from within', () => {
  expect(firings(40, () => {})).toEqual([]);
  const fired = firings(60, (second, timer, fire) => {
    if (second === 0) {
      timer.set(() => {
        fire();
        timer.clear();
      }, 15_000);
    }
  });
  expect(fired).toEqual([14]);
});

it('has a number that can be told from none', () => {
  expect(new TickTimer().set(() => {}, 1000)).toBeTruthy();
});
