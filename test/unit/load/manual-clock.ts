import type { Clock } from '../../../src/model/clock.ts';

/** Stands still until a test moves it. Begins at an arbitrary time, as a monotonic clock does. */
export class ManualClock implements Clock {
  us: number;

  constructor(startUs = 5_000_000) {
    this.us = startUs;
  }

  nowUs(): number {
    return this.us;
  }

  advance(byUs: number): void {
    this.us += byUs;
  }
}
