/** How a plan's pace bounds the times of messages that nobody received. */
import type { PublishPlan } from '../../../../model/scenario.ts';

export type Pace = Pick<PublishPlan, 'everyUs' | 'jitter'>;

/** Places are rounded to a microsecond each. */
const ROUNDING_US = 2;

/** How many messages were certainly meant for the `us` before another, of a sender that left none out. */
export function fewestWithin(us: number, pace: Pace): number {
  const { everyUs, jitter } = pace;
  if (everyUs === 0 || jitter.kind === 'exponential') return 0;
  if (jitter.kind === 'none') return Math.max(0, Math.floor(us / everyUs));
  // Both may be off their places, towards each other.
  return Math.max(0, Math.floor((us - ROUNDING_US) / everyUs - 2 * jitter.share));
}

/** The how-manieth message after another is certainly meant for `us` after it or later; what is left out makes it later still. */
export function surelyAfter(us: number, pace: Pace): number {
  const { everyUs, jitter } = pace;
  if (us <= 0) return 1;
  if (everyUs === 0 || jitter.kind === 'exponential') return Number.POSITIVE_INFINITY;
  const offUs = jitter.kind === 'none' ? 0 : 2 * jitter.share * everyUs + ROUNDING_US;
  return Math.max(1, Math.ceil((us + offUs) / everyUs));
}
