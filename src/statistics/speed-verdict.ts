/** When is one thing faster than another? Pure; the rule stands in the README. */
import type { Estimate } from './midmean.ts';

export type SpeedVerdict = 'faster' | 'slower' | 'no measurable difference';

/**
 * A difference below this is none to anyone who runs a fleet, however sure it is; without such a bound two methods of nearly the same
 * cost would be called differently from one experiment to the next.
 */
const PRACTICAL_DIFFERENCE = 0.01;

/**
 * `ratio` is the time of the one through the time of the other. Its whole interval must lie beyond the practical difference, and beyond
 * what a thing differed from itself in the same experiment, where that is more.
 */
export function speedVerdictOf(ratio: Estimate, controlRatio = 1): SpeedVerdict {
  // By logarithms: 1.01 and 1 / 1.01 are as far from 1.
  const margin = Math.max(Math.log1p(PRACTICAL_DIFFERENCE), Math.abs(Math.log(controlRatio)));
  if (Math.log(ratio.high) < -margin) return 'faster';
  if (Math.log(ratio.low) > margin) return 'slower';
  return 'no measurable difference';
}
