/**
 * V8 compiles and collects garbage on threads of its own. On a machine with few cores they take turns with the threads that generate
 * load, which then act one to three milliseconds late. With a lower priority they give way. Not with the lowest, and not SCHED_IDLE: a
 * thread that collects garbage waits for a helper in the midst of compiling to come to a halt, and where others keep every core busy,
 * such a helper comes to its next turn seconds later.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/** Node's platform: a scheduler of delayed tasks, and `--v8-pool-size` helpers, 4 unless said otherwise. */
const PLATFORM_THREADS = 5;

/**
 * A thread waits for helpers that it has asked to collect with it, and on a machine that others keep busy these would not come: so each
 * collects alone. Left to helpers is what nobody waits for, compiling, and marking, which a heap as large as a shard's seldom begins.
 */
const COLLECT_ALONE = [
  '--no-parallel-scavenge',
  '--no-concurrent-sweeping',
  '--no-concurrent-array-buffer-sweeping',
  '--no-parallel-compaction',
  '--no-parallel-pointer-update',
];

/**
 * To be called in the main thread, before any worker thread is made. Only on Linux; elsewhere nothing happens. There is no way back
 * without privileges.
 */
export function yieldHelperThreads(): void {
  const helpers = platformThreads();
  if (helpers.length === 0) return;
  for (const flag of COLLECT_ALONE) setFlagsFromString(flag);
  for (const thread of helpers) lowerPriority(thread);
}

/** Node makes them first, and the kernel lists a process's threads in the order in which they were made. */
function platformThreads(): number[] {
  try {
    return readdirSync('/proc/self/task')
      .map(Number)
      .filter((thread) => thread !== process.pid)
      .slice(0, PLATFORM_THREADS)
      .filter(isHelper);
  } catch {
    return [];
  }
}

/** Newer releases of Node give their threads names; the pool that looks names up and reads files is not to wait. */
function isHelper(thread: number): boolean {
  return !/^(libuv|Signal)/.test(readFileSync(`/proc/self/task/${thread}/comm`, 'utf8'));
}

function lowerPriority(thread: number): void {
  try {
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended, or may not be touched: it goes on as before.
  }
}
