import { expect, it } from 'vitest';
import * as z from 'zod';
import { statsShape, withTrendsOfBefore } from '../../../src/metrics/summary-schema.ts';
import { PERCENTILES } from '../../../src/model/metrics/percentiles.ts';

it('a run of before measured nothing of the trends that were added since', () => {
  const given = { connect_latency: { count: 1 }, newer: { count: 2 } };
  expect(withTrendsOfBefore(given, ['newest', 'newer'])).toEqual({ ...given, newest: null });
  expect(withTrendsOfBefore(given, [])).toBe(given);
});

it('what is no object stays what it is, so that the schema can say so', () => {
  for (const foreign of [null, undefined, 5, 'trends', [1]]) {
    expect(withTrendsOfBefore(foreign, ['newest'])).toBe(foreign);
  }
});

it('the figures of a trend are all there, in the order in which they are written', () => {
  expect(Object.keys(statsShape(() => z.number()))).toEqual([
    'count',
    'min',
    'mean',
    'stddev',
    ...PERCENTILES,
    'max',
  ]);
  expect(PERCENTILES).toEqual(['p50', 'p75', 'p90', 'p95', 'p99', 'p999']);
});
