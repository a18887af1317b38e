import { expect, it } from 'vitest';
import { MessageRate } from '../../../../src/stand-in/quotas/message-rate.ts';

it('lets the limit through in every second, by device and QoS', () => {
  const rate = new MessageRate({ qos0PerSec: 3, qos1PerSec: 1 });
  const over = (device: string, qos: 0 | 1, nowUs: number) => rate.isOver(device, qos, nowUs);
  expect([0, 10, 20, 30].map((us) => over('a', 0, us))).toEqual([false, false, false, true]);
  expect([40, 50].map((us) => over('a', 1, us))).toEqual([false, true]);
  expect(over('b', 0, 60)).toBe(false);
  expect(over('a', 0, 999_999)).toBe(true);
  expect([1_000_000, 1_000_001].map((us) => over('a', 1, us))).toEqual([false, true]);
});

it('does not limit a QoS without a number', () => {
  const rate = new MessageRate({ qos1PerSec: 0 });
  expect(rate.isOver('a', 0, 0)).toBe(false);
  expect(rate.isOver('a', 1, 0)).toBe(true);
});
