import { describe, expect, it } from 'vitest';
import { limitFiles } from '../../../src/limit/limit-files.ts';
import { goalFacts, type LimitPlan, limitPlanOf } from '../../../src/limit/limit-plan.ts';
import {
  limitTable,
  planLines,
  progressOfTrial,
  trialLine,
  waitText,
} from '../../../src/limit/limit-table.ts';
import { Totals } from '../../../src/metrics/totals.ts';
import type { Scenario } from '../../../src/model/scenario.ts';
import { paintFor } from '../../../src/report/text/paint.ts';
import { expectInert, HOSTILE, replaced } from '../../support/foreign-text.ts';
import { devicesOf, scenarioOf } from '../load/fleet.ts';
import { snapshotOf } from '../metrics/snapshots.ts';
import { limitReportOf } from './limit-reports.ts';
import { failureOf, trialOf } from './trials.ts';

const PLAIN = paintFor({}, {});

function planOf(part: Partial<Scenario> = {}): LimitPlan {
  const asked = { of: 'connect-rate', budget: 600e6, maxFailures: 0.001 } as const;
  return limitPlanOf(asked, {
    scenario: scenarioOf(part),
    devices: devicesOf(5000),
    workers: 2,
  }) as LimitPlan;
}

it('no text of a target, a broker or a scenario steers the terminal', () => {
  const words = /verdict$|\.of$|\.unit$|\.state$|side$|generator$|\.metric$/;
  const failed = trialOf({
    value: 438,
    verdict: 'failed',
    failures: [failureOf('connack', 'rejected', 'CONNACK 3')],
  });
  const report = replaced(
    limitReportOf({ trials: [{ ...failed, reasons: ['said'] }] }),
    () => HOSTILE,
    words,
  );
  expectInert(limitTable(report, PLAIN));
  expectInert(trialLine(report.trials[0]!, 1, 'connections', PLAIN));
});

describe('the result', () => {
  it('says what held, what did not, who set the limit and what to do', () => {
    const text = limitTable(limitReportOf(), PLAIN);
    expect(text).toMatch(/^Held +437 connections$/m);
    expect(text).toMatch(/^Failed +438 connections$/m);
    expect(text).toMatch(/^Limiter +broker, quota by count \(CONNACK 3\)$/m);
    expect(text).toMatch(/^ +what to do$/m);
    expect(text).toMatch(/^Note +a quota by rate too$/m);
  });

  it('lists the trials by value', () => {
    const lines = limitTable(limitReportOf(), PLAIN).split('\n');
    const rows = lines.filter((line) => /^(held|failed)/.test(line)).map((line) => line.trim().split(/ +/));
    expect(rows).toEqual([
      ['held', '437', '100%', '437', '1.5', '4.44', '437', '2.0', 'valid'],
      ['failed', '800', '54.6%', '437', '437', '2.0', 'valid'],
    ]);
  });

  it('says so where nothing failed, and where the search was stopped', () => {
    const none = { side: 'none', kind: 'none', value: null, said: null, hint: 'all held' } as const;
    const outcome = { state: 'aborted', reason: 'SIGINT', by: 'signal' } as const;
    const text = limitTable(limitReportOf({ upper: null, limiter: none, outcome, trials: [] }), PLAIN);
    expect(text).toContain('aborted after 26.5 s: SIGINT');
    expect(text).toMatch(/^Failed +nothing/m);
    expect(text).toMatch(/^Limiter +none met$/m);
    expect(text).toContain('no trial was finished');
  });
});

describe('a line per trial', () => {
  it('holds value, verdict, share and latency', () => {
    const latency = { metric: 'connect_latency', p50Ms: 1.5, p99Ms: 4.44 };
    const line = trialLine(
      trialOf({ value: 1600, verdict: 'held', rampPerSec: 31.25, latency }),
      5,
      'connections',
      PLAIN,
    );
    expect(line).toBe('  5  1,600 connections     held     100% got through, p99 4.44 ms, at 31.3/s, 2.0 s');
  });

  it('gives the target’s first failure, or what of the generator’s own spoiled it', () => {
    const reasons = ['63 of 500 missing', 'threshold'];
    const failed = trialOf({ value: 500, verdict: 'failed', success: 0.874, reasons });
    expect(trialLine(failed, 1, 'connections', PLAIN)).toContain(
      '87.4% got through, 2.0 s  63 of 500 missing',
    );
    const spoiled = { ...failed, verdict: 'spoiled' as const, reasons: [...reasons, '3 × tcp: EMFILE'] };
    expect(trialLine(spoiled, 1, 'connections', PLAIN)).toMatch(/ {2}3 × tcp: EMFILE$/);
  });

  it('does not round a failure away', () => {
    const failed = trialOf({ value: 1e6, verdict: 'failed', success: 1 - 1e-6 });
    expect(trialLine(failed, 1, 'messages/s', PLAIN)).not.toContain('100%');
  });
});

it('the trial under way shows what is open, sent and failed', () => {
  expect(progressOfTrial(800, 4, 'connections')).toBe('  4  800 connections       is prepared');
  const totals = new Totals(1);
  const filled = snapshotOf(0, ({ counters }) => {
    counters.connects_failed = 2;
    counters.messages_sent = 30;
  });
  totals.add(0, { ...filled, open: 437 });
  expect(progressOfTrial(800, 4, 'connections', totals)).toMatch(/ {2}open 437 {2}sent 30 {2}failed 2$/);
});

it('a trial that waits says how long and why', () => {
  expect(waitText(60, 2, 8_200_000, planOf())).toBe(
    '  2  60 connects/s         waits 9s until its devices have rested: 5 connects a minute each (`reconnect.perMinute`; Aliyun takes 5)',
  );
});

it('a platform without a limit of connects a minute is said to have none', () => {
  const plan = planOf({ platform: 'plain', auth: { method: 'none' } });
  expect(planLines(plan, goalFacts(plan, plan.scenario), 'mqtt://127.0.0.1:1883')).toContain(
    'connects again at once: a plain broker has no limit of its own (`reconnect.perMinute` sets one)',
  );
});

it('the plan says how far, what holds, how kind it is and when it ends', () => {
  const plan = planOf();
  const goal = { ...goalFacts(plan, plan.scenario), thresholds: limitReportOf().goal.thresholds };
  const text = planLines(plan, goal, 'mqtt://127.0.0.1:1883');
  expect(text).toContain('connect-rate of mqtt://127.0.0.1:1883');
  expect(text).toContain('from 50 to at most 1,666 connects/s');
  expect(text).toContain('at most 0.1% fail, p99 up to 1,000 ms, connects_ok share > 0.99');
  expect(text).toContain(
    '1s between trials; a device connects again after 12.1s at the earliest: 5 connects a minute each',
  );
  expect(text).toContain('after 10m at the latest');
});

it('limit.json is the report, whole', () => {
  const report = limitReportOf({
    trials: [trialOf({ value: 1, verdict: 'failed', failures: [failureOf('tcp', 'timeout')] })],
  });
  const files = limitFiles(report, 'name: x\n');
  expect(JSON.parse(files['limit.json']!)).toEqual(report);
  expect(files['scenario.yaml']).toBe('name: x\n');
});
