/**
 * A timer for any duration. Node's own holds 2³¹ − 1 ms, which are 24.8 days: asked for more, it fires after one. This one waits in pieces.
 */
const LONGEST_MS = 2 ** 31 - 1;

export class LongTimer {
  private readonly fire: () => void;
  private leftMs: number;
  private timer: NodeJS.Timeout | undefined;

  /** Calls back once, `us` from now at the earliest. */
  constructor(us: number, fire: () => void) {
    this.fire = fire;
    this.leftMs = us / 1e3;
    this.wait();
  }

  cancel(): void {
    clearTimeout(this.timer);
  }

  private wait(): void {
    const ms = Math.min(this.leftMs, LONGEST_MS);
    this.leftMs -= ms;
    this.timer = setTimeout(() => (this.leftMs > 0 ? this.wait() : this.fire()), ms);
  }
}

/** Resolves after `us`, or as soon as the signal is aborted. */
export function sleepUs(us: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = new LongTimer(us, wake);
    signal?.addEventListener('abort', wake);
  });
}
