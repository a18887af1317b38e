/**
 * Monotonic time in integer microseconds. The zero is the machine's own (CLOCK_MONOTONIC), so that all threads and processes of one
 * machine read the same clock: a start line given by the coordinator and a truth logged by the stand-in are comparable as they are.
 */
import { performance } from 'node:perf_hooks';

export interface Clock {
  nowUs(): number;
}

/**
 * performance.now() costs a quarter of process.hrtime() but counts from the start of its own thread; the offset is taken once. It is the
 * module's: the global of that name is a getter, which would be called each time.
 */
export function monotonicClock(): Clock {
  const [seconds, nanos] = process.hrtime();
  const offsetUs = seconds * 1e6 + nanos / 1e3 - performance.now() * 1e3;
  return { nowUs: () => Math.floor(performance.now() * 1e3 + offsetUs) };
}
