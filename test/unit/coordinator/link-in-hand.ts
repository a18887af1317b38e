import type { ShardLink } from '../../../src/coordinator/link.ts';
import type { FromShard, ToShard } from '../../../src/load/protocol.ts';
import type { Counter } from '../../../src/model/metrics/metric-names.ts';
import { snapshotOf } from '../metrics/snapshots.ts';

/** A link whose far end is the test. */
export class LinkInHand implements ShardLink {
  readonly posted: ToShard[] = [];
  readonly ended: Promise<string | undefined>;
  end: (reason?: string) => void = () => {};
  /** Why it was killed. */
  killed: string | undefined;
  /** It waits for a core. */
  waited: number | undefined;
  private listener: (message: FromShard) => void = () => {};

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  post(message: ToShard): void {
    this.posted.push(message);
  }

  onMessage(listener: (message: FromShard) => void): void {
    this.listener = listener;
  }

  waitedUs(): number | undefined {
    return this.waited;
  }

  kill(reason: string): void {
    this.killed ??= reason;
    this.end(reason);
  }

  say(message: FromShard): void {
    this.listener(message);
  }

  isAlive(): void {
    this.say({ type: 'alive', thread: undefined });
  }

  count(second: number, counts: Partial<Record<Counter, number>>): void {
    this.say({
      type: 'snapshot',
      snapshot: snapshotOf(second, ({ counters }) => Object.assign(counters, counts)),
    });
  }
}
