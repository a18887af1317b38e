/** The whole run, merged from the snapshots of every shard: the one record of truth that summary and thresholds are built from. */
import { COUNTERS, type Counter, type TimeTrend } from '../model/metrics/metric-names.ts';
import type { Histogram } from './histogram/histogram.ts';
import { addExample, zeroCounters } from './recorder.ts';
import type { FailureCount, Snapshot, Vitals } from './snapshot.ts';
import { Timeline } from './timeline.ts';

/** Why the losses of a run are not known that lost a shard. */
export const SHARD_GONE = 'a worker took its books with it';

/** What all shards' books say together of the messages; `duplicated` only what no shard could know by itself. */
export interface MessageBalance {
  lost: number;
  duplicated: number;
  lossUnknown?: string;
}

export class Totals {
  readonly counters = zeroCounters();
  /** The most attempts that any device needed to come back. */
  mostTries = 0;
  /** Why it is not known which messages were lost; undefined where it is. */
  lossUnknown: string | undefined = undefined;
  readonly timeline: Timeline;
  /** Whether some messages have no pace: an event loop that is busy all the time is what was asked for. */
  readonly isFlatOut: boolean;
  /** How each shard's thread fared, second by second. */
  readonly vitals: Vitals[][];
  private readonly failureCounts = new Map<string, FailureCount>();
  private readonly countersOfShard: Record<Counter, number>[];

  constructor(shards: number, isFlatOut = false) {
    this.isFlatOut = isFlatOut;
    this.timeline = new Timeline(shards);
    this.vitals = Array.from({ length: shards }, () => []);
    this.countersOfShard = Array.from({ length: shards }, zeroCounters);
  }

  add(shard: number, snapshot: Snapshot): void {
    for (const name of COUNTERS) this.count(shard, name, snapshot.counters[name] ?? 0);
    this.mostTries = Math.max(this.mostTries, snapshot.mostTries);
    for (const failure of snapshot.failures) this.addFailure(failure);
    if (!snapshot.closing) this.vitals[shard]!.push(snapshot.vitals);
    this.timeline.add(shard, snapshot);
  }

  /**
   * Closes the books of a shard that is gone: of its `scheduled` starts, those it never settled are lost, and the messages it had sent
   * and heard nothing of are unacked.
   */
  lose(shard: number, scheduled: number): void {
    this.lossUnknown = SHARD_GONE;
    const seen = this.countersOfShard[shard]!;
    const settled = seen.connects_ok + seen.connects_failed + seen.connects_dropped + seen.connects_cancelled;
    const unheard =
      seen.messages_sent -
      seen.messages_sent_qos0 -
      seen.messages_acked -
      seen.messages_failed -
      seen.messages_unacked;
    this.count(shard, 'connects_scheduled', scheduled - seen.connects_scheduled);
    this.count(shard, 'connects_lost', scheduled - settled);
    this.count(shard, 'messages_unacked', unheard);
    this.timeline.finish(shard);
  }

  /** Known only when sender and receivers have closed their books: after the last snapshot. */
  closeMessages({ lost, duplicated, lossUnknown }: MessageBalance): void {
    this.counters.messages_lost = lost;
    this.counters.messages_duplicated += duplicated;
    this.lossUnknown ??= lossUnknown;
  }

  /** Values of a trend so far; undefined while nothing was recorded. */
  histogram(name: TimeTrend): Histogram | undefined {
    return this.timeline.merged.get(name);
  }

  /** The most frequent first. */
  get failures(): FailureCount[] {
    return [...this.failureCounts.values()].sort((a, b) => b.count - a.count);
  }

  private count(shard: number, name: Counter, by: number): void {
    this.counters[name] += by;
    this.countersOfShard[shard]![name] += by;
  }

  private addFailure(failure: FailureCount): void {
    const key = `${failure.phase} ${failure.kind} ${failure.code}`;
    const known = this.failureCounts.get(key);
    if (known === undefined) {
      this.failureCounts.set(key, { ...failure, examples: [...failure.examples] });
      return;
    }
    known.count += failure.count;
    for (const device of failure.examples) addExample(known.examples, device);
  }
}
