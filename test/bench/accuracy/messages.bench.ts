/** A broker that drops, repeats and swaps: the report's counts are the broker's. */
import { expect, it } from 'vitest';
import { CLIENT_FLAGS, measure, print } from './measure.ts';

it.each([0, 1])('QoS %d: lost, duplicated and reordered as the stand-in did it', async (qos) => {
  const { summary } = await measure(
    `
target: embedded
devices: { generate: { productKey: a1Faults, count: 200 } }
connect: { stages: [{ duration: 1s, rate: 200/s }] }
subscribe: [{ topic: "/\${productKey}/\${deviceName}/user/echo", qos: ${qos} }]
publish: [{ topic: "/\${productKey}/\${deviceName}/user/echo", qos: ${qos}, every: 100ms, payload: { size: 64B } }]
broker: { downlink: { drop: 1%, repeat: 0.5%, swap: 0.5% } }
hold: 20s
`,
    CLIENT_FLAGS,
  );
  const { counters, standIn } = summary;
  const rows = [
    ['lost', counters.messages_lost, standIn!.counts.messages_dropped],
    ['duplicated', counters.messages_duplicated, standIn!.counts.messages_repeated],
    ['reordered', counters.messages_reordered, standIn!.counts.messages_swapped],
  ] as const;
  print(`QoS ${qos}: ours, the stand-in's`, rows as never);
  for (const [, ours, theirs] of rows) {
    expect(theirs).toBeGreaterThan(50);
    expect(ours).toBe(theirs);
  }
});
