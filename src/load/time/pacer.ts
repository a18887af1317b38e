/**
 * When start k is due: a pure function of the stages. The number of starts due by time t is the area under the rate up to t, so start k
 * is due when that area reaches k. Within a stage of duration D whose rate goes linearly from a to b, with s = (b − a) / D, the area
 * after t seconds is a·t + s·t²/2, and the root of a·t + s·t²/2 = n is t = 2n / (a + √(a² + 2·s·n)): this form of the quadratic's
 * solution needs no case for s = 0 and loses no digits when s is small.
 */
import type { Stage } from '../../model/scenario.ts';

export interface Pacer {
  /** Starts that fall due in all stages together. */
  readonly starts: number;
  /** When the last stage ends. */
  readonly durationUs: number;
  /** Microseconds after the start line, for 0 ≤ k < starts. */
  dueUs(k: number): number;
}

/**
 * By how much sums of decimals may miss the whole number n they stand for. A start whose area is reached this close to a stage's end is
 * due when the next begins. No wider than rounding demands: before a pause it would delay a start by the whole pause.
 */
function slack(n: number): number {
  return 1e-9 + n * 1e-12;
}

export function createPacer(stages: readonly Stage[]): Pacer {
  const areas: number[] = [];
  const startsUs: number[] = [];
  let area = 0;
  let us = 0;
  for (const stage of stages) {
    areas.push(area);
    startsUs.push(us);
    area += ((stage.fromPerSec + stage.toPerSec) / 2) * (stage.durationUs / 1e6);
    us += stage.durationUs;
  }
  const starts = Math.max(0, Math.ceil(area - slack(area)));

  const dueUs = (k: number): number => {
    let i = stages.length - 1;
    while (i > 0 && areas[i]! > k + slack(k)) i--;
    const { fromPerSec, toPerSec, durationUs } = stages[i]!;
    const slope = (toPerSec - fromPerSec) / (durationUs / 1e6);
    const past = k - areas[i]!;
    const within = past > slack(k) ? past : 0;
    const root = Math.sqrt(Math.max(0, fromPerSec * fromPerSec + 2 * slope * within));
    // 0 / 0 at the foot of a ramp from zero: its first start is due at once.
    const seconds = within === 0 ? 0 : (2 * within) / (fromPerSec + root);
    return startsUs[i]! + Math.min(durationUs, Math.round(seconds * 1e6));
  };
  return { starts, durationUs: us, dueUs };
}
