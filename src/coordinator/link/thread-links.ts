/**
 * Shards as worker threads: one Piscina task per thread that lives as long as the run and talks over a MessagePort. `atomics` is off
 * because a waiting thread would otherwise stand still, timers and all; the task's return value carries nothing.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { AssignedDevices } from '../../load/device/assigned-devices.ts';
import type { FromShard, ShardAssignment } from '../../load/protocol.ts';
import { growDescriptorTable } from '../../machine/descriptor-table.ts';
import { yieldHelperThreads } from '../../machine/helper-threads.ts';
import { waitedForCoreUs } from '../../machine/silence.ts';
import { messageOf } from '../../model/errors.ts';
import { MODULE } from '../../platform/module/module.ts';
import { nameOfError } from '../../platform/module/user-module.ts';
import type { LinkPool, ShardLink } from './link.ts';
import { HEAP_GROWING_PERCENT, initialHeapMb, MOST_MB } from './shard-heap.ts';

/** A port whose thread never came to life does not close: nothing is waited for longer than this. */
const PORT_DRAIN_MS = 1000;
/** A thread in a system call that does not return cannot be ended: it is left behind. */
const DESTROY_MS = 2000;

/**
 * Connections live long, so a scavenge copies most of what it finds: with the default of 48 MB a thread stands still for 20 ms at a
 * time, with this for 2. It costs some CPU and buys punctuality.
 */
const YOUNG_GENERATION_MB = 3;

const WORKER_FILE = fileURLToPath(new URL('../../../workers/shard.js', import.meta.url));

export async function openThreadLinks(
  assignments: ShardAssignment[],
  devices: AssignedDevices,
): Promise<LinkPool> {
  // All threads of the process share one table of open files.
  growDescriptorTable(assignments[0]?.connections ?? 0);
  yieldHelperThreads();
  const pool = openThreads(WORKER_FILE, assignments.length, initialHeapMb(assignments));
  return {
    links: assignments.map((assignment) => openThreadLink(pool, assignment, devices)),
    destroy: () => Promise.race([pool.destroy(), sleep(DESTROY_MS, undefined, { ref: false })]),
  };
}

/** Threads with the heap that a shard has, one task each; `file` is a built one. */
export function openThreads(file: string, threads: number, heapMb = MOST_MB): Piscina {
  setFlagsFromString(`--initial-old-space-size=${heapMb}`);
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  // A coordinator has little to do, which V8 takes for a good moment to tidy its heap: 10 ms of a core that the workers want.
  setFlagsFromString('--no-memory-reducer');
  const pool = new Piscina({
    filename: file,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  // A thread's death reaches whoever waits for its task; unheard here it would end the process.
  pool.on('error', () => {});
  return pool;
}

function openThreadLink(pool: Piscina, assignment: ShardAssignment, devices: AssignedDevices): ShardLink {
  const { port1, port2 } = new MessageChannel();
  // The shard's end closes when it is done or its thread dies, and what it posted before still arrives first.
  const drained = new Promise<void>((resolve) => port1.once('close', resolve));
  const killing = new AbortController();
  const { signal } = killing;
  const task = pool.run({ assignment, devices, port: port2 }, { transferList: [port2], signal });
  const outcome = task.then(
    () => undefined,
    (error: unknown) => (signal.aborted ? String(signal.reason) : lossBy(error, assignment)),
  );
  let thread: number | undefined;
  return {
    post: (message) => port1.postMessage(message),
    onMessage: (listener) =>
      port1.on('message', (message: FromShard) => {
        if (message.type === 'hello') thread = message.thread;
        listener(message);
      }),
    waitedUs: () => (thread === undefined ? undefined : waitedForCoreUs(`self/task/${thread}`)),
    kill: (reason) => killing.abort(reason),
    ended: outcome.then(async (reason) => {
      await Promise.race([drained, sleep(PORT_DRAIN_MS, undefined, { ref: false })]);
      port1.close();
      return reason;
    }),
  };
}

/** Of an error that may be one of the user's module only the kind is said: its words may hold anything, a secret too. */
function lossBy(error: unknown, { scenario }: ShardAssignment): string {
  const words = messageOf(error);
  if (scenario.auth.method !== MODULE || /^worker exited with code: \d+$/.test(words)) return words;
  return `${nameOfError(error)} that nobody caught, perhaps in the module of auth`;
}
