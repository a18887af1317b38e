import { describe, expect, it } from 'vitest';
import type { TrialMeasure } from '../../../src/coordinator/trial.ts';
import { KIND } from '../../../src/limit/limit-kind.ts';
import type { LimitOf } from '../../../src/limit/limit-report.ts';
import { judgeTrial, type TrialGoal } from '../../../src/limit/trial-verdict.ts';
import { zeroCounters } from '../../../src/metrics/recorder.ts';
import type { Summary } from '../../../src/metrics/summary.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import type { Counter } from '../../../src/model/metrics/metric-names.ts';
import { summaryOf } from '../report/summaries.ts';
import { failureOf } from './trials.ts';

interface Measured {
  value?: number;
  open?: number;
  counters?: Partial<Record<Counter, number>>;
  failures?: Summary['failures'];
  health?: Partial<Summary['health']>;
  trends?: Partial<Summary['trends']>;
  thresholds?: Summary['thresholds'];
  goal?: Partial<TrialGoal>;
}

const REFUSED = failureOf('connack', 'rejected', 'CONNACK 3', 63);
const INVALID: Measured['health'] = { verdict: 'invalid', reasons: ['connect_slip is 90 ms'] };
const SUSPECT: Measured['health'] = { verdict: 'suspect', reasons: ['connect_slip is 30 ms'] };

function judged(of: LimitOf, measured: Measured) {
  const { value = 500, open = value, failures = [], health, trends, thresholds = [], goal } = measured;
  const totals = new Totals(1);
  Object.assign(totals.counters, measured.counters);
  const measure: TrialMeasure = {
    totals,
    startedEpochMs: 0,
    connectUs: 0,
    durationUs: 2e6,
    open,
    peak: open,
  };
  const nothing = Object.fromEntries(Object.keys(summaryOf().trends).map((name) => [name, null]));
  const summary = summaryOf({
    counters: { ...zeroCounters(), ...measured.counters },
    failures,
    thresholds,
    health: { verdict: 'valid', reasons: [], workers: [], ...health },
    trends: { ...nothing, ...trends } as Summary['trends'],
  });
  return judgeTrial({
    kind: KIND[of],
    goal: { maxFailures: 0, maxP99Us: undefined, ...goal },
    value,
    rampPerSec: undefined,
    measure,
    summary,
  });
}

const latencyOf = (p99: number) => ({ ...summaryOf().trends.connect_latency!, p50: 1, p99 });

describe('connections', () => {
  it('hold when all are open at the end', () => {
    expect(judged('connections', {})).toMatchObject({
      verdict: 'held',
      carried: 500,
      success: 1,
      reasons: [],
    });
  });

  it('fail by what is missing, and say what was most in the way', () => {
    const trial = judged('connections', { open: 437, failures: [REFUSED] });
    expect(trial).toMatchObject({ verdict: 'failed', carried: 437, success: 0.874, spoiledBy: null });
    expect(trial.reasons).toEqual([
      '63 of 500 connections did not get through: 63 × connack: rejected CONNACK 3',
    ]);
  });

  it('may miss as many as the goal allows', () => {
    const goal = { maxFailures: 0.01 };
    expect(judged('connections', { open: 495, goal }).verdict).toBe('held');
    expect(judged('connections', { open: 494, goal }).verdict).toBe('failed');
  });

  it('are there however late the generator was', () => {
    expect(judged('connections', { health: INVALID }).verdict).toBe('held');
  });

  it('that were refused in so many words were refused, however late the generator was', () => {
    const refused = { open: 437, failures: [REFUSED], health: INVALID };
    expect(judged('connections', refused).verdict).toBe('failed');
    const silent = { open: 437, failures: [failureOf('connack', 'timeout', '', 63)], health: INVALID };
    expect(judged('connections', silent)).toMatchObject({ verdict: 'spoiled', spoiledBy: 'slip' });
  });
});

