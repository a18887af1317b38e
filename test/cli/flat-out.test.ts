/** Publishing without a pace, through the door, against the stand-in and its own counts. */
import { expect, it } from 'vitest';
import { cli, readSummary, temporaryFolder } from '../support/cli.ts';

it.each([
  ['wire', 1],
  ['wire', 0],
  ['mqtt', 1],
  ['mqtt', 0],
])('client %s, QoS %i: everything sent arrives, and a busy worker is no fault', async (client, qos) => {
  const out = temporaryFolder();
  const run = ['run', 'scenarios/flat-out.yaml', '--client', client, '--set', `publish.0.qos=${qos}`];
  const short = ['--set', 'devices.generate.count=5', '--set', 'hold=1s', '--out', out];
  const { code, stdout, stderr } = await cli([...run, ...short]);
  expect(stderr).not.toContain('warning');
  expect(stdout).toContain('5 ok');
  expect(code).toBe(0);
  const { counters, trends, imbalances, standIn, health } = readSummary(out);
  expect(counters.messages_sent).toBeGreaterThan(2_000);
  expect(counters.messages_acked).toBe(qos * counters.messages_sent);
  expect(counters.messages_unacked).toBe(0);
  expect(trends.publish_slip).toBeNull();
  expect(imbalances).toEqual([]);
  expect(standIn).toMatchObject({ differences: [] });
  expect(health.reasons.join()).not.toContain('busy');
});
