/** Does connect_connack say what the stand-in did? Known delays of CONNACK, at 500 connects/s, over one and two workers. */
import { describe, expect, it } from 'vitest';
import { CLIENT_FLAGS, compare, measure, print } from './measure.ts';

const DELAYS = {
  'exactly 20 ms': '20ms',
  '5 ms for 90 %, 200 ms for 10 %': '[{ share: 90%, delay: 5ms }, { share: 10%, delay: 200ms }]',
  'exponential of mean 30 ms': '{ exponential: 30ms }',
};

const scenario = (delay: string): string => `
target: embedded
devices: { generate: { productKey: a1Phases, count: 10000 } }
connect: { stages: [{ duration: 20s, rate: 500/s }] }
broker: { delay: { connack: ${delay} } }
hold: 1s
`;

describe.each(Object.entries(DELAYS))('CONNACK delayed by %s', (title, delay) => {
  it.each([1, 2])('%d worker(s)', async (workers) => {
    const { summary } = await measure(scenario(delay), ['-w', String(workers), ...CLIENT_FLAGS]);
    const rows = compare(summary.trends.connect_connack, summary.standIn!.truth.connack!);
    print(`connect_connack, ${title}, ${workers} worker(s), ${summary.health.verdict}`, rows);
    expect(summary.counters.connects_ok).toBe(10_000);
    for (const { errorMs, allowedMs } of rows) expect(Math.abs(errorMs)).toBeLessThanOrEqual(allowedMs);
  });
});
