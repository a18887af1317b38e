import { expect, it } from 'vitest';
import { percentileHeads, percentilesIn } from '../../../../src/model/metrics/percentiles.ts';

const VALUES = { p50: 1, p75: 2, p90: 3, p95: 4, p99: 5, p999: 6 };

it('the wider a table, the more percentiles stand in it, each under its head', () => {
  expect(percentileHeads('brief')).toEqual(['p50', 'p90', 'p99']);
  expect(percentileHeads('text')).toEqual(['p50', 'p90', 'p99', 'p99.9']);
  expect(percentileHeads('page')).toEqual(['p50', 'p75', 'p90', 'p95', 'p99', 'p99.9']);
  expect(percentilesIn('brief', VALUES)).toEqual([1, 3, 5]);
  expect(percentilesIn('text', VALUES)).toEqual([1, 3, 5, 6]);
  expect(percentilesIn('page', VALUES)).toEqual([1, 2, 3, 4, 5, 6]);
});
