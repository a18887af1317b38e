/** Requests of Alink beside property posts, through `run`: each has its answer. */
import { expect, it } from 'vitest';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';

it('alink.yaml: tags and events are answered, each with its id', async () => {
  const out = temporaryFolder();
  const short = ['--set', 'devices.generate.count=10', '--set', 'hold=4s', '--set', 'thresholds={}'];
  const { code, stderr } = await cli([
    ...['run', 'scenarios/alink.yaml', '--allow-invalid', '--quiet', '--out', out],
    ...short,
  ]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const { counters, standIn, failures } = readSummary(out);
  expect(failures).toEqual([]);
  expect(counters.messages_sent).toBeGreaterThanOrEqual(20);
  expect(counters.replies_received).toBe(counters.messages_sent);
  expect(standIn!.counts).toMatchObject({ connects_ok: 10, replies_sent: counters.messages_sent });
});
