/** How long an answer waits, drawn from a distribution that is known, so that what a client measures can be held against it. */
import type { Delay } from '../../model/scenario.ts';
import { weightedDraw } from '../../statistics/random.ts';

/** Draws delays in whole µs; `random` gives numbers in [0, 1). */
export function delaySampler(delay: Delay, random: () => number): () => number {
  switch (delay.kind) {
    case 'fixed':
      return () => delay.us;
    case 'exponential':
      // The inverse of 1 − e^(−x/mean). 1 − random() is never 0, so the logarithm is finite.
      return () => Math.round(-delay.meanUs * Math.log1p(-random()));
    case 'mixture':
      return weightedDraw(
        delay.parts.map(({ us, share }) => ({ value: us, weight: share })),
        random,
      );
  }
}
