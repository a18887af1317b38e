/**
 * Units. Inside the harness: integer microseconds, bytes, rates per second. Outside (scenario files): `30s`, `500/s`, `256KB`.
 * Each parser returns undefined for text that is not of its form, and for amounts too great to count exactly; the caller knows the place
 * and makes the problem.
 */

const US_PER: Record<string, number> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6 };
const BYTES_PER: Record<string, number> = { B: 1, KB: 1024, MB: 1024 * 1024, KiB: 1024, MiB: 1024 * 1024 };

export const DURATION_PATTERN = /^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/;
export const RATE_PATTERN = /^(\d+(?:\.\d+)?)\/(s|m|h)$/;
export const SIZE_PATTERN = /^(\d+(?:\.\d+)?)(B|KB|MB|KiB|MiB)$/;
export const PERCENT_PATTERN = /^(\d+(?:\.\d+)?)%$/;

/** `1m30s` → 90_000_000 µs. */
export function parseDurationUs(text: string): number | undefined {
  if (!DURATION_PATTERN.test(text)) return undefined;
  let totalUs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)) {
    totalUs += Number(amount) * US_PER[unit!]!;
  }
  return whole(totalUs);
}

/** `500/s` → 500, `90/m` → 1.5 (per second). */
export function parseRatePerSec(text: string): number | undefined {
  const match = RATE_PATTERN.exec(text);
  const perSec = match ? Number(match[1]) / (US_PER[match[2]!]! / 1e6) : undefined;
  return perSec !== undefined && perSec <= Number.MAX_SAFE_INTEGER ? perSec : undefined;
}

/** `256KB` → 262144 bytes: powers of two, as Aliyun's own limit of 256 KB is 262144 bytes. */
export function parseSizeBytes(text: string): number | undefined {
  const match = SIZE_PATTERN.exec(text);
  return match ? whole(Number(match[1]) * BYTES_PER[match[2]!]!) : undefined;
}

/** `10%` → 0.1. Division by 100 rather than times 0.01: 7% is 0.07, not 0.07000000000000001. */
export function parsePercent(text: string): number | undefined {
  const match = PERCENT_PATTERN.exec(text);
  const fraction = match ? Number(match[1]) / 100 : undefined;
  return fraction !== undefined && Number.isFinite(fraction) ? fraction : undefined;
}

function whole(amount: number): number | undefined {
  const rounded = Math.round(amount);
  return Number.isSafeInteger(rounded) ? rounded : undefined;
}

/** Microseconds → milliseconds with µs precision, the unit of every file and screen. */
export function msFromUs(us: number): number {
  return Math.round(us) / 1000;
}

/** 90_000_000 → `1m30s`; the inverse of parseDurationUs, for plans and problems. */
export function formatDuration(us: number): string {
  if (us < 1e3) return `${us}us`;
  if (us < 1e6) return `${us / 1e3}ms`;
  const minutes = Math.floor(us / 60e6);
  const seconds = (us - minutes * 60e6) / 1e6;
  if (minutes === 0) return `${seconds}s`;
  return seconds === 0 ? `${minutes}m` : `${minutes}m${seconds}s`;
}
