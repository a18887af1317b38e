/** How fast something grows: the straight line through what was measured, by least squares, with Student's interval of its slope. */
import { studentQuantile } from '../../../src/statistics/quantiles.ts';

export interface Point {
  minutes: number;
  value: number;
}

export interface Slope {
  /** Per minute. */
  perMinute: number;
  /** 95 %. */
  low: number;
  high: number;
}

/** Undefined of fewer than three points, or of points that are all of one time. */
export function slopeOf(points: readonly Point[]): Slope | undefined {
  const count = points.length;
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / count;
  const [meanMinutes, meanValue] = [mean(({ minutes }) => minutes), mean(({ value }) => value)];
  const spread = points.reduce((sum, { minutes }) => sum + (minutes - meanMinutes) ** 2, 0);
  if (count < 3 || spread === 0) return undefined;
  const together = points.reduce(
    (sum, { minutes, value }) => sum + (minutes - meanMinutes) * (value - meanValue),
    0,
  );
  const perMinute = together / spread;
  const unexplained = points.reduce(
    (sum, { minutes, value }) => sum + (value - meanValue - perMinute * (minutes - meanMinutes)) ** 2,
    0,
  );
  const halfWidth = studentQuantile(0.025, count - 2) * Math.sqrt(unexplained / (count - 2) / spread);
  return { perMinute, low: perMinute - halfWidth, high: perMinute + halfWidth };
}

/** One point for each `lengthMinutes`, the mean of those within it: what goes up and down in that rhythm is level then. */
export function perCycle(points: readonly Point[], lengthMinutes: number): Point[] {
  const cycles = new Map<number, Point[]>();
  for (const point of points) {
    const cycle = Math.floor(point.minutes / lengthMinutes);
    cycles.set(cycle, [...(cycles.get(cycle) ?? []), point]);
  }
  return [...cycles.entries()].map(([cycle, within]) => ({
    minutes: (cycle + 0.5) * lengthMinutes,
    value: within.reduce((sum, { value }) => sum + value, 0) / within.length,
  }));
}
