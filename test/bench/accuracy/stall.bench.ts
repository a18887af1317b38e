/** The stand-in stops answering for 2 s in the middle of 1,000 connects/s: a report that hides it is worth nothing. */
import { expect, it } from 'vitest';
import { CLIENT_FLAGS, measure, print } from './measure.ts';

it('a stall of 2 s shows in connect_latency, and no start vanishes', async () => {
  const { summary } = await measure(
    `
target: embedded
devices: { generate: { productKey: a1Stall, count: 10000 } }
connect: { stages: [{ duration: 10s, rate: 1000/s }], maxInFlight: 5000 }
broker: { freeze: [{ at: 4s, for: 2s }] }
`,
    ['-w', '2', '--allow-invalid', ...CLIENT_FLAGS],
  );
  const { counters: c, trends } = summary;
  print('stall', { ...trends.connect_latency, scheduled: c.connects_scheduled, ok: c.connects_ok });
  expect(c.connects_scheduled).toBe(10_000);
  expect(c.connects_ok + c.connects_failed + c.connects_dropped + c.connects_cancelled).toBe(10_000);
  expect(trends.connect_latency!.p99).toBeGreaterThan(1500);
  expect(summary.imbalances).toEqual([]);
});
