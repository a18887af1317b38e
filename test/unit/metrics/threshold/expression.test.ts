import { describe, expect, it } from 'vitest';
import { parseThreshold, unitOfActual } from '../../../../src/metrics/threshold/expression.ts';
import {
  COUNTERS,
  kindOfMetric,
  METRIC_NAMES,
  RATE_TRENDS,
  TIME_TRENDS,
} from '../../../../src/model/metrics/metric-names.ts';

describe('parseThreshold', () => {
  it.each([
    ['connect_latency', 'p(99) < 500ms', { aggregate: 'p', percentile: 99, operator: '<', bound: 500_000 }],
    [
      'connect_latency',
      'p( 99.9 )<=1m30s',
      { aggregate: 'p', percentile: 99.9, operator: '<=', bound: 90_000_000 },
    ],
    ['connect_latency', 'max<2s', { aggregate: 'max', operator: '<', bound: 2_000_000 }],
    ['publish_slip', 'count >= 10', { aggregate: 'count', operator: '>=', bound: 10 }],
    ['connects_per_sec', 'min > 150', { aggregate: 'min', operator: '>', bound: 150 }],
    ['connects_per_sec', 'p(1) > 150/s', { aggregate: 'p', percentile: 1, operator: '>', bound: 150 }],
    ['connects_failed', 'share < 0.01', { aggregate: 'share', operator: '<', bound: 0.01 }],
    ['connects_failed', 'share < 1%', { aggregate: 'share', operator: '<', bound: 0.01 }],
    ['messages_acked', 'rate > 150', { aggregate: 'rate', operator: '>', bound: 150 }],
    ['messages_acked', 'rate > 90/m', { aggregate: 'rate', operator: '>', bound: 1.5 }],
    ['disconnects', 'count == 0', { aggregate: 'count', operator: '==', bound: 0 }],
    ['disconnects', 'count != 0', { aggregate: 'count', operator: '!=', bound: 0 }],
    ['connections_open', 'max <= 1000', { aggregate: 'max', operator: '<=', bound: 1000 }],
  ])('%s: %s', (metric, expression, expected) => {
    expect(parseThreshold(metric, expression)).toEqual({ threshold: { metric, expression, ...expected } });
  });

  it.each([
    ['connect_latncy', 'max < 2s', 'did you mean connect_latency?'],
    ['connect_latency', 'p99 < 2s', 'no aggregate "p99"'],
    ['connect_latency', 'mx < 2s', 'did you mean max?'],
    ['connect_latency', 'mean < 2s', 'did you mean avg?'],
    ['connect_latency', 'average < 2s', 'did you mean avg?'],
    ['connect_latency', 'median < 2s', 'did you mean med?'],
    ['connect_latency', 'Maximum < 2s', 'did you mean max?'],
    ['connect_latency', 'p99 < 2s', 'did you mean p(99)?'],
    ['connect_latency', 'p100 < 2s', 'did you mean p(100)?'],
    ['connect_latency', 'p999 < 2s', 'did you mean p(99.9)?'],
    ['connect_latency', 'p5 < 2s', 'did you mean p(5)?'],
    ['disconnects', 'mean < 2', 'valid: count, rate, share'],
    ['disconnects', 'p99 < 2', 'valid: count, rate, share'],
    ['connect_latency', 'share < 1%', 'no aggregate "share"'],
    ['connect_latency', 'p(0) < 2s', 'above 0 up to 100'],
    ['connect_latency', 'p(101) < 2s', 'above 0 up to 100'],
    ['connect_latency', 'p < 2s', 'above 0 up to 100'],
    ['connect_latency', 'max(3) < 2s', 'takes no argument'],
    ['connect_latency', 'max < 500', 'write a duration'],
    ['connect_latency', 'max = 2s', 'write e.g. p(99) < 500ms'],
    ['connect_latency', 'max < 2s or more', 'write e.g.'],
    ['connect_latency', '', 'write e.g.'],
    ['disconnects', 'max < 2', 'no aggregate "max"'],
    ['disconnects', 'share < 5s', 'write e.g. 0.01 or 1%'],
    ['disconnects', 'rate < 5s', 'write e.g. 150/s'],
    ['disconnects', 'count < 1/s', 'write a number'],
    ['bytes_sent', 'share < 1%', 'bytes_sent are a share of nothing; take count or rate'],
    ['connections_open', 'count > 1', 'no aggregate "count"'],
    ['connections_open', 'constructor > 1', 'no aggregate "constructor"'],
  ])('%s: %j is refused', (metric, expression, fragment) => {
    expect(parseThreshold(metric, expression)).toEqual({ wrong: expect.stringContaining(fragment) });
  });
});

describe('metric names', () => {
  it('are each there once and of one kind', () => {
    expect(new Set(METRIC_NAMES).size).toBe(TIME_TRENDS.length + RATE_TRENDS.length + COUNTERS.length + 1);
    expect(kindOfMetric('connect_latency')).toBe('time');
    expect(kindOfMetric('connects_per_sec')).toBe('rate');
    expect(kindOfMetric('messages_sent_qos0')).toBe('counter');
    expect(kindOfMetric('connections_open')).toBe('gauge');
    expect(kindOfMetric('toString')).toBeUndefined();
  });
});

it.each([
  ['connect_latency', 'p(99) < 500ms', ' ms'],
  ['connect_latency', ' max<2s ', ' ms'],
  ['connect_latency', 'count > 10', ''],
  ['connect_latency', ' count>10', ''],
  ['connects_per_sec', 'min > 5/s', ''],
  ['connects_failed', 'rate < 1/s', ''],
  ['connections_open', 'max < 5', ''],
] as const)(
  'what %s is by %s stands in a report with the unit of the aggregate',
  (metric, expression, unit) => {
    expect(unitOfActual({ metric, expression })).toBe(unit);
  },
);
