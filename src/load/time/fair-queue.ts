/** The turns of those of a shard who send as fast as they can, one after the other, so that none of them keeps the event loop for itself. */
import type { Clock } from '../../model/clock.ts';

/** Longest time (µs) of turns in a row: then timers and what has been received come first. */
const MOST_US = 2_000;

export abstract class TurnTaker {
  /** Kept by Turns. */
  isQueued = false;

  /** Returns whether it wants another turn; otherwise it waits until it joins again. */
  abstract takeTurn(nowUs: number): boolean;
}

export class Turns {
  private readonly clock: Clock;
  private queue: TurnTaker[] = [];
  private next = 0;
  private isScheduled = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Puts a taker in the queue; its turn does not come before this returns. */
  join(taker: TurnTaker): void {
    if (taker.isQueued) return;
    taker.isQueued = true;
    this.queue.push(taker);
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.goRound);
  }

  /** Gives each that is in the queue by now one turn at most. */
  private readonly goRound = (): void => {
    this.isScheduled = false;
    const last = this.queue.length;
    let nowUs = this.clock.nowUs();
    const untilUs = nowUs + MOST_US;
    while (this.next < last && nowUs < untilUs) {
      const taker = this.queue[this.next++]!;
      taker.isQueued = false;
      if (taker.takeTurn(nowUs)) this.join(taker);
      nowUs = this.clock.nowUs();
    }
    this.queue.splice(0, this.next);
    this.next = 0;
    if (this.queue.length > 0) this.schedule();
  };
}
