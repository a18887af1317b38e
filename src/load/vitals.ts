/** How the thread that generates the load fares itself, read once a second. */
import { readFileSync } from 'node:fs';
import { type EventLoopUtilization, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import type { Vitals } from '../metrics/snapshot.ts';

/** The monitor's own timer period, which its values include. */
const RESOLUTION_MS = 10;

export class VitalsSampler {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private utilization: EventLoopUtilization = performance.eventLoopUtilization();
  private thread = threadTimes();
  private gcUs = 0;
  private readonly gc = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) this.gcUs += duration * 1e3;
  });

  constructor() {
    this.delay.enable();
    this.gc.observe({ entryTypes: ['gc'] });
  }

  /** The vitals since the last call. */
  take(): Vitals {
    const utilization = performance.eventLoopUtilization();
    const thread = threadTimes();
    const vitals: Vitals = {
      ...since(this.thread, thread),
      utilization: performance.eventLoopUtilization(utilization, this.utilization).utilization,
      gcUs: Math.round(this.gcUs),
      loopDelayMaxUs: Math.max(0, Math.round(this.delay.max / 1e3 - RESOLUTION_MS * 1e3)),
    };
    this.delay.reset();
    this.gcUs = 0;
    this.utilization = utilization;
    this.thread = thread;
    return vitals;
  }

  stop(): void {
    this.delay.disable();
    this.gc.disconnect();
  }
}

interface ThreadTimes {
  cpuUs: number;
  /** Spent on a run queue: ready to run, and without a core. */
  waitedUs: number;
}

function since(before: ThreadTimes | null, now: ThreadTimes | null): Pick<Vitals, 'cpuUs' | 'waitedUs'> {
  if (before === null || now === null) return { cpuUs: null };
  return { cpuUs: now.cpuUs - before.cpuUs, waitedUs: now.waitedUs - before.waitedUs };
}

/** Times of the calling thread alone; Node 20 tells only the whole process's. Null where there is no /proc. */
function threadTimes(): ThreadTimes | null {
  try {
    const [cpuNs, waitedNs] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ').map(Number);
    return { cpuUs: cpuNs! / 1e3, waitedUs: waitedNs! / 1e3 };
  } catch {
    return null;
  }
}
