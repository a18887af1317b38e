/** What one shard measured in one interval: plain data that crosses threads and machines as it is. */
import type { Counter, TimeTrend } from '../model/metrics/metric-names.ts';
import type { EncodedHistogram } from './histogram/encoded-histogram.ts';

export interface Snapshot {
  /** The second of the run it closes: 0 for the first. A shard that was held up leaves numbers out rather than filling them in. */
  second: number;
  /** Beginning, after the start line (µs). */
  fromUs: number;
  toUs: number;
  /** Counts of this interval; what is zero is absent. */
  counters: Partial<Record<Counter, number>>;
  trends: Partial<Record<TimeTrend, EncodedHistogram>>;
  failures: FailureCount[];
  /** The most attempts that a device needed to come back. */
  mostTries: number;
  /** Connections open at `toUs`. */
  open: number;
  /** The run was over and its connections were being closed: not part of what is measured. */
  closing: boolean;
  vitals: Vitals;
}

export interface FailureCount {
  phase: string;
  kind: string;
  code: string;
  count: number;
  /** Names of the first few devices. */
  examples: string[];
}

/** How the worker itself fared in this interval. */
export interface Vitals {
  /** CPU time of the thread (user and system); null where the system does not tell. */
  cpuUs: number | null;
  /** Time (µs) in which the thread would have run and had no core; absent where the system does not tell. */
  waitedUs?: number;
  /** Share of the interval in which the event loop was busy, 0 … 1. */
  utilization: number;
  /** Time spent collecting garbage. */
  gcUs: number;
  /** The longest the event loop was held up. */
  loopDelayMaxUs: number;
}
