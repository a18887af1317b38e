/** The mean of a few values that cost minutes each, where there are too few to draw from. */
import type { Estimate } from './midmean.ts';
import { studentQuantile } from './quantiles.ts';

/** With its 95 % interval, which of one value is boundless. Of at least one value. */
export function meanWithInterval(values: readonly number[]): Estimate {
  const count = values.length;
  const value = values.reduce((sum, each) => sum + each, 0) / count;
  if (count < 2) return { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const variance = values.reduce((sum, each) => sum + (each - value) ** 2, 0) / (count - 1);
  const halfWidth = studentQuantile(0.025, count - 1) * Math.sqrt(variance / count);
  return { value, low: value - halfWidth, high: value + halfWidth };
}
