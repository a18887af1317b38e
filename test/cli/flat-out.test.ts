/** Publishing without a pace, through the door, against the stand-in and its own counts. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
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

const HEADER_BYTES = 2;
const DISCONNECT_BYTES = 2;

/** Lets everyone in, reads nothing more until `afterMs` later, and then all that comes; `bytes` are those after each CONNECT. */
async function startSlowServer(afterMs: number): Promise<{ server: Server; port: number; bytes(): number }> {
  let bytes = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', async () => {
      socket.pause();
      socket.write(Uint8Array.of(0x20, 2, 0, 0));
      await sleep(afterMs);
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
      socket.resume();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, bytes: () => bytes };
}

it.each(['wire', 'mqtt'])(
  'client %s: what waits to be written at the end is still written',
  async (client) => {
    const { server, port, bytes } = await startSlowServer(3_000);
    const out = temporaryFolder();
    const run = [
      'run',
      'scenarios/flat-out.yaml',
      '--client',
      client,
      '--set',
      `target=mqtt://127.0.0.1:${port}`,
    ];
    const topic = '/a1/d/u';
    const plan = [`publish.0={ topic: ${topic}, qos: 0, every: 0s, payload: { size: 64B } }`, 'subscribe=[]'];
    const short = ['devices.generate.count=2', 'hold=1s', ...plan].flatMap((item) => ['--set', item]);
    const { code } = await cli([...run, ...short, '--allow-invalid', '--out', out]);
    const { counters } = readSummary(out);
    const each = HEADER_BYTES + 2 + topic.length + 64;
    await expect.poll(bytes, { timeout: 10_000 }).toBe(counters.messages_sent * each + 2 * DISCONNECT_BYTES);
    server.close();
    expect(counters.messages_sent).toBeGreaterThan(2_000);
    expect(code).toBe(0);
  },
);
