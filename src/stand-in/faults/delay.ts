/** How long an answer waits, drawn from a distribution that is known, so that what a client measures can be held against it. */
import type { Delay } from '../../model/scenario.ts';

/** Draws delays in whole µs; `random` gives numbers in [0, 1). */
export function delaySampler(delay: Delay, random: () => number): () => number {
  switch (delay.kind) {
    case 'fixed':
      return () => delay.us;
    case 'exponential':
      // The inverse of 1 − e^(−x/mean). 1 − random() is never 0, so the logarithm is finite.
      return () => Math.round(-delay.meanUs * Math.log1p(-random()));
    case 'mixture':
      return mixtureSampler(delay.parts, random);
  }
}

function mixtureSampler(parts: { share: number; us: number }[], random: () => number): () => number {
  const whole = parts.reduce((sum, part) => sum + part.share, 0);
  const last = parts[parts.length - 1];
  return () => {
    let left = random() * whole;
    for (const part of parts) {
      left -= part.share;
      if (left < 0) return part.us;
    }
    // Shares such as 0.1 do not add up exactly: what rounding leaves over is the last part's.
    return last?.us ?? 0;
  };
}
