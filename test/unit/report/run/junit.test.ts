import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zeroCounters } from '../../../../src/metrics/recorder.ts';
import type { Summary } from '../../../../src/metrics/summary.ts';
import type { ThresholdResult } from '../../../../src/metrics/threshold/threshold.ts';
import { terminalText, visible } from '../../../../src/model/terminal-text.ts';
import { junitXml } from '../../../../src/report/run/junit.ts';
import { cases } from '../../../support/cases.ts';
import { readJUnit } from '../../../support/junit.ts';
import { anyText } from '../any-text.ts';
import { summaryOf } from '../summaries.ts';

const GOOD: Partial<Summary> = {
  imbalances: [],
  health: { verdict: 'valid', reasons: [], workers: [] },
  thresholds: [{ metric: 'connect_latency', expression: 'p(99) < 500ms', verdict: 'pass', actual: 99.97 }],
};
const FAILED: ThresholdResult = {
  metric: 'reply_latency',
  expression: 'p(99) < 500ms',
  verdict: 'fail',
  actual: 812.4,
};

/** The cases that did not pass, as `name → tag type: message`. */
function problemsOf(summary: Summary, allowInvalid = false): string[] {
  return readJUnit(junitXml(summary, allowInvalid)).cases.flatMap(({ name, problem }) =>
    problem ? [`${name} → ${problem.tag} ${problem.type}: ${problem.message}`] : [],
  );
}

it('has a case for each threshold and for each way in which a run is worth nothing', () => {
  const suite = readJUnit(junitXml(summaryOf(GOOD)));
  expect(suite).toMatchObject({ name: 'property-post', tests: 6, failures: 0, errors: 0 });
  expect(suite.cases).toEqual(
    [
      'connect_latency p(99) < 500ms',
      'devices connected',
      'no worker was lost',
      'the generator kept up',
      'the books balance',
      'the run came to its end',
    ].map((name) => ({ name, classname: 'mqtt-fleet.property-post' })),
  );
  expect(suite.systemOut).toContain('Latency (ms)');
  expect(suite.systemOut, 'lines stay lines').toMatch(
    /\n {2}9 × connack: rejected CONNACK 5 {2}e\.g\. d1, d2/,
  );
});

describe('what did not pass', () => {
  it('a threshold is a failure, one without data as well', () => {
    expect(problemsOf(summaryOf({ ...GOOD, thresholds: summaryOf().thresholds }))).toEqual([
      'connects_failed share < 0.001 → failure threshold: was 0.008333',
      'connect_tls max < 1s → failure no-data: no data, which is never a pass',
    ]);
  });

  it('says the same in the text, which is all that GitLab shows', () => {
    const { cases } = readJUnit(junitXml(summaryOf({ ...GOOD, thresholds: [FAILED] })));
    expect(cases[0]!.problem!.text).toBe('was 812.4 ms');
  });

  it('two thresholds of one wording are two cases', () => {
    const { cases } = readJUnit(junitXml(summaryOf({ ...GOOD, thresholds: [FAILED, FAILED, FAILED] })));
    expect(cases.slice(0, 3).map(({ name }) => name)).toEqual(
      ['', ' (2)', ' (3)'].map((nth) => `reply_latency p(99) < 500ms${nth}`),
    );
  });

  it('trouble of the harness is an error', () => {
    const outcome = { state: 'partial', reason: 'worker 1 was lost: out of memory' } as const;
    const health: Summary['health'] = { verdict: 'invalid', reasons: ['connect_slip is late'], workers: [] };
    const summary = summaryOf({ ...GOOD, outcome, health });
    expect(problemsOf({ ...summary, imbalances: ['connects: 2 scheduled, but 1 have an outcome'] })).toEqual([
      'no worker was lost → error worker-lost: worker 1 was lost: out of memory',
      'the generator kept up → error generator: the generator was overloaded, the measurement is invalid: connect_slip is late',
      'the books balance → error books: the books do not balance: connects: 2 scheduled, but 1 have an outcome',
      'the run came to its end → error partial: partial: worker 1 was lost: out of memory',
    ]);
    expect(readJUnit(junitXml(summary))).toMatchObject({ tests: 6, failures: 0, errors: 3 });
  });

  it('an overloaded generator that is allowed passes; a suspect one always does', () => {
    const health: Summary['health'] = { verdict: 'invalid', reasons: ['late'], workers: [] };
    expect(problemsOf(summaryOf({ ...GOOD, health }))).toHaveLength(1);
    expect(problemsOf(summaryOf({ ...GOOD, health }), true)).toEqual([]);
    expect(problemsOf(summaryOf({ ...GOOD, health: { ...health, verdict: 'suspect' } }))).toEqual([]);
  });

  it('that nothing connected is a failure, thresholds or none', () => {
    const counters = { ...zeroCounters(), connects_scheduled: 20, connects_failed: 20 };
    const failures = [
      { phase: 'tcp', kind: 'refused', code: 'ECONNREFUSED', count: 20, examples: [], hint: '' },
    ];
    const summary = summaryOf({ ...GOOD, counters, failures, thresholds: [] });
    expect(problemsOf(summary)).toEqual([
      'devices connected → failure nothing-connected: nothing connected: 0 of 20, 20 × tcp: refused ECONNREFUSED',
    ]);
  });

  it('a run that was stopped is an error, one that a threshold ended a failure', () => {
    const outcome: Summary['outcome'] = { state: 'aborted', reason: 'SIGINT' };
    expect(problemsOf(summaryOf({ ...GOOD, outcome }))).toEqual([
      'the run came to its end → error aborted: aborted: SIGINT',
    ]);
    const thresholds: ThresholdResult[] = [{ ...FAILED, abortedRun: true }];
    const reason = 'threshold reply_latency p(99) < 500ms failed';
    const summary = summaryOf({ ...GOOD, outcome: { ...outcome, reason }, thresholds });
    expect(problemsOf(summary)).toEqual([
      'reply_latency p(99) < 500ms → failure threshold: was 812.4 ms, which ended the run',
      `the run came to its end → failure aborted: aborted: ${reason}`,
    ]);
    expect(readJUnit(junitXml(summary))).toMatchObject({ tests: 6, failures: 2, errors: 0 });
  });
});