describe('a trial is spoiled, and not the target’s failure,', () => {
  it.each([
    ['no-descriptors', 'EMFILE'],
    ['no-ports', 'EADDRNOTAVAIL'],
  ])('by %s, whatever failed beside it, and for good', (kind, code) => {
    const own = failureOf('tcp', kind, code, 3);
    const trial = judged('connections', { open: 230, failures: [REFUSED, own] });
    expect(trial).toMatchObject({ verdict: 'spoiled', spoiledBy: code, final: true, carried: 230 });
    expect(trial.reasons.at(-1)).toBe(`3 × tcp: ${kind} ${code}`);
  });

  it('by starts that found no slot, unless as much was missing without them', () => {
    const counters = { connects_dropped: 100 };
    expect(judged('connections', { open: 400, counters })).toMatchObject({ spoiledBy: 'dropped starts' });
    const timeouts = [failureOf('connack', 'timeout', '', 10)];
    expect(judged('connections', { open: 390, counters, failures: timeouts }).verdict).toBe('failed');
  });

  it('by devices that are refused for what they are', () => {
    const wrong = failureOf('connack', 'rejected', 'CONNACK 4', 3);
    expect(judged('connections', { open: 497, failures: [wrong] })).toMatchObject({
      spoiledBy: 'refused',
      final: true,
    });
    expect(judged('connections', { open: 497, failures: [wrong], goal: { maxFailures: 0.01 } }).verdict).toBe(
      'held',
    );
  });

  it('by a rate that was not kept, even where all got through', () => {
    const counters = { connects_scheduled: 1500, connects_ok: 1500 };
    expect(judged('connect-rate', { counters, health: INVALID })).toMatchObject({
      verdict: 'spoiled',
      spoiledBy: 'slip',
    });
    const busy = {
      ...INVALID,
      workers: [{ busySeconds: 2, seconds: 3 } as Summary['health']['workers'][number]],
    };
    expect(judged('connect-rate', { counters, health: busy })).toMatchObject({ spoiledBy: 'CPU' });
    expect(judged('connect-rate', { counters, health: SUSPECT }).verdict).toBe('held');
  });

  it('where not one device gets in', () => {
    const none = { open: 0, failures: [failureOf('connack', 'rejected', 'CONNACK 5', 500)] };
    const counters = { connects_scheduled: 500, connects_failed: 500 };
    expect(judged('connections', { ...none, counters })).toMatchObject({ spoiledBy: 'refused', final: true });
    const one = { ...counters, connects_failed: 499, connects_ok: 1 };
    expect(judged('connections', { ...none, counters: one }).verdict, 'and was lost again').toBe('failed');
  });
});

it('a failure at a rate that was not kept quite punctually is doubtful', () => {
  const rate = { counters: { connects_scheduled: 1500, connects_ok: 500 }, failures: [REFUSED] };
  expect(judged('connect-rate', { ...rate, health: SUSPECT })).toMatchObject({
    verdict: 'failed',
    doubtful: true,
  });
  expect(judged('connect-rate', rate).doubtful).toBeUndefined();
  expect(judged('connections', { open: 437, failures: [REFUSED], health: SUSPECT }).doubtful).toBeUndefined();
});

describe('what is late', () => {
  it('fails where the goal has a bound, on the slowest of what was measured', () => {
    const trends = {
      publish_ack: latencyOf(900),
      reply_latency: latencyOf(1500),
      connect_latency: latencyOf(9000),
    };
    const counters = { messages_scheduled: 10, messages_sent: 10 };
    const trial = judged('message-rate', { trends, counters, goal: { maxP99Us: 1e6 } });
    expect(trial).toMatchObject({ verdict: 'failed', latency: { metric: 'reply_latency', p99Ms: 1500 } });
    expect(trial.reasons).toEqual(['p99 of reply_latency 1,500 ms, over 1,000 ms']);
    expect(judged('message-rate', { trends, counters }).verdict).toBe('held');
  });

  it('is nothing where nothing was measured', () => {
    expect(judged('connections', { goal: { maxP99Us: 1 } })).toMatchObject({
      verdict: 'held',
      latency: null,
    });
  });
});

it('thresholds of the scenario count, and no data is no pass', () => {
  const [, failing, noData] = summaryOf().thresholds;
  const { verdict, reasons } = judged('connections', { thresholds: [failing!, noData!] });
  expect(verdict).toBe('failed');
  expect(reasons).toEqual(['connects_failed share < 0.001: was 0.008333', 'connect_tls max < 1s: no data']);
});

describe('the books', () => {
  it('of a connect rate are of the connects that were due', () => {
    const counters = { connects_scheduled: 1200, connects_ok: 300, connects_failed: 900 };
    expect(judged('connect-rate', { value: 400, counters, failures: [REFUSED] })).toMatchObject({
      success: 0.25,
      carried: 100,
    });
  });

  it('of a message rate count what was not sent, not answered or lost', () => {
    const counters = {
      messages_scheduled: 1000,
      messages_sent: 990,
      messages_unacked: 20,
      messages_lost: 30,
      replies_missing: 40,
    };
    expect(judged('message-rate', { value: 200, counters })).toMatchObject({ success: 0.9, carried: 180 });
  });
});
