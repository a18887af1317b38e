/** A storm, with the default policy: everyone returns, nobody knocks more than five times in any minute. */
import { expect, it } from 'vitest';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';
import { CLIENT_FLAGS, measure, print } from './measure.ts';

it('storm.yaml reports the recovery curve and respects five connects a minute', async () => {
  const out = temporaryFolder();
  await cli(['run', 'scenarios/storm.yaml', '--out', out, '--quiet', ...CLIENT_FLAGS]);
  const { recovery, standIn, windows } = readSummary(out);
  print('recovery', { ...recovery, mostPerMinute: standIn!.counts.connects_per_minute_max });
  print('open connections by second', windows.map(({ open }) => open).join(' ') as never);
  expect(recovery!.lost).toBe(1000);
  expect(recovery!.back).toBe(1000);
  expect(recovery!.to100Ms).toBeGreaterThan(recovery!.to50Ms!);
  expect(standIn!.counts.connects_per_minute_max).toBeLessThanOrEqual(5);
});

it('a policy that is too eager is held to five connects a minute all the same', async () => {
  const { summary } = await measure(
    `
target: embedded
devices: { generate: { productKey: a1Eager, count: 200 } }
connect: { stages: [{ duration: 1s, rate: 200/s }] }
reconnect: { policy: fixed, delay: 1s }
broker: { disconnect: [{ at: 3s, share: 100% }, { at: 6s, share: 100% }, { at: 9s, share: 100% }, { at: 12s, share: 100% }, { at: 15s, share: 100% }, { at: 18s, share: 100% }] }
hold: 80s
`,
    CLIENT_FLAGS,
  );
  const { counters, standIn } = summary;
  print('eager', { returns: counters.reconnects_ok, mostPerMinute: standIn!.counts.connects_per_minute_max });
  expect(counters.reconnects_ok).toBe(1000);
  expect(standIn!.counts.connects_per_minute_max).toBe(5);
});
