/** Quantiles of the upper tail: the value that is exceeded with so much probability. */

/** The standard normal distribution's. Abramowitz and Stegun 26.2.23, to 0.0005. */
export function normalQuantile(tail: number): number {
  const t = Math.sqrt(-2 * Math.log(tail));
  const above = 2.515517 + 0.802853 * t + 0.010328 * t ** 2;
  return t - above / (1 + 1.432788 * t + 0.189269 * t ** 2 + 0.001308 * t ** 3);
}

/** Student's of 2.5 %, by degrees of freedom from 1 on: where there are few, the expansion below is too small. */
const STUDENT_OF_2_5_PERCENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086,
];

/**
 * Student's distribution's. From the table where it stands there; else the expansion by Cornish and Fisher (Abramowitz and Stegun 26.7.5),
 * which is within a few per cent from four degrees of freedom.
 */
export function studentQuantile(tail: number, freedom: number): number {
  const known = Math.abs(tail - 0.025) < 1e-9 ? STUDENT_OF_2_5_PERCENT[freedom - 1] : undefined;
  if (known !== undefined) return known;
  const z = normalQuantile(tail);
  return (
    z +
    (z ** 3 + z) / 4 / freedom +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96 / freedom ** 2 +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384 / freedom ** 3
  );
}
