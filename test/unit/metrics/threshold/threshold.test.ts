import { afterEach, describe, expect, it } from 'vitest';
import { Histogram } from '../../../../src/metrics/histogram/histogram.ts';
import { zeroCounters } from '../../../../src/metrics/recorder.ts';
import { parseThreshold } from '../../../../src/metrics/threshold/expression.ts';
import { judgeThresholds, type Measured } from '../../../../src/metrics/threshold/threshold.ts';
import type { Aggregate } from '../../../../src/model/metrics/aggregates.ts';
import { COUNTERS, type Counter, METRIC_NAMES } from '../../../../src/model/metrics/metric-names.ts';

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
  heard: 0,
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

  it.each(COUNTERS)('%s of nothing is no data, whatever is asked of it', (name) => {
    for (const expression of ['count == 0', 'count < 1', 'rate < 1', 'share < 1%']) {
      if ('wrong' in parseThreshold(name, expression)) continue;
      expect(judge(name, expression, counted({})), expression).toEqual(['no-data', null]);
    }
  });

  /** What must have been for 0 of it to be a number; all else is 0. */
  const OUT_OF: Record<Counter, Partial<Record<Counter, number>>> = {
    connects_scheduled: { connects_scheduled: 2 },
    connects_started: { connects_scheduled: 2 },
    connects_ok: { connects_scheduled: 2 },
    connects_failed: { connects_scheduled: 2, connects_started: 1 },
    connects_retried: { connects_scheduled: 2, connects_started: 1 },
    connects_dropped: { connects_scheduled: 2 },
    connects_cancelled: { connects_scheduled: 2 },
    connects_lost: { connects_scheduled: 2 },
    disconnects: { connects_ok: 2 },
    reconnects_started: { connects_ok: 2 },
    reconnects_ok: { connects_ok: 2 },
    reconnects_failed: { connects_ok: 2 },
    messages_scheduled: { connects_ok: 2 },
    messages_sent: { messages_scheduled: 2 },
    messages_acked: { messages_sent: 2, messages_sent_qos0: 1 },
    messages_failed: { messages_sent: 2, messages_sent_qos0: 1 },
    messages_unacked: { messages_sent: 2, messages_sent_qos0: 1 },
    messages_resent: { messages_sent: 2, messages_sent_qos0: 1 },
    messages_received: { connects_ok: 2 },
    // What is received must be told apart as well, by its header.
    messages_backlog: { messages_received: 2 },
    messages_lost: { messages_sent: 2, messages_received: 2 },
    messages_duplicated: { messages_received: 2 },
    messages_reordered: { messages_received: 2 },
    replies_received: { messages_sent: 2 },
    replies_missing: { messages_sent: 2, replies_received: 2 },
    bytes_sent: { connects_started: 2 },
    bytes_received: { connects_started: 2 },
    messages_sent_qos0: { messages_sent: 2 },
    tls_handshakes_full: { connects_started: 2 },
    tls_handshakes_resumed: { connects_started: 2 },
  };

  it.each(COUNTERS)('%s out of something is 0, which is a number', (name) => {
    const isOwnWhole = name === 'connects_scheduled';
    const measured = { ...counted(OUT_OF[name]), heard: OUT_OF[name].messages_received ?? 0 };
    expect(judge(name, 'count == 0', measured)).toEqual([isOwnWhole ? 'fail' : 'pass', isOwnWhole ? 2 : 0]);
    expect(judge(name, 'rate < 1', measured)[0]).toBe('pass');
  });

  it('nothing lost of what nobody was there to receive, or of what carries no acknowledgement, is no data', () => {
    const sent = { connects_ok: 4, messages_scheduled: 9, messages_sent: 9, messages_sent_qos0: 9 };
    expect(judge('messages_lost', 'count == 0', counted(sent))).toEqual(['no-data', null]);
    expect(judge('messages_unacked', 'count == 0', counted(sent))).toEqual(['no-data', null]);
    expect(judge('messages_lost', 'count == 0', counted({ ...sent, messages_lost: 9 }))).toEqual(['fail', 9]);
  });

  it('nothing lost, doubled or out of order of what cannot be told apart is no data', () => {
    const received = { connects_ok: 4, messages_scheduled: 9, messages_sent: 9, messages_received: 7 };
    for (const name of ['messages_lost', 'messages_duplicated', 'messages_reordered']) {
      expect(judge(name, 'count == 0', counted(received)), name).toEqual(['no-data', null]);
      expect(judge(name, 'count == 0', { ...counted(received), heard: 7 }), name).toEqual(['pass', 0]);
    }
  });

  it('what was open before counts as connected: a trial may open nothing and lose what it has', () => {
    const open = { min: 5, max: 5 };
    expect(judge('disconnects', 'count == 0', { ...counted({}), open })).toEqual(['pass', 0]);
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

it('an aggregate that the metric does not take is no data, rather than another aggregate', () => {
  const histogram = () => histogramOf(1000);
  const measured = {
    ...counted({ messages_sent: 5, messages_scheduled: 5 }),
    histogram,
    open: { min: 1, max: 2 },
  };
  const wrong: [string, string, Aggregate[]][] = [
    ['connect_latency', 'count > 0', ['rate', 'share']],
    ['messages_sent', 'count > 0', ['min', 'avg', 'med', 'max', 'p']],
    ['connections_open', 'max > 0', ['avg', 'med', 'p', 'count', 'rate', 'share']],
  ];
  for (const [metric, expression, aggregates] of wrong) {
    const reading = parseThreshold(metric, expression);
    if ('wrong' in reading) throw new Error(reading.wrong);
    expect(judgeThresholds([reading.threshold], measured)[0]!.verdict).toBe('pass');
    for (const aggregate of aggregates) {
      const [result] = judgeThresholds([{ ...reading.threshold, aggregate }], measured);
      expect(result!.verdict, `${metric} ${aggregate}`).toBe('no-data');
    }
  }
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
      for (const histogram of [() => undefined, () => histogramOf()]) {
        const [result] = judgeThresholds([reading.threshold], { ...NOTHING, histogram });
        expect(result).toEqual({ metric, expression, verdict: 'no-data', actual: null });
        judged++;
      }
    }
  }
  expect(judged).toBeGreaterThan(1000);
});
