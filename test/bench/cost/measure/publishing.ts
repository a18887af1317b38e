/** What a message costs, and how many there are: over a window of the broker's own counts, when all have been publishing for a while. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from '../broker.ts';
import type { Figures } from '../figures.ts';
import type { Load, Publishing } from '../load.ts';
import type { Running } from '../tools/tool.ts';
import { usageOf } from '../usage.ts';

/** After the last connect: everyone has had a turn, what the kernel's buffers take at the start is taken, hot paths are compiled. */
const SETTLE_MS = 1_000;
/** Two counts are as far apart at least. */
const WINDOW_MS = 1_900;
/** Of a pace that was asked for. */
const TOLERANCE = 0.05;

export async function measurePublishing(
  running: Running,
  broker: Broker,
  { devices }: Load,
  publishing: Publishing,
): Promise<Figures> {
  running.begin();
  await broker.until(`${devices} connections`, ({ sockets }) => sockets >= devices);
  await sleep(SETTLE_MS);
  const from = await atNextCount(running, broker);
  let to = await atNextCount(running, broker);
  while (to.atMs - from.atMs < WINDOW_MS) to = await atNextCount(running, broker);
  const messages = to.received - from.received;
  const messagesPerSec = messages / ((to.atMs - from.atMs) / 1e3);
  if (publishing.everyMs > 0) expectPace(messagesPerSec, (devices * 1e3) / publishing.everyMs);
  // At full speed and QoS 0 the kernel holds more than the broker could count in a minute.
  if (publishing.everyMs > 0 || publishing.qos === 1) await expectBooks(running, broker, publishing.qos);
  return { cpuPerMessageUs: (to.cpuUs - from.cpuUs) / messages, messagesPerSec };
}

interface Mark {
  atMs: number;
  received: number;
  cpuUs: number;
}

async function atNextCount(running: Running, broker: Broker): Promise<Mark> {
  await broker.nextCount();
  return { atMs: performance.now(), received: broker.received, cpuUs: usageOf(running.pid).cpuUs };
}

function expectPace(actual: number, asked: number): void {
  if (Math.abs(actual / asked - 1) <= TOLERANCE) return;
  throw new Error(`the broker got ${actual.toFixed(0)} messages/s where ${asked} were asked for`);
}

/** Every message that was sent has reached the broker, and at QoS 1 has been acknowledged. */
async function expectBooks(running: Running, broker: Broker, qos: 0 | 1): Promise<void> {
  const said = await running.end();
  if (said === undefined) return;
  if (qos === 1 && said.acked !== said.sent) {
    throw new Error(`of ${said.sent} messages ${said.acked} were acknowledged`);
  }
  await broker.until(`the last of ${said.sent} messages`, ({ received }) => received >= said.sent);
  if (broker.received > said.sent) {
    throw new Error(`the broker got ${broker.received} messages where ${said.sent} were sent`);
  }
}
