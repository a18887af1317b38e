/** Waiting for something to be seen. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Looks every 5 ms; throws what never came. */
export async function until(what: string, holds: () => boolean, patienceMs = 30_000): Promise<void> {
  const lastMs = performance.now() + patienceMs;
  while (!holds()) {
    if (performance.now() > lastMs) throw new Error(`never seen: ${what}`);
    await sleep(5);
  }
}

/** What a count is once it has not changed for so long. */
export async function settled(count: () => number, forMs: number): Promise<number> {
  let before = Number.NaN;
  while (count() !== before) {
    before = count();
    await sleep(forMs);
  }
  return before;
}
