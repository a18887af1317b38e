/** One figure of two runs, side by side. Pure. */

import { kindOfMetric } from '../model/metrics/metric-names.ts';
import { msFromUs } from '../model/units.ts';
import type { EstimatedChange } from './evidence/estimates.ts';
import type { Figure } from './evidence/run-figures.ts';
import { type ChangeVerdict, changeVerdictOf, type Tolerance } from './verdict.ts';

/** Times in ms, all else per second. `change` is head minus base, `low` to `high` its interval. */
export interface FigureComparison {
  verdict: ChangeVerdict;
  /** Null without any value. */
  base: number | null;
  head: number | null;
  change: number | null;
  /** Null with too little data. */
  low: number | null;
  high: number | null;
  /** Seconds with as much data as there is now that would be enough; null where it is, and where there is none. */
  secondsNeeded: number | null;
}

export function figureComparison(
  { metric }: Figure,
  estimate: EstimatedChange,
  tolerance: Tolerance,
): FigureComparison {
  const inReports = (value: number): number =>
    kindOfMetric(metric) === 'time' ? msFromUs(value) : Math.round(value * 1e3) / 1e3;
  const orNull = (value: number): number | null => (Number.isFinite(value) ? inReports(value) : null);
  const { base, head, halfWidth, secondsNeeded } = estimate;
  const points = { base: orNull(base), head: orNull(head), change: orNull(head - base) };
  if (halfWidth === undefined) {
    const needed = secondsNeeded > 0 && Number.isFinite(secondsNeeded) ? secondsNeeded : null;
    return { verdict: 'too little data', ...points, low: null, high: null, secondsNeeded: needed };
  }
  const [low, high] = [inReports(head - base - halfWidth), inReports(head - base + halfWidth)];
  const verdict = changeVerdictOf(metric, { base: inReports(base), low, high }, tolerance);
  return { verdict, ...points, low, high, secondsNeeded: null };
}
