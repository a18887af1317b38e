import { expect, it } from 'vitest';
import { buildSummary, type SummaryRequest } from '../../../src/metrics/summary.ts';
import { parseThreshold } from '../../../src/metrics/threshold/expression.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import { snapshotOf } from './snapshots.ts';

function requestOf(totals: Totals, part: Partial<SummaryRequest> = {}): SummaryRequest {
  return {
    totals,
    tool: { name: 'mqtt-fleet', version: '0' },
    scenario: {
      name: 'test',
      target: 'mqtt://x:1883',
      devices: 2,
      client: 'mqtt',
      protocol: '3.1.1',
      signmethod: 'hmacsha1',
      workers: 1,
    },
    outcome: { state: 'completed', reason: null },
    startedEpochMs: 0,
    durationUs: 2e6,
    connectUs: 1e6,
    environment: {},
    thresholds: [],
    hintOf: ({ code }) => `about ${code}`,
    observed: undefined,
    ...part,
  };
}

function twoSecondsAndDrain(): Totals {
  const totals = new Totals(1);
  for (const [second, open] of [2, 2, 0].entries()) {
    const record = ({ counters, trends }: Parameters<Parameters<typeof snapshotOf>[1] & object>[0]) => {
      counters.messages_sent = counters.messages_acked = second < 2 ? 100 : 1;
      trends.publish_ack.record(1500 + second);
    };
    totals.add(0, snapshotOf(second, record, { open, closing: second === 2 }));
  }
  return totals;
}

it('times are milliseconds, throughput per second, what was not measured null', () => {
  const { trends, windows, durationMs } = buildSummary(requestOf(twoSecondsAndDrain()));
  expect(durationMs).toBe(2000);
  expect(trends.publish_ack).toMatchObject({ count: 3, min: 1.5, p50: 1.501, max: 1.502, mean: 1.501 });
  expect(trends.messages_sent_per_sec).toMatchObject({ count: 2, min: 100, max: 100 });
  expect(trends.connect_tls).toBeNull();
  expect(trends.connects_per_sec).toBeNull();
  expect(windows[1]).toMatchObject({ second: 1, fromMs: 1000, toMs: 2000, open: 2 });
  expect(windows[1]!.workers).toEqual([{ cpu: 0.1, utilization: 0.1, gc: 0.002, loopDelayMaxMs: 0.5 }]);
  expect(windows[1]!.trends.publish_ack).toEqual({ count: 1, p50: 1.501, p99: 1.501, max: 1.501 });
});

it('neither the ramp nor the closing is the lowest level of the run', () => {
  const totals = new Totals(1);
  for (const [second, open] of [1, 5, 4, 0].entries()) {
    totals.add(
      0,
      snapshotOf(second, () => {}, { open, closing: second === 3 }),
    );
  }
  expect(buildSummary(requestOf(totals, { connectUs: 2e6 })).connectionsOpen).toEqual({ min: 4, max: 5 });
  expect(buildSummary(requestOf(twoSecondsAndDrain())).connectionsOpen).toEqual({ min: 2, max: 2 });
  expect(buildSummary(requestOf(new Totals(1))).connectionsOpen).toBeNull();
});

it('judges thresholds on the merged data, explains failures, says what does not add up', () => {
  const totals = twoSecondsAndDrain();
  totals.add(
    0,
    snapshotOf(3, (recorder) => recorder.fail('tcp', 'refused', 'ECONNREFUSED', 'd1')),
  );
  totals.counters.messages_acked--;
  const reading = parseThreshold('connect_tls', 'p(99) < 1s');
  if ('wrong' in reading) throw new Error(reading.wrong);
  const summary = buildSummary(
    requestOf(totals, {
      thresholds: [reading.threshold],
      observed: { counts: { connects_ok: 0 }, truth: {} },
    }),
  );
  expect(summary.thresholds).toMatchObject([{ verdict: 'no-data' }]);
  expect(summary.failures).toMatchObject([{ count: 1, hint: 'about ECONNREFUSED' }]);
  expect(summary.imbalances).toHaveLength(1);
  expect(summary.standIn!.differences.length).toBeGreaterThan(0);
  expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
});

it('both slips are judged, at the middle and in the tail', () => {
  for (const metric of ['connect_slip', 'publish_slip'] as const) {
    const totals = new Totals(1);
    totals.add(
      0,
      snapshotOf(0, ({ trends }) => {
        for (let n = 0; n < 100; n++) trends[metric].record(n < 60 ? 1000 : 30_000);
      }),
    );
    const { verdict, reasons } = buildSummary(requestOf(totals)).health;
    expect({ verdict, reasons }).toEqual({
      verdict: 'suspect',
      reasons: [expect.stringMatching(`^${metric} is 1(\\.\\d+)? ms at p50 and 30(\\.\\d+)? ms at p99`)],
    });
  }
});

it('says how the fleet came back, or that there was nothing to come back', () => {
  expect(buildSummary(requestOf(twoSecondsAndDrain())).recovery).toBeNull();
  const totals = new Totals(1);
  totals.add(
    0,
    snapshotOf(0, (recorder) => {
      Object.assign(recorder.counters, { disconnects: 1, reconnects_started: 2, reconnects_ok: 1 });
      recorder.trends.reconnect_latency.record(1_500_000);
      recorder.triesOfReturn(2);
    }),
  );
  const { recovery, trends } = buildSummary(requestOf(totals));
  expect(recovery).toMatchObject({ lost: 1, back: 1, attempts: 2, mostTries: 2, to100Ms: 1500 });
  expect(trends.reconnect_latency).toMatchObject({ count: 1, max: 1500 });
});

it('a threshold that ended the run is said as it was at that moment, whatever the drain brought', () => {
  const [passes, ended] = ['count > 1', 'count == 100'].map((expression) => {
    const reading = parseThreshold('messages_acked', expression);
    if ('wrong' in reading) throw new Error(reading.wrong);
    return reading.threshold;
  });
  const { metric, expression } = ended!;
  const breach = { index: 1, result: { metric, expression, verdict: 'fail', actual: 42 } } as const;
  const { thresholds } = buildSummary(
    requestOf(twoSecondsAndDrain(), { thresholds: [passes!, ended!], breach }),
  );
  expect(thresholds).toEqual([
    { metric, expression: 'count > 1', verdict: 'pass', actual: 201 },
    { metric, expression: 'count == 100', verdict: 'fail', actual: 42, abortedRun: true },
  ]);
});

it('of a run with a shard that took its books with it nobody knows what was lost: no data, and no pass', () => {
  const totals = new Totals(2);
  for (const shard of [0, 1]) {
    totals.add(
      shard,
      snapshotOf(0, ({ counters, trends }) => {
        counters.connects_scheduled = counters.connects_ok = 5;
        counters.messages_scheduled = counters.messages_sent = counters.messages_received = 9;
        trends.message_latency.record(1000);
      }),
    );
  }
  const reading = parseThreshold('messages_lost', 'count == 0');
  if ('wrong' in reading) throw new Error(reading.wrong);
  const verdict = (): string =>
    buildSummary(requestOf(totals, { thresholds: [reading.threshold] })).thresholds[0]!.verdict;
  expect(verdict()).toBe('pass');
  totals.lose(1, 5);
  expect(verdict()).toBe('no-data');
});
