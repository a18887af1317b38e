/** First connects that fail, through a run: tried again, and each attempt in the books. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Summary } from '../../../src/metrics/summary.ts';
import { startScriptedServer } from '../../integration/scripted-server.ts';
import { expectBalanced } from '../../support/books.ts';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';

async function run(target: string, more = ''): Promise<Summary> {
  const folder = temporaryFolder();
  const scenario = join(folder, 'retry.yaml');
  writeFileSync(
    scenario,
    `target: ${target}
devices: { generate: { productKey: a1Retry, count: 30 } }
connect:
  stages: [{ duration: 100ms, rate: 300/s }]
  retry: { policy: fixed, delay: 300ms, perMinute: 60 }
hold: 2s
${more}`,
  );
  const out = join(folder, 'out');
  const { stderr } = await cli(['run', scenario, '--allow-invalid', '--quiet', '--out', out]);
  expect(stderr).toBe('');
  expectBalanced(out);
  return readSummary(out);
}

it.concurrent('a target that refuses at first has all its devices in the end, each as late as it was', async () => {
  let refusals = 30;
  const server = await startScriptedServer(async (peer) => {
    await peer.next('connect');
    const isRefused = refusals-- > 0;
    peer.send({ cmd: 'connack', returnCode: isRefused ? 3 : 0, sessionPresent: false });
    await peer.until(() => peer.ended);
  });
  try {
    const { counters, trends, failures } = await run(`mqtt://127.0.0.1:${server.endpoint.port}`);
    expect(counters).toMatchObject({
      connects_started: 30,
      connects_ok: 30,
      connects_failed: 0,
      connects_retried: 30,
    });
    expect(failures).toMatchObject([{ code: 'CONNACK 3', count: 30 }]);
    expect(trends.connect_latency!.max).toBeGreaterThanOrEqual(300);
    expect(trends.connect_service!.max).toBeLessThan(300);
  } finally {
    await server.close();
  }
});

it.concurrent('one that refuses to the end has failed the others, with every attempt counted on both sides', async () => {
  const { counters, failures, standIn } = await run('embedded', 'broker: { quotas: { connections: 20 } }');
  expect(counters).toMatchObject({ connects_ok: 20, connects_failed: 10, connects_cancelled: 0 });
  // More often on a machine that has time for it.
  expect(counters.connects_retried).toBeGreaterThanOrEqual(10);
  const refused = 10 + counters.connects_retried;
  expect(failures).toMatchObject([{ code: 'CONNACK 3', count: refused }]);
  expect(standIn?.counts.connects_over_quota_connections).toBe(refused);
  expect(standIn?.differences).toEqual([]);
});
