import { expect, it } from 'vitest';
import { formatBytes, formatCount, formatMs, formatSeconds } from '../../../../src/report/text/format.ts';

it.each([
  [0, '0'],
  [0.001, '0.001'],
  [0.042, '0.042'],
  [1.38, '1.38'],
  [1.384, '1.38'],
  [10, '10'],
  [27.5, '27.5'],
  [99.94, '99.9'],
  [99.97, '100'],
  [100, '100'],
  [1204.4, '1,204'],
])('%d ms is %s', (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});

it('counts have their thousands apart', () => {
  expect([0, 999, 1000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
});

it('seconds have a decimal below ten', () => {
  expect([0, 1_500_000, 10_000_000, 90_000_000].map(formatSeconds)).toEqual([
    '0.0 s',
    '1.5 s',
    '10 s',
    '90 s',
  ]);
});

it('bytes take the unit that fits', () => {
  expect([0, 1023, 1536, 3 * 1024 ** 2, 1024 ** 4].map(formatBytes)).toEqual([
    '0 B',
    '1023 B',
    '1.5 KB',
    '3.0 MB',
    '1024.0 GB',
  ]);
});
