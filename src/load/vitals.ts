/** How the thread that generates the load fares itself, read once a second. */
import { readFileSync } from 'node:fs';
import { type EventLoopUtilization, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import type { Vitals } from '../metrics/snapshot.ts';

/** The monitor's own timer period, which its values include. */
const RESOLUTION_MS = 10;

export class VitalsSampler {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private utilization: EventLoopUtilization = performance.eventLoopUtilization();
  private cpuUs = threadCpuUs();
  private gcUs = 0;
  private readonly gc = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) this.gcUs += duration * 1e3;
  });

  constructor() {
    this.delay.enable();
    this.gc.observe({ entryTypes: ['gc'] });
  }

  /** Since the last call. */
  take(): Vitals {
    const utilization = performance.eventLoopUtilization();
    const cpuUs = threadCpuUs();
    const vitals: Vitals = {
      cpuUs: cpuUs === null || this.cpuUs === null ? null : cpuUs - this.cpuUs,
      utilization: performance.eventLoopUtilization(utilization, this.utilization).utilization,
      gcUs: Math.round(this.gcUs),
      loopDelayMaxUs: Math.max(0, Math.round(this.delay.max / 1e3 - RESOLUTION_MS * 1e3)),
    };
    this.delay.reset();
    this.gcUs = 0;
    this.utilization = utilization;
    this.cpuUs = cpuUs;
    return vitals;
  }

  stop(): void {
    this.delay.disable();
    this.gc.disconnect();
  }
}

/** CPU time of the calling thread alone; Node 20 tells only the whole process's. Null where there is no /proc. */
function threadCpuUs(): number | null {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e3;
  } catch {
    return null;
  }
}
