/**
 * How long a thread or a process has given no sign of life, counted only in time in which it could have. On a starved machine it waits for
 * a core, and whoever listens to it does too: neither is a silence.
 */
import { readFileSync } from 'node:fs';

/**
 * Silence (µs) after which a thread hangs: one that hangs and one that collects garbage cannot be told apart within seconds; nothing of ours
 * is this long at work in one go.
 */
export const HUNG_AFTER_US = 10_000_000;
/** Period (ms) in which signs are looked for, and that in which they are given. */
export const LOOK_EVERY_MS = 500;
export const SIGN_EVERY_MS = 500;

/** Most of the time (µs) between two looks that counts: a look that comes later was itself held up, or all of us were stopped. */
const MOST_PER_LOOK_US = 2 * LOOK_EVERY_MS * 1e3;

export class Silence {
  private silentUs = 0;
  private lookedUs: number;
  private waitedUs: number;
  private readonly totalWaitedUs: () => number | undefined;

  /** `totalWaitedUs`: for how long in all it was able to run and given no core; undefined while that is not known. */
  constructor(nowUs: number, totalWaitedUs: () => number | undefined) {
    this.lookedUs = nowUs;
    this.totalWaitedUs = totalWaitedUs;
    this.waitedUs = totalWaitedUs() ?? 0;
  }

  heard(): void {
    this.silentUs = 0;
  }

  /** Length of the silence by now (µs). To be called every LOOK_EVERY_MS. */
  look(nowUs: number): number {
    const passedUs = Math.min(nowUs - this.lookedUs, MOST_PER_LOOK_US);
    const waitedUs = this.totalWaitedUs() ?? this.waitedUs;
    this.silentUs += Math.max(0, passedUs - Math.max(0, waitedUs - this.waitedUs));
    this.lookedUs = nowUs;
    this.waitedUs = waitedUs;
    return this.silentUs;
  }
}

/**
 * Time (µs) that a process, or a thread of our own (`self/task/ID`), has waited for a core, which includes the time for which its
 * cgroup's quota was used up. Undefined where the system does not tell, or it has ended.
 */
export function waitedForCoreUs(process: number | string): number | undefined {
  try {
    const waitedNs = Number(readFileSync(`/proc/${process}/schedstat`, 'utf8').split(' ')[1]);
    return Number.isFinite(waitedNs) ? waitedNs / 1e3 : undefined;
  } catch {
    return undefined;
  }
}
