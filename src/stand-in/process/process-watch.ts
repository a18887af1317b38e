/** Watches a process for signs of life: one that is frozen neither ends nor closes its channel. */
import { readFileSync } from 'node:fs';
import { HUNG_AFTER_US, LOOK_EVERY_MS, Silence, waitedForCoreUs } from '../../machine/silence.ts';
import { monotonicClock } from '../../model/clock.ts';

/** The silence (µs) of a process that the system itself says is stopped: no work of its own takes its place, so it needs little proof. */
const FROZEN_AFTER_US = 1_500_000;

export class ProcessWatch {
  private readonly pid: number;
  private readonly onLost: (cause: string) => void;
  private readonly clock = monotonicClock();
  private readonly silence: Silence;
  private readonly timer: NodeJS.Timeout;

  /** Calls back once, unless it is closed before. */
  constructor(pid: number, onLost: (cause: string) => void) {
    this.pid = pid;
    this.onLost = onLost;
    this.silence = new Silence(this.clock.nowUs(), () => waitedForCoreUs(pid));
    // Whoever watches has work of his own to stay for.
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  heard(): void {
    this.silence.heard();
  }

  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const silentUs = this.silence.look(this.clock.nowUs());
    const frozen = silentUs >= FROZEN_AFTER_US && isStopped(this.pid);
    if (!frozen && silentUs < HUNG_AFTER_US) return;
    this.close();
    const seconds = (silentUs / 1e6).toFixed(1);
    this.onLost(`${frozen ? 'it is stopped (SIGSTOP) and' : 'it'} gave no sign of life for ${seconds} s`);
  }
}

/** Whether a signal or a debugger has stopped it: the third field of proc(5)'s stat. False where the system does not tell. */
function isStopped(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [Tt] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
