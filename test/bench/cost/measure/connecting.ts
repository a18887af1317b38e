/** What it costs to connect so many devices and to keep them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from '../broker.ts';
import type { Figures } from '../figures.ts';
import { type Load, leadInOf, type Said } from '../load.ts';
import type { Running } from '../tools/tool.ts';
import { usageOf } from '../usage.ts';

const LOOK_MS = 10;
/** The broker is at work if it has used more than that since the last look; a connect takes some 40 µs of its CPU. */
const WORKING_US = 500;
/** It holds all the sockets and has been idle for so long: the last CONNACK is out. */
const IDLE_MS = 100;
const LONGEST_MS = 60_000;
const HELD_MS = 1_000;
/** The highest rate is that of the best stretch of this length. */
const STRETCH_MS = 200;

/**
 * Seen from outside, the same way for all tools, and from the moment at which the first are there: code is compiled by then, and
 * memory that a rehearsal has left is in use again. The time is that to the broker's last work, the CPU is the tool's over the same, the
 * memory what its resident set has grown by when all have been connected for a second.
 */
export async function measureConnecting(running: Running, broker: Broker, load: Load): Promise<Figures> {
  const { devices } = load;
  const leadIn = leadInOf(load);
  running.begin();
  await broker.until(`the first ${leadIn} connections`, ({ sockets }) => sockets >= leadIn);
  const before = usageOf(running.pid);
  const first: Look = { atMs: performance.now(), sockets: broker.sockets };
  const looks = [first, ...(await looksUntilAllConnected(broker, devices))];
  const connected = usageOf(running.pid);
  // The broker's own word comes every other second.
  await Promise.all([
    sleep(HELD_MS),
    broker.until(`${devices} connections`, ({ connected }) => connected === devices),
  ]);
  const held = usageOf(running.pid);
  const said = await running.end();
  if (said !== undefined) expectAll(said, load);
  const measured = devices - first.sockets;
  return {
    cpuPerConnectionUs: (connected.cpuUs - before.cpuUs) / measured,
    connectsPerSec: measured / ((looks.at(-1)!.atMs - first.atMs) / 1e3),
    mostConnectsPerSec: mostPerSec(looks),
    kbPerConnection: (held.residentKb - before.residentKb) / measured,
  };
}

/** A first handshake has no session to go on with; all that are measured have. */
function expectAll({ connected, resumed }: Said, load: Load): void {
  const { devices, tls } = load;
  if (connected !== devices) throw new Error(`it says that ${connected} of ${devices} connected`);
  const isAsAsked = tls === 'resumed' ? resumed >= devices - leadInOf(load) : resumed === 0;
  if (!isAsAsked) throw new Error(`it says that ${resumed} of ${devices} went on with a session`);
}

interface Look {
  atMs: number;
  sockets: number;
}

/** While the broker was at work. */
async function looksUntilAllConnected(broker: Broker, devices: number): Promise<Look[]> {
  const startMs = performance.now();
  const looks: Look[] = [];
  let [lastMs, cpuUs] = [startMs, broker.cpuUs];
  for (;;) {
    await sleep(LOOK_MS);
    const [atMs, sockets] = [performance.now(), broker.sockets];
    const works = broker.cpuUs - cpuUs > WORKING_US;
    cpuUs = broker.cpuUs;
    if (works) {
      lastMs = atMs;
      looks.push({ atMs, sockets });
    } else if (atMs - lastMs >= IDLE_MS && sockets >= devices) {
      return looks;
    }
    if (atMs - startMs > LONGEST_MS) throw new Error(`${sockets} of ${devices} connected`);
  }
}

/** Over any stretch of STRETCH_MS. */
function mostPerSec(looks: Look[]): number {
  let most = 0;
  let from = 0;
  for (const { atMs, sockets } of looks) {
    while (atMs - (looks[from + 1]?.atMs ?? atMs) >= STRETCH_MS) from++;
    const stretchMs = atMs - looks[from]!.atMs;
    if (stretchMs >= STRETCH_MS) most = Math.max(most, ((sockets - looks[from]!.sockets) / stretchMs) * 1e3);
  }
  return most;
}
