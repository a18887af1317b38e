/** Watches the shards of a fleet for signs of life, and ends the one that gives none: the others go on. */

import { HUNG_AFTER_US, LOOK_EVERY_MS, Silence } from '../machine/silence.ts';
import type { Clock } from '../model/clock.ts';
import type { ShardLink } from './link.ts';

/** Longest silence before a shard's first sign of life (µs): its thread starts and loads what it runs, all in one go. */
const STARTING_US = 120_000_000;

/** Longest silence of a shard that was told to stop and has had its time for that (µs). */
const HUNG_STOPPING_US = 2_000_000;
/** Time that a stop may take beyond what devices have to finish (µs). */
const STOPPING_US = 1_000_000;

/** Time after the last moment at which a living shard could have ended, beyond which it will not (µs). */
const OVERDUE_US = 60_000_000;

interface Watched {
  link: ShardLink;
  silence: Silence;
  hasBeenHeard: boolean;
  /** What is awaited of all. */
  owes: boolean;
  hasEnded: boolean;
}

export class LinkWatch {
  private readonly clock: Clock;
  private readonly shards: Watched[];
  private readonly timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  /** What is awaited of the shards, and the last moment for it. */
  private due: { what: string; byUs: number } | undefined;
  private stoppingByUs = Number.POSITIVE_INFINITY;

  constructor(links: ShardLink[], clock: Clock) {
    this.clock = clock;
    this.shards = links.map((link) => ({
      link,
      silence: new Silence(clock.nowUs(), () => link.waitedUs()),
      hasBeenHeard: false,
      owes: false,
      hasEnded: false,
    }));
  }

  heard(shard: number): void {
    const watched = this.shards[shard]!;
    watched.silence.heard();
    watched.hasBeenHeard = true;
  }

  ended(shard: number): void {
    this.shards[shard]!.hasEnded = true;
  }

  /** To be called when all have been told to stop, and their devices have `graceUs` to finish. */
  stopping(graceUs: number): void {
    this.stoppingByUs = this.clock.nowUs() + graceUs + STOPPING_US;
  }

  /**
   * Waits for all to answer, say, by then: whoever has not OVERDUE_US later is ended, alive or not. A later call takes the place of the one
   * before.
   */
  awaitBy(what: string, byUs: number): void {
    this.due = { what, byUs };
    for (const watched of this.shards) watched.owes = true;
  }

  /** To be called when a shard did what was awaited of all. */
  settled(shard: number): void {
    this.shards[shard]!.owes = false;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const nowUs = this.clock.nowUs();
    for (const watched of this.shards) {
      if (watched.hasEnded) continue;
      const reason = this.objectionTo(watched, nowUs);
      if (reason === undefined) continue;
      watched.hasEnded = true;
      watched.link.kill(reason);
    }
  }

  private objectionTo({ silence, hasBeenHeard, owes }: Watched, nowUs: number): string | undefined {
    const silentUs = silence.look(nowUs);
    const isSilent = silentUs >= this.mostSilentUs(hasBeenHeard, nowUs);
    if (isSilent) return `it gave no sign of life for ${Math.round(silentUs / 1e6)} s`;
    const { due } = this;
    return owes && due && nowUs >= due.byUs + OVERDUE_US ? `it did not ${due.what} in time` : undefined;
  }

  private mostSilentUs(hasBeenHeard: boolean, nowUs: number): number {
    const isStopping = nowUs >= this.stoppingByUs;
    if (!hasBeenHeard) return isStopping ? HUNG_AFTER_US : STARTING_US;
    return isStopping ? HUNG_STOPPING_US : HUNG_AFTER_US;
  }
}
