/** Publishing without a pace, through the door, against the stand-in and its own counts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startScriptedServer } from '../../integration/scripted-server.ts';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';

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

const FIXED_HEADER_BYTES = 2;
const DISCONNECT_BYTES = 2;
/** Longer than a run of a second and all its closing would last. */
const FROZEN_MS = 3_000;

it.each(['wire', 'mqtt'])(
  'client %s: what waits to be written at the end is still written',
  async (client) => {
    const connectBytes: number[] = [];
    const server = await startScriptedServer(async (peer) => {
      await peer.welcome();
      connectBytes.push(peer.received.length);
      peer.freeze();
      await sleep(FROZEN_MS);
      peer.release();
    });
    const out = temporaryFolder();
    const topic = '/a1/d/u';
    const settings = [
      `target=mqtt://127.0.0.1:${server.endpoint.port}`,
      'devices.generate.count=2',
      'hold=1s',
      `publish.0={ topic: ${topic}, qos: 0, every: 0s, payload: { size: 64B } }`,
    ].flatMap((setting) => ['--set', setting]);
    const run = ['run', 'scenarios/flat-out.yaml', '--client', client, ...settings];
    const { code } = await cli([...run, '--allow-invalid', '--out', out]);
    const { counters } = readSummary(out);
    const messageBytes = FIXED_HEADER_BYTES + 2 + topic.length + 64;
    const bytes = () => sum(server.peers.map(({ received }) => received.length)) - sum(connectBytes);
    const all = counters.messages_sent * messageBytes + server.peers.length * DISCONNECT_BYTES;
    await expect.poll(bytes, { timeout: 10_000 }).toBe(all);
    await server.close();
    expect(server.peers).toHaveLength(2);
    expect(counters.messages_sent).toBeGreaterThan(2_000);
    expect(code).toBe(0);
  },
);

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
