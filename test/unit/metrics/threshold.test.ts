import { afterEach, describe, expect, it } from 'vitest';
import { Histogram } from '../../../src/metrics/histogram.ts';
import { zeroCounters } from '../../../src/metrics/recorder.ts';
import { judgeThresholds, type Measured } from '../../../src/metrics/threshold.ts';
import { COUNTERS, type Counter, METRIC_NAMES } from '../../../src/scenario/metric-names.ts';
import { parseThreshold } from '../../../src/scenario/threshold-expression.ts';

const histograms: Histogram[] = [];
afterEach(() => {
  for (const histogram of histograms.splice(0)) histogram.destroy();
});

function histogramOf(...values: number[]): Histogram {
  const histogram = new Histogram('total');
  histograms.push(histogram);
  for (const value of values) histogram.record(value);
  return histogram;
}

const NOTHING: Measured = {
  counters: zeroCounters(),
  histogram: () => undefined,
  open: undefined,
  durationUs: 0,
};

function counted(counts: Partial<Record<Counter, number>>, durationUs = 10e6): Measured {
  return { ...NOTHING, counters: { ...zeroCounters(), ...counts }, durationUs };
}

function judge(metric: string, expression: string, measured: Measured) {
  const reading = parseThreshold(metric, expression);
  if ('wrong' in reading) throw new Error(reading.wrong);
  const [result] = judgeThresholds([reading.threshold], measured);
  return [result!.verdict, result!.actual];
}

describe('trends', () => {
  it.each([
    ['min < 2ms', 'pass', 1],
    ['max < 9ms', 'pass', 8],
    ['max < 8ms', 'fail', 8],
    ['avg == 3750us', 'pass', 3.75],
    ['med <= 2ms', 'pass', 2],
    ['p(75) < 4010us', 'pass', 4],
    ['p(99) < 5ms', 'fail', 8],
    ['p(100) == 8ms', 'pass', 8],
    ['count == 4', 'pass', 4],
  ])('%s', (expression, verdict, actual) => {
    const histogram = () => histogramOf(1000, 2000, 4000, 8000);
    const [said, value] = judge('connect_latency', expression, { ...NOTHING, histogram });
    expect(said).toBe(verdict);
    expect(value).toBeCloseTo(actual, 1);
  });

  it('of throughput are per second, not in time', () => {
    const histogram = () => histogramOf(140, 160);
    expect(judge('messages_acked_per_sec', 'min > 150', { ...NOTHING, histogram })).toEqual(['fail', 140]);
    expect(judge('messages_acked_per_sec', 'avg >= 150/s', { ...NOTHING, histogram })).toEqual(['pass', 150]);
  });
});

it.each([
  ['<', ['pass', 'fail', 'fail']],
  ['<=', ['pass', 'pass', 'fail']],
  ['>', ['fail', 'fail', 'pass']],
  ['>=', ['fail', 'pass', 'pass']],
  ['==', ['fail', 'pass', 'fail']],
  ['!=', ['pass', 'fail', 'pass']],
])('count %s 10 at 9, 10 and 11', (operator, verdicts) => {
  const said = [9, 10, 11].map((count) =>
    judge('disconnects', `count ${operator} 10`, counted({ disconnects: count })),
  );
  expect(said.map(([verdict]) => verdict)).toEqual(verdicts);
});

describe('counters', () => {
  it('rate is per second of the run', () => {
    expect(judge('messages_acked', 'rate > 150/s', counted({ messages_acked: 1510 }))).toEqual(['pass', 151]);
    expect(judge('messages_acked', 'rate > 150/s', counted({ messages_acked: 1500 }))).toEqual(['fail', 150]);
  });

  it('rate over no time is no data', () => {
    expect(judge('messages_acked', 'rate > 150/s', counted({ messages_acked: 5 }, 0))).toEqual([
      'no-data',
      null,
    ]);
  });

  it('share is of what was scheduled, opened, sent or received', () => {
    const measured = counted({
      connects_scheduled: 200,
      connects_ok: 100,
      connects_failed: 2,
      disconnects: 3,
      messages_scheduled: 100,
      messages_sent: 80,
      messages_unacked: 8,
    });
    expect(judge('connects_failed', 'share < 1%', measured)).toEqual(['fail', 0.01]);
    expect(judge('disconnects', 'share < 5%', measured)).toEqual(['pass', 0.03]);
    expect(judge('messages_sent', 'share >= 0.8', measured)).toEqual(['pass', 0.8]);
    expect(judge('messages_unacked', 'share <= 0.1', measured)).toEqual(['pass', 0.1]);
  });

  it('a share of nothing is no data, even where there is something to divide', () => {
    expect(judge('connects_failed', 'share < 1%', counted({}))).toEqual(['no-data', null]);
    // Devices that only subscribe receive without sending.
    expect(judge('messages_received', 'share > 0.9', counted({ messages_received: 5 }))).toEqual([
      'no-data',
      null,
    ]);
  });
});

it('the gauge has a lowest and a highest level', () => {
  const measured = { ...NOTHING, open: { min: 90, max: 100 } };
  expect(judge('connections_open', 'min >= 90', measured)).toEqual(['pass', 90]);
  expect(judge('connections_open', 'max > 100', measured)).toEqual(['fail', 100]);
});

it('no data is never a pass, whatever the metric, aggregate and operator', () => {
  const expressions = ['min', 'avg', 'med', 'max', 'p(99)', 'count', 'rate', 'share'].flatMap((aggregate) =>
    ['<', '<=', '>', '>=', '==', '!='].flatMap((operator) =>
      ['0', '1ms'].map((bound) => `${aggregate} ${operator} ${bound}`),
    ),
  );
  let judged = 0;
  for (const metric of METRIC_NAMES) {
    for (const expression of expressions) {
      const reading = parseThreshold(metric, expression);
      if ('wrong' in reading) continue;
      // That a counter counted 0 is data: nothing of it happened.
      if ((COUNTERS as readonly string[]).includes(metric) && reading.threshold.aggregate === 'count')
        continue;
      for (const histogram of [() => undefined, () => histogramOf()]) {
        const [result] = judgeThresholds([reading.threshold], { ...NOTHING, histogram });
        expect(result).toEqual({ metric, expression, verdict: 'no-data', actual: null });
        judged++;
      }
    }
  }
  expect(judged).toBeGreaterThan(1000);
});
