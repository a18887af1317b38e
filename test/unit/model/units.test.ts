import { describe, expect, it } from 'vitest';
import {
  formatDuration,
  msFromUs,
  parseDurationUs,
  parsePercent,
  parseRatePerSec,
  parseSizeBytes,
} from '../../../src/model/units.ts';

describe('durations', () => {
  it.each([
    ['10s', 10_000_000],
    ['1m30s', 90_000_000],
    ['250ms', 250_000],
    ['7us', 7],
    ['1.5s', 1_500_000],
    ['2h', 7_200_000_000],
    ['0s', 0],
  ])('%s', (text, us) => {
    expect(parseDurationUs(text)).toBe(us);
  });

  it.each(['', '10', '10 s', '-1s', '1s2', 's', '1e3s', '10sec', '9999999999999h', `${'9'.repeat(400)}s`])(
    'refuses %j',
    (text) => {
      expect(parseDurationUs(text)).toBeUndefined();
    },
  );

  it.each([7, 250_000, 1_500_000, 10_000_000, 60_000_000, 90_000_000])(
    'writes %d µs so that it reads the same',
    (us) => {
      expect(parseDurationUs(formatDuration(us))).toBe(us);
    },
  );

  it('shows milliseconds with the precision of a microsecond', () => {
    expect(msFromUs(1234)).toBe(1.234);
    expect(msFromUs(1234.4)).toBe(1.234);
  });
});

describe('rates, sizes, percentages', () => {
  it.each([
    ['500/s', 500],
    ['90/m', 1.5],
    ['3600/h', 1],
    ['0.5/s', 0.5],
    ['500', undefined],
    ['500/d', undefined],
    [`${'9'.repeat(400)}/s`, undefined],
  ])('rate %s', (text, perSec) => {
    expect(parseRatePerSec(text)).toBe(perSec);
  });

  it.each([
    ['256B', 256],
    ['256KB', 262_144],
    ['1.5KiB', 1536],
    ['1MB', 1_048_576],
    ['256', undefined],
    ['256kb', undefined],
    ['99999999999999MB', undefined],
  ])('size %s', (text, bytes) => {
    expect(parseSizeBytes(text)).toBe(bytes);
  });

  it.each([
    ['10%', 0.1],
    ['7%', 0.07],
    ['0.5%', 0.005],
    ['10', undefined],
    ['-1%', undefined],
  ])('percentage %s', (text, fraction) => {
    expect(parsePercent(text)).toBe(fraction);
  });
});
