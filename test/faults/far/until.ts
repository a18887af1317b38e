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
