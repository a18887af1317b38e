/** Devices at a pace, against a broker that stops reading: what waits in this process is bounded, and what is not sent is counted. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { clientOf } from '../../../src/client/clients.ts';
import type { Connection } from '../../../src/client/connection.ts';
import { imbalances } from '../../../src/metrics/books.ts';
import { HandDrivenFleet, publishOf, scenarioOf } from '../../unit/load/fleet.ts';
import { startScriptedServer } from '../scripted-server.ts';

const MESSAGE_BYTES = 64 * 1024;
const MOST_UNWRITTEN_BYTES = 256 * 1024;
const MESSAGES = 400;

it.each([
  ['mqtt', 0],
  ['mqtt', 1],
  ['wire', 0],
  ['wire', 1],
] as const)('%s at QoS %i holds little back', async (client, qos) => {
  const server = await startScriptedServer(async (peer) => {
    await peer.welcome();
    peer.freeze();
  });
  const { host, port } = server.endpoint;
  const plan = publishOf({
    everyUs: 10_000,
    qos,
    payload: { kind: 'size', sizes: { kind: 'fixed', bytes: MESSAGE_BYTES } },
  });
  const scenario = scenarioOf({ client, publish: [plan] });
  const fleet = new HandDrivenFleet(scenario);
  const createClient = await clientOf(scenario).load();
  const real = createClient(scenario);
  let connection: Connection | undefined;
  fleet.context.target = { kind: 'url', protocol: 'mqtt', host, port, path: '' };
  fleet.context.client = {
    connect: (...told) => {
      connection = real.connect(...told);
      return connection;
    },
  };
  const { device } = fleet.start();
  await expect.poll(() => fleet.context.load.open).toBe(1);
  let mostUnwritten = 0;
  for (let sent = 0; sent < MESSAGES; sent++) {
    fleet.run(10_000);
    await sleep(0);
    mostUnwritten = Math.max(mostUnwritten, connection!.unwrittenBytes);
  }
  expect(mostUnwritten).toBeGreaterThan(MOST_UNWRITTEN_BYTES / 2);
  expect(mostUnwritten).toBeLessThan(MOST_UNWRITTEN_BYTES + 2 * MESSAGE_BYTES);
  device.close();
  await expect.poll(() => fleet.context.load.closing, { timeout: 5_000 }).toBe(0);
  const { counters, failures } = fleet.recorder.take();
  const unsent = counters.messages_scheduled! - counters.messages_sent!;
  expect(counters.messages_scheduled).toBeGreaterThanOrEqual(MESSAGES - 1);
  expect(unsent).toBeGreaterThan(0);
  expect(failures).toEqual([
    { phase: 'publish', kind: 'backpressure', code: '', count: unsent, examples: expect.anything() },
    // What waited when it was closed has not left, though at QoS 0 it counts as sent.
    { phase: 'publish', kind: 'cut-off', code: '', count: 1, examples: ['d0'] },
  ]);
  expect(imbalances({ ...fleet.recorder.counters, ...counters })).toEqual([]);
  await server.close();
});
