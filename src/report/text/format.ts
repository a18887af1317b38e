/** How numbers look on a screen. */
import { msFromUs } from '../../model/units.ts';

const INTEGER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function formatCount(value: number): string {
  return INTEGER.format(value);
}

/** Three significant digits below 1000, whole above: 0.042, 1.38, 27.5, 1,204. */
export function formatMs(ms: number): string {
  // From here on three digits round to a whole number, whose own zeros must stay.
  if (ms >= 99.95) return formatCount(ms);
  return ms === 0 ? '0' : ms.toPrecision(3).replace(/\.?0+$/, '');
}

/** Microseconds as formatMs shows them. */
export function formatUsInMs(us: number): string {
  return formatMs(msFromUs(us));
}

/** Each number of a row; `–` where there is none. */
export function formatEach(
  numbers: readonly (number | undefined)[],
  format: (value: number) => string,
): string[] {
  return numbers.map((number) => (number === undefined ? '–' : format(number)));
}

/** What a threshold was judged on: enough digits to see on which side of its bound it lies. */
export function formatActual(value: number): string {
  return String(Number(value.toPrecision(5)));
}

export function formatSeconds(us: number): string {
  return `${(us / 1e6).toFixed(us < 10e6 ? 1 : 0)} s`;
}

/** 1536 → 1.5 KB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  if (bytes < 1024 ** 3) return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}

/** connack: rejected CONNACK 4; dns: timeout. */
export function formatFailure({ phase, kind, code }: { phase: string; kind: string; code: string }): string {
  return `${phase}: ${kind}${code ? ` ${code}` : ''}`;
}
