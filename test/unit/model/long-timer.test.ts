import { beforeEach, expect, it, vi } from 'vitest';
import { LongTimer, sleepUs } from '../../../src/model/long-timer.ts';

const HOURS_600_MS = 600 * 3600e3;

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

it.each([0, 1, 2 ** 31 - 1, 2 ** 31, HOURS_600_MS, 5 * 2 ** 31 + 7])('fires once, after %s ms', (ms) => {
  const fire = vi.fn();
  new LongTimer(ms * 1e3, fire);
  vi.advanceTimersByTime(Math.max(0, ms - 1));
  expect(fire).toHaveBeenCalledTimes(ms === 0 ? 1 : 0);
  vi.advanceTimersByTime(1);
  expect(fire).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(2 ** 32);
  expect(fire).toHaveBeenCalledTimes(1);
});

it('does not fire once it is cancelled, in whichever piece of its wait', () => {
  const fire = vi.fn();
  const timer = new LongTimer(HOURS_600_MS * 1e3, fire);
  vi.advanceTimersByTime(2 ** 31 + 5);
  timer.cancel();
  vi.advanceTimersByTime(HOURS_600_MS);
  expect(fire).not.toHaveBeenCalled();
});

it('a sleep ends after its time, or when it is cut short', async () => {
  const woken = vi.fn();
  const cut = new AbortController();
  void sleepUs(HOURS_600_MS * 1e3).then(() => woken('by the time'));
  void sleepUs(HOURS_600_MS * 1e3, cut.signal).then(() => woken('by the cut'));
  await vi.advanceTimersByTimeAsync(1000);
  expect(woken).not.toHaveBeenCalled();
  cut.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(woken.mock.calls).toEqual([['by the cut']]);
  await vi.advanceTimersByTimeAsync(HOURS_600_MS);
  expect(woken.mock.calls).toEqual([['by the cut'], ['by the time']]);
  await sleepUs(1e6, cut.signal);
});