/** As a CI server would read it: what steers a terminal, and what XML cannot say, as an escape; with the line ends of XML. */
function readable(text: string): string {
  return text.split(/\r?\n/).map(visible).join('\n');
}

/** XML 1.0, 3.3.3: in an attribute, every white space is a space. */
function readableInAttribute(text: string): string {
  return readable(text).replace(/[\t\n]/g, ' ');
}

it('no text of a scenario, device, broker or worker breaks it or is lost in it', () => {
  fc.assert(
    fc.property(anyText, anyText, anyText, anyText, (name, device, code, reason) => {
      const summary = summaryOf({
        scenario: { ...summaryOf().scenario, name, target: device },
        outcome: { state: 'partial', reason },
        failures: [{ phase: 'connack', kind: 'rejected', code, count: 1, examples: [device], hint: reason }],
        health: { verdict: 'invalid', reasons: [reason, code], workers: [] },
        imbalances: [code],
        thresholds: [
          { ...FAILED, expression: reason },
          { ...FAILED, expression: reason },
        ],
      });
      const xml = junitXml(summary);
      expect(xml.isWellFormed()).toBe(true);
      const suite = readJUnit(xml);
      expect(suite.name).toBe(readableInAttribute(name));
      expect(suite.cases).toHaveLength(7);
      const [threshold, , , lost, , books] = suite.cases;
      expect(threshold!.name).toBe(readableInAttribute(`reply_latency ${reason}`));
      expect(lost!.problem!.message).toBe(readableInAttribute(reason));
      expect(books!.problem!.text).toBe(readable(`the books do not balance: ${code}`));
      expect(suite.systemOut).toContain(`rejected${code ? ` ${terminalText(code)}` : ''}`);
    }),
    cases(2),
  );
});

it('the schema that these tests hold it against refuses what it should', () => {
  const xml = junitXml(summaryOf());
  expect(readJUnit(xml).tests).toBe(8);
  for (const [from, to] of [
    ['<testsuites', '<tests'],
    [' failures="2"', ''],
    [' failures="2"', ' failures="two"'],
    ['<testcase name', '<testcase file="x" name'],
    ['<properties>', '<properties><property/>'],
    ['</testcase>', ''],
    ['<system-out>', '<system-out>\u0001'],
    ['<system-out>', '<system-out>&'],
  ] as const) {
    expect(xml).toContain(from);
    expect(() => readJUnit(xml.replaceAll(from, to)), `${from} → ${to}`).toThrow();
  }
});
