/**
 * Devices take turns in publishing, in the order of the list and evenly over a plan's interval, whenever they connected: a fleet that
 * connected together does not publish together, and its rate is the same in every millisecond. Phases drawn at random would come in
 * clumps, and visit the memory of the fleet, the kernel's as well as ours, in an order for which each message costs an eighth more.
 */
export interface Stagger {
  /** Start of the first interval on the shard's clock (µs); each lasts as long as a plan's `every`. */
  startUs: number;
  /** Devices that take turns, in all shards. */
  devices: number;
}

/** A number whose multiples lie evenly on a circle, however many there are: where the turns of further plans begin. */
const GOLDEN_RATIO = 0.618_033_988_749_895;

/**
 * A device's place in each interval, from 0 to below 1: the middle of a turn, so that none is on the line between two intervals, where a
 * run begins and ends. The devices of a trial may be any of the list: rows that follow one another have places that do.
 */
export function placeInStagger({ devices }: Stagger, row: number, plan: number): number {
  return (((row % devices) + 0.5) / devices + plan * GOLDEN_RATIO) % 1;
}
