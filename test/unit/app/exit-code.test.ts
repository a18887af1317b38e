import { expect, it } from 'vitest';
import { EXIT, exitCodeOf, firstOf } from '../../../src/app/exit-code.ts';
import { zeroCounters } from '../../../src/metrics/recorder.ts';
import type { Summary } from '../../../src/metrics/summary.ts';
import { summaryOf } from '../report/summaries.ts';

const RIGHT: Partial<Summary> = {
  thresholds: [],
  imbalances: [],
  health: { verdict: 'valid', reasons: [], workers: [] },
};
const WRONG: [number, Partial<Summary>][] = [
  [1, { imbalances: ['connects: 2 scheduled, but 1 have an outcome'] }],
  [111, { outcome: { state: 'partial', reason: 'worker 0 was lost: OOM' } }],
  [105, { outcome: { state: 'aborted', reason: 'SIGINT' } }],
  [114, { health: { verdict: 'invalid', reasons: ['late'], workers: [] } }],
  [99, { counters: { ...zeroCounters(), connects_scheduled: 20, connects_failed: 20 } }],
  [
    99,
    { thresholds: [{ metric: 'connect_latency', expression: 'max < 1s', verdict: 'fail', actual: 1200 }] },
  ],
];

it('each fault has its code, and of two the graver one is given', () => {
  for (const [index, [code, part]] of WRONG.entries()) {
    expect(exitCodeOf(summaryOf({ ...RIGHT, ...part }))).toBe(code);
    for (const [, lesser] of WRONG.slice(index + 1)) {
      // A run is either partial or aborted.
      expect(exitCodeOf(summaryOf({ ...RIGHT, ...lesser, ...part }))).toBe(code);
    }
  }
  expect(exitCodeOf(summaryOf(RIGHT))).toBe(0);
});

it('is the same for a summary that was read from its file', () => {
  const thresholds: Summary['thresholds'] = [
    { metric: 'disconnects', expression: 'count == 0', verdict: 'fail', actual: 3, abortedRun: true },
  ];
  const outcome = { state: 'aborted', reason: 'threshold disconnects count == 0 failed' } as const;
  const byThreshold = summaryOf({ ...RIGHT, outcome, thresholds });
  const bySignal = summaryOf({ ...RIGHT, outcome: { state: 'aborted', reason: 'SIGTERM' } });
  const read = (summary: Summary): Summary => JSON.parse(JSON.stringify(summary)) as Summary;
  expect([byThreshold, bySignal].map((summary) => exitCodeOf(read(summary)))).toEqual([99, 105]);
});

it('an overloaded generator may be allowed', () => {
  const summary = summaryOf({ ...RIGHT, ...WRONG[3]![1] });
  expect(exitCodeOf(summary, true)).toBe(0);
});

it('the order of the contract', () => {
  const order = [1, 112, 111, 105, 114, 99] as const;
  for (const [index, code] of order.entries()) expect(firstOf([...order.slice(index)].reverse())).toBe(code);
});

it.each(Object.entries(EXIT))('%s has a place in that order', (_name, code) => {
  expect(firstOf([EXIT.ok, code])).toBe(code);
});
