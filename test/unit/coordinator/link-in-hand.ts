import type { ShardLink } from '../../../src/coordinator/link/link.ts';
import { type FromShard, PROTOCOL_VERSION, type ToShard } from '../../../src/load/protocol.ts';
import type { Ledger } from '../../../src/metrics/ledger.ts';
import type { Clock } from '../../../src/model/clock.ts';
import type { Counter } from '../../../src/model/metrics/metric-names.ts';
import { snapshotOf } from '../metrics/snapshots.ts';

export const NO_MESSAGES: Ledger = {
  sent: new Float64Array(),
  received: new Float64Array(),
  missing: 0,
  shares: [],
};

/** A link whose far end is the test; it greets before the first thing it says. */
export class LinkInHand implements ShardLink {
  readonly posted: ToShard[] = [];
  readonly ended: Promise<string | undefined>;
  end: (reason?: string) => void = () => {};
  /** Why it was killed. */
  killed: string | undefined;
  /** It waits for a core. */
  waited: number | undefined;
  private listener: (message: FromShard) => void = () => {};

  private readonly clock: Clock;
  private hasGreeted = false;
  private hasFinished = false;

  constructor(clock: Clock) {
    this.clock = clock;
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  post(message: ToShard): void {
    this.posted.push(message);
    if (this.hasFinished && message.type === 'stop' && !message.graceful) this.end();
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
    if (!this.hasGreeted) this.greet();
    this.listener(message);
  }

  greet(protocol = PROTOCOL_VERSION, clockUs = this.clock.nowUs()): void {
    this.hasGreeted = true;
    this.listener({ type: 'hello', protocol, clockUs, thread: undefined });
  }

  isAlive(): void {
    this.say({ type: 'alive' });
  }

  /** It has rehearsed, and could begin at once. */
  isPrepared(openingUs = 900_000): void {
    this.say({ type: 'ready' });
    this.say({ type: 'prepared', waitUs: 0, openingUs });
  }

  /** It comes to the end of its trial, and ends when it is told to. */
  finish(ledger = NO_MESSAGES): void {
    this.hasFinished = true;
    this.say({ type: 'settled', open: 0, peak: 0, ledger });
  }

  count(second: number, counts: Partial<Record<Counter, number>>): void {
    this.say({
      type: 'snapshot',
      snapshot: snapshotOf(second, ({ counters }) => Object.assign(counters, counts)),
    });
  }
}
