/** The mean of a few values that cost minutes each, where there are too few to draw from. */
import type { Estimate } from './midmean.ts';

/** Of Student's distribution, 97.5 %, by degrees of freedom from 1 on. */
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086,
];
/** Of what comes after the table; the normal distribution's is 1.96. */
const T_975_BEYOND = 2.08;

/** Half of a 95 % interval is that many standard errors wide. */
export function quantile975(degreesOfFreedom: number): number {
  return T_975[degreesOfFreedom - 1] ?? T_975_BEYOND;
}

/** With its 95 % interval, which of one value is boundless. Of at least one value. */
export function meanWithInterval(values: readonly number[]): Estimate {
  const count = values.length;
  const value = values.reduce((sum, each) => sum + each, 0) / count;
  if (count < 2) return { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const variance = values.reduce((sum, each) => sum + (each - value) ** 2, 0) / (count - 1);
  const halfWidth = quantile975(count - 1) * Math.sqrt(variance / count);
  return { value, low: value - halfWidth, high: value + halfWidth };
}
