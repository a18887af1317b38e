/** A run that asks for several times what the machine can do must not pass for a measurement. */
import { expect, it } from 'vitest';
import { CLIENT_FLAGS, measure, print } from './measure.ts';

it('says invalid, exits 114 and names what was saturated', async () => {
  const { code, summary } = await measure(
    `
target: embedded
devices: { generate: { productKey: a1Over, count: 1000 } }
connect: { stages: [{ duration: 2s, rate: 500/s }] }
publish: [{ topic: "/\${productKey}/\${deviceName}/user/update", qos: 1, every: 10ms, payload: { size: 64B } }]
hold: 10s
gracefulStop: 1s
`,
    CLIENT_FLAGS,
  );
  print('overload', summary.health.reasons);
  expect(summary.health.verdict).toBe('invalid');
  expect(summary.health.reasons.join(' ')).toMatch(/saturated|of a core/);
  expect(code).toBe(114);
});
