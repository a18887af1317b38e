/** What came of the askings, counted. */
import { Histogram, type HistogramStats } from '../metrics/histogram/histogram.ts';
import { addExample } from '../metrics/recorder.ts';
import type { FailureCount } from '../metrics/snapshot.ts';
import type { Failure } from '../model/failure.ts';

export const REGISTER_TRENDS = ['register_latency', 'register_service'] as const;
export type RegisterTrend = (typeof REGISTER_TRENDS)[number];

/** `registers_waited` are those of `registers_started` that found no free place when they were due. */
export const REGISTER_COUNTERS = [
  'registers_scheduled',
  'registers_started',
  'registers_waited',
  'registers_ok',
  'registers_failed',
  'registers_cancelled',
] as const;
export type RegisterCounter = (typeof REGISTER_COUNTERS)[number];

export class Tally {
  readonly counters = Object.fromEntries(REGISTER_COUNTERS.map((name) => [name, 0])) as Record<
    RegisterCounter,
    number
  >;
  /** µs: from the intended start to the answer, and from the real one. */
  readonly trends: Record<RegisterTrend, Histogram> = {
    register_latency: new Histogram('total'),
    register_service: new Histogram('total'),
  };
  private readonly byFailure = new Map<string, FailureCount>();

  fail({ phase, kind, code }: Failure, device: string): void {
    this.counters.registers_failed++;
    const key = `${phase} ${kind} ${code}`;
    const failure = this.byFailure.get(key) ?? { phase, kind, code, count: 0, examples: [] };
    this.byFailure.set(key, failure);
    failure.count++;
    addExample(failure.examples, device);
  }

  /** The most frequent first. */
  get failures(): FailureCount[] {
    return [...this.byFailure.values()].sort((a, b) => b.count - a.count);
  }

  stats(): Record<RegisterTrend, HistogramStats | null> {
    const { register_latency, register_service } = this.trends;
    return { register_latency: register_latency.stats(), register_service: register_service.stats() };
  }

  destroy(): void {
    for (const name of REGISTER_TRENDS) this.trends[name].destroy();
  }
}
