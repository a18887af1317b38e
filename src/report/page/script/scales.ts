/** Ticks and what stands at them. */
import { formatMs } from '../../text/format.ts';
import type { Chart } from '../chart.ts';

const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
const ROUNDED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** 1, 2 and 5 of each decade within; of many decades 1 alone. */
export function logTicks(min: number, max: number): number[] {
  const decades = Math.log10(max / min);
  const places = decades > 4 ? [1] : decades > 2.5 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    for (const place of places) ticks.push(Number((place * 10 ** power).toPrecision(3)));
  }
  return ticks.filter((tick) => tick >= min * 0.999 && tick <= max * 1.001);
}

/** The next of 1, 2, 5, 10 … below and above, so that a curve begins and ends at a line of the grid. */
export function logRange(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [1, 10];
  const least = Math.max(min, 0.001);
  return [snap(least, Math.floor), snap(Math.max(max, least * 2), Math.ceil)];
}

function snap(value: number, to: (place: number) => number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const place = value / power;
  const places = [1, 2, 5, 10];
  const found =
    to === Math.floor
      ? places.findLast((each) => each <= place * 1.0001)
      : places.find((each) => each >= place * 0.9999);
  return Number(((found ?? 1) * power).toPrecision(3));
}

/** Half seconds to half days, each of which divides the next greater unit. */
export const TIME_STEPS = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200,
];

/** 0 s, 12.5 s; from two minutes on 2:30, from two hours on 2:00:00. */
export function atTime(seconds: number): string {
  if (seconds < 120) return `${ROUNDED.format(seconds)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 120) return `${minutes}:${twoDigits(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${twoDigits(whole % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** 1 / (1 - p) → 99.9 %. */
export function atPercentile(odds: number): string {
  return `${Number((100 - 100 / odds).toPrecision(6))} %`;
}

export const PERCENTILE_TICKS = [1, 2, 4, 10, 100, 1000, 10_000];

export function atTick(value: number, unit: Chart['unit']): string {
  return unit === '%' ? `${NUMBER.format(value)} %` : NUMBER.format(value);
}

/** Rounded, as there is little room; the tables have every digit. */
export function atCursor(value: number | null | undefined, unit: Chart['unit']): string {
  if (value === null || value === undefined) return '–';
  if (unit === 'ms') return formatMs(value);
  return unit === '%' ? `${ROUNDED.format(value)} %` : ROUNDED.format(value);
}

export function atNs(ns: number): string {
  return `${Math.round(ns).toLocaleString('en-US')} ns`;
}

export function atLoad(load: number): string {
  return load.toLocaleString('en-US');
}
