/** Where a shard's outcomes become numbers. The hot path adds; reading and deriving happen elsewhere (totals, summary). */
import { COUNTERS, type Counter, TIME_TRENDS, type TimeTrend } from '../model/metrics/metric-names.ts';
import { Histogram } from './histogram/histogram.ts';
import type { FailureCount, Snapshot } from './snapshot.ts';

/** Most devices named beside a kind of failure: enough to look one up, bounded however many fail. */
export const EXAMPLES_PER_FAILURE = 3;

export class Recorder {
  readonly trends: Record<TimeTrend, Histogram>;
  readonly counters: Record<Counter, number>;
  private mostTries = 0;
  private readonly failures = new Map<string, FailureCount>();

  constructor() {
    this.trends = Object.fromEntries(
      TIME_TRENDS.map((name) => [name, new Histogram('interval')]),
    ) as Recorder['trends'];
    this.counters = zeroCounters();
  }

  /** Records that a device is back after this many attempts. */
  triesOfReturn(tries: number): void {
    this.mostTries = Math.max(this.mostTries, tries);
  }

  /** Counts a failure: `phase` and `kind` are from closed sets; `code` is what the system or the broker said (ECONNREFUSED, CONNACK 5). */
  fail(phase: string, kind: string, code: string, device: string, times = 1): void {
    const key = `${phase} ${kind} ${code}`;
    let failure = this.failures.get(key);
    if (failure === undefined) {
      failure = { phase, kind, code, count: 0, examples: [] };
      this.failures.set(key, failure);
    }
    failure.count += times;
    addExample(failure.examples, device);
  }

  /** What was recorded since the last call; all is back to zero after it. */
  take(): Pick<Snapshot, 'counters' | 'trends' | 'failures' | 'mostTries'> {
    const counters: Snapshot['counters'] = {};
    for (const name of COUNTERS) {
      if (this.counters[name] !== 0) counters[name] = this.counters[name];
      this.counters[name] = 0;
    }
    const trends: Snapshot['trends'] = {};
    for (const name of TIME_TRENDS) {
      if (this.trends[name].count > 0) trends[name] = this.trends[name].take();
    }
    const failures = [...this.failures.values()];
    this.failures.clear();
    const { mostTries } = this;
    this.mostTries = 0;
    return { counters, trends, failures, mostTries };
  }

  destroy(): void {
    for (const name of TIME_TRENDS) this.trends[name].destroy();
  }
}

export function zeroCounters(): Record<Counter, number> {
  return Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Record<Counter, number>;
}

/** Adds a device to the examples of a failure while there is room; one that fails again is no further example. */
export function addExample(examples: string[], device: string): void {
  if (examples.length < EXAMPLES_PER_FAILURE && !examples.includes(device)) examples.push(device);
}
