/** Quotas of the embedded stand-in, through a run: the failures that the run lists are those the stand-in counted. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../../src/metrics/summary.ts';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';

/** The summary of a run of 100 devices within a second, with these quotas and whatever else. */
async function run(quotas: string, more = ''): Promise<Summary> {
  const folder = temporaryFolder();
  const scenario = join(folder, 'quotas.yaml');
  writeFileSync(
    scenario,
    `target: embedded
devices: { generate: { productKey: a1Quota, count: 100 } }
connect: { stages: [{ duration: 1s, rate: 100/s }], timeout: 3s }
broker: { quotas: ${quotas} }
${more}`,
  );
  const out = join(folder, 'out');
  const { code, stderr } = await cli(['run', scenario, '--allow-invalid', '--quiet', '--out', out]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const summary = readSummary(out);
  expect(summary.imbalances).toEqual([]);
  return summary;
}

describe.concurrent('connections', () => {
  it('beyond the quota fail, those within stay', async () => {
    const { counters, failures, standIn, connectionsOpen } = await run('{ connections: 37 }', 'hold: 1s');
    expect(counters).toMatchObject({ connects_ok: 37, connects_failed: 63, disconnects: 0 });
    expect(connectionsOpen?.max).toBe(37);
    expect(failures).toMatchObject([
      {
        phase: 'connack',
        kind: 'rejected',
        code: 'CONNACK 3',
        count: 63,
        hint: expect.stringContaining('quota'),
      },
    ]);
    expect(standIn?.counts.connects_over_quota_connections).toBe(63);
    expect(standIn?.differences).toEqual([]);
  });

  it.each([
    ['close', { phase: 'connack', kind: 'closed', code: '' }],
    ['ignore', { phase: 'connack', kind: 'timeout', code: '' }],
  ])('beyond the quota fail in another way if asked to: %s', async (refuse, failure) => {
    const { failures, standIn } = await run(`{ connections: 90, refuse: ${refuse} }`, 'gracefulStop: 4s');
    expect(failures).toMatchObject([{ ...failure, count: 10 }]);
    expect(standIn?.counts).toMatchObject({ connects_over_quota_connections: 10, connects_refused: 0 });
  });
});

describe.concurrent('connects', () => {
  it('beyond the rate fail', async () => {
    const { counters, failures, standIn } = await run('{ connectRate: 20/s }');
    const over = standIn?.counts.connects_over_quota_rate;
    expect(over).toBeGreaterThan(40);
    expect(counters.connects_failed).toBe(over);
    expect(failures).toMatchObject([{ code: 'CONNACK 3', count: over }]);
  });

  it('of a device beyond its minute fail when it comes back', async () => {
    const { counters, failures, standIn } = await run(
      '{ connectsPerMinute: 1 }, disconnect: { at: 2s }',
      'hold: 2s\nreconnect: { policy: fixed, delay: 100ms, perMinute: 2 }',
    );
    expect(counters).toMatchObject({ connects_ok: 100, disconnects: 100, reconnects_failed: 100 });
    expect(failures).toContainEqual(expect.objectContaining({ code: 'CONNACK 3', count: 100 }));
    expect(standIn?.counts.connects_over_quota_per_minute).toBe(100);
  });
});

describe.concurrent('messages and subscriptions', () => {
  const post = (every: string): string => `hold: 3s
publish:
  - topic: "/sys/\${productKey}/\${deviceName}/thing/event/property/post"
    qos: 1
    every: ${every}
    payload: { template: '{"id":"\${seq}"}' }
    reply: "/sys/\${productKey}/\${deviceName}/thing/event/property/post_reply"
    replyTimeout: 1s
`;

  it('over the rate are acknowledged, and their answers are missing', async () => {
    const { counters, failures, standIn } = await run('{ messageRate: { qos1: 1/s } }', post('400ms'));
    const over = standIn?.counts.publishes_over_rate;
    expect(over).toBeGreaterThan(100);
    expect(counters.messages_acked).toBe(counters.messages_sent);
    expect(counters.replies_missing).toBe(over);
    expect(failures).toMatchObject([{ phase: 'reply', kind: 'timeout', count: over }]);
    expect(standIn?.differences).toEqual([]);
  });

  it('over the size end the connection', async () => {
    const { counters, standIn } = await run('{ messageSize: 8B }', post('2s'));
    expect(standIn?.counts.publishes_over_size).toBe(100);
    expect(counters).toMatchObject({ disconnects: 100, messages_acked: 0 });
    expect(counters.messages_failed).toBe(counters.messages_sent);
  });

  it('beyond the number of subscriptions are refused', async () => {
    const { failures, standIn } = await run(
      '{ subscriptions: 1 }',
      `subscribe:
  - { topic: "/\${productKey}/\${deviceName}/user/get" }
  - { topic: "/\${productKey}/\${deviceName}/user/other" }
`,
    );
    expect(failures).toMatchObject([{ phase: 'suback', code: 'SUBACK 128', count: 100 }]);
    expect(standIn?.counts.subscribes_over_quota).toBe(100);
  });
});
