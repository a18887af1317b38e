/** Are starts and messages when the schedule said? */
import { expect, it } from 'vitest';
import { CLIENT_FLAGS, measure, print } from './measure.ts';

it('1,000 starts/s for 10 s are exactly 10,000, and punctual', async () => {
  const { summary } = await measure(
    `
target: embedded
devices: { generate: { productKey: a1Starts, count: 10000 } }
connect: { stages: [{ duration: 10s, rate: 1000/s }] }
`,
    CLIENT_FLAGS,
  );
  print('connect_slip', { ...summary.trends.connect_slip, verdict: summary.health.verdict });
  expect(summary.counters.connects_scheduled).toBe(10_000);
  expect(summary.trends.connect_slip!.p99).toBeLessThanOrEqual(5);
});

it('2,000 devices each 200 ms at QoS 1 for 30 s send 300,000 messages, punctually', async () => {
  // Each device begins when it is connected: of a ramp of 4 s it misses half, which the hold makes up for.
  const { summary } = await measure(
    `
target: embedded
devices: { generate: { productKey: a1Publish, count: 2000 } }
connect: { stages: [{ duration: 4s, rate: 500/s }] }
publish: [{ topic: "/\${productKey}/\${deviceName}/user/update", qos: 1, every: 200ms, payload: { size: 64B } }]
hold: 28s
`,
    CLIENT_FLAGS,
  );
  const { counters, trends, health } = summary;
  print('publish_slip', { ...trends.publish_slip, sent: counters.messages_sent, verdict: health.verdict });
  expect(counters.messages_sent).toBeGreaterThanOrEqual(297_000);
  expect(counters.messages_sent).toBeLessThanOrEqual(303_000);
  expect(trends.publish_slip!.p99).toBeLessThanOrEqual(10);
  expect(health.verdict).toBe('valid');
});
