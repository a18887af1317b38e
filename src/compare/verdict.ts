/** What a difference amounts to. Pure. */
import { betterOf } from '../model/metrics/direction.ts';
import { kindOfMetric, type MetricName } from '../model/metrics/metric-names.ts';

/** The gravest first. `different` is what neither better nor worse can be said of: a count of bytes, say. */
export const VERDICTS = ['worse', 'better', 'different', 'no difference', 'too little data'] as const;
export type ChangeVerdict = (typeof VERDICTS)[number];

/** Those that say that there is a difference. */
export const DIFFERING: readonly ChangeVerdict[] = ['worse', 'better', 'different'];

/** Smaller changes are none: a share of the base's value, or of times so many ms where that is more. */
export interface Tolerance {
  share: number;
  ms: number;
}

/** In the unit of reports. */
export interface KnownChange {
  base: number;
  low: number;
  high: number;
}

/** There is a difference where even the end of the interval that is nearer to zero is beyond the tolerance. */
export function changeVerdictOf(
  metric: MetricName,
  { base, low, high }: KnownChange,
  tolerance: Tolerance,
): ChangeVerdict {
  const leastMs = kindOfMetric(metric) === 'time' ? tolerance.ms : 0;
  const bound = Math.max(tolerance.share * Math.abs(base), leastMs);
  if (low <= bound && high >= -bound) return 'no difference';
  const better = betterOf(metric);
  if (better === undefined) return 'different';
  return (high < 0 ? 'low' : 'high') === better ? 'better' : 'worse';
}

/** What is said of several together. */
export function gravest(verdicts: readonly ChangeVerdict[]): ChangeVerdict {
  return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'too little data';
}
