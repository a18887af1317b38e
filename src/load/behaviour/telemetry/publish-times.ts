/** When the messages of one plan of one device are due: a grid of its own, with the jitter that was asked for. */
import type { Jitter } from '../../../model/scenario.ts';

export class PublishTimes {
  private readonly jitter: Jitter;
  private readonly everyUs: number;
  private readonly random: () => number;
  private gridUs: number;
  /** When the next message is due; never decreases. */
  nextUs: number;

  /** `placeUs` is any place of the grid: the first message is due at the first of them from `fromUs` on. */
  constructor(jitter: Jitter, everyUs: number, fromUs: number, placeUs: number, random: () => number) {
    this.jitter = jitter;
    this.everyUs = everyUs;
    this.random = random;
    // A Poisson process has no grid: its first gap is as any other.
    this.gridUs = jitter.kind === 'exponential' ? fromUs : fromUs + modulo(placeUs - fromUs, everyUs);
    this.nextUs = fromUs;
    this.place();
  }

  advance(): void {
    if (this.jitter.kind !== 'exponential') this.gridUs += this.everyUs;
    this.place();
  }

  private place(): void {
    let dueUs = this.gridUs;
    if (this.jitter.kind === 'uniform') {
      dueUs += Math.round((2 * this.random() - 1) * this.jitter.share * this.everyUs);
    } else if (this.jitter.kind === 'exponential') {
      // Inverse of the exponential's distribution function; random() is below 1, so the logarithm is finite.
      this.gridUs += Math.round(-Math.log(1 - this.random()) * this.everyUs);
      dueUs = this.gridUs;
    }
    this.nextUs = Math.max(this.nextUs, dueUs);
  }
}

/** The remainder with the divisor's sign. */
function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
