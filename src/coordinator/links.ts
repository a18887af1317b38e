/** All links of a fleet: opened together, talked to together, watched for signs of life, and ended. */
import type { FromShard, ToShard } from '../load/protocol.ts';
import type { Clock } from '../model/clock.ts';
import { objectionTo } from './greeting.ts';
import type { LinkPool } from './link.ts';
import { LinkWatch } from './link-watch.ts';
import { rehearseMerging } from './rehearsal.ts';

export interface LinkListener {
  onMessage(shard: number, message: FromShard): void;
  /** A link has ended without having been told to. */
  onLost(shard: number, reason: string): void;
}

export class Links {
  /** Kept once all links are open; rejects where they cannot be had, as `ended` does then. */
  readonly opened: Promise<unknown>;
  /** Kept once all links have ended. */
  readonly ended: Promise<unknown>;
  /** Whether they have been told to end, or are told once they are open. */
  isClosing = false;
  private readonly clock: Clock;
  private readonly listener: LinkListener;
  private pool: LinkPool = { links: [], destroy: async () => {} };
  private watch: LinkWatch | undefined;
  /** Whether a shard can be talked to, by shard, once it has said something. */
  private readonly greeted: boolean[] = [];

  constructor(open: () => Promise<LinkPool>, clock: Clock, listener: LinkListener) {
    this.clock = clock;
    this.listener = listener;
    const opened = this.open(open);
    this.opened = opened;
    this.ended = opened.then((ends) => Promise.all(ends));
    // Whoever waits for it hears of it.
    this.ended.catch(() => {});
  }

  /** The ends of all. */
  private async open(open: () => Promise<LinkPool>): Promise<Promise<void>[]> {
    const openedUs = this.clock.nowUs();
    this.pool = await open();
    rehearseMerging();
    const { links } = this.pool;
    this.watch = new LinkWatch(links, this.clock);
    for (const [shard, link] of links.entries())
      link.onMessage((message) => this.hear(shard, message, openedUs));
    if (this.isClosing) this.tellStop(false, 0);
    return links.map(async (link, shard) => this.end(shard, await link.ended));
  }

  post(message: ToShard): void {
    for (const link of this.pool.links) link.post(message);
  }

  /** Tells all to stop; their devices have `graceUs` to finish. */
  tellStop(graceful: boolean, graceUs: number): void {
    this.post({ type: 'stop', graceful });
    this.watch?.stopping(graceUs);
    this.watch?.awaitBy('end', this.clock.nowUs() + graceUs);
  }

  /** Waits for all to answer, say, or to end, by then. */
  awaitBy(what: 'answer' | 'end', byUs: number): void {
    this.watch!.awaitBy(what, byUs);
  }

  /** Ends them at once, whatever is under way; the listener hears of no loss any more. */
  stop(): void {
    if (this.isClosing) return;
    this.isClosing = true;
    this.tellStop(false, 0);
  }

  /** Resolves when all have ended. */
  async close(): Promise<void> {
    this.stop();
    try {
      await this.ended.catch(() => {});
    } finally {
      this.watch?.close();
      await this.pool.destroy();
    }
  }

  private hear(shard: number, message: FromShard, openedUs: number): void {
    this.greeted[shard] ??= this.greet(shard, message, openedUs);
    if (!this.greeted[shard]) return;
    this.watch!.heard(shard);
    if (message.type === 'prepared' || message.type === 'settled') this.watch!.settled(shard);
    this.listener.onMessage(shard, message);
  }

  private greet(shard: number, first: FromShard, openedUs: number): boolean {
    const objection = objectionTo(first, openedUs, this.clock.nowUs());
    if (objection !== undefined) this.pool.links[shard]!.kill(objection);
    return objection === undefined;
  }

  private end(shard: number, reason = 'it ended by itself'): void {
    this.watch!.ended(shard);
    if (!this.isClosing) this.listener.onLost(shard, reason);
  }
}
