/** How the fleet came back after connections were lost. */
import { msFromUs } from '../model/units.ts';
import type { Totals } from './totals.ts';

export interface Recovery {
  lost: number;
  back: number;
  attempts: number;
  /** Most attempts that any device needed. */
  mostTries: number;
  /** Time from the loss of a connection to its return at which this share of all that were lost was back, ms; null if it never was. */
  to50Ms: number | null;
  to95Ms: number | null;
  to100Ms: number | null;
}

/** How a run came back; null where nothing was lost, or nothing was to come back. */
export function recoveryOf(totals: Totals): Recovery | null {
  const { disconnects: lost, reconnects_started: attempts, reconnects_ok: back } = totals.counters;
  if (attempts === 0) return null;
  const times = totals.histogram('reconnect_latency');
  // A percentile of those that came back is not one of those that were lost: the share is taken of the latter.
  const timeTo = (share: number): number | null => {
    const percent = ((share * lost) / Math.max(1, back)) * 100;
    const us = percent <= 100 ? times?.percentile(percent) : undefined;
    return us === undefined ? null : msFromUs(us);
  };
  return {
    lost,
    back,
    attempts,
    mostTries: totals.mostTries,
    to50Ms: timeTo(0.5),
    to95Ms: timeTo(0.95),
    to100Ms: timeTo(1),
  };
}
