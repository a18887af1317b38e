import { expect, it } from 'vitest';
import { zeroCounters } from '../../../../src/metrics/recorder.ts';
import type { Summary } from '../../../../src/metrics/summary.ts';
import type { ThresholdResult } from '../../../../src/metrics/threshold/threshold.ts';
import { objectionsTo } from '../../../../src/metrics/threshold/verdict.ts';
import { summaryOf } from '../../report/summaries.ts';

const VALID: Summary['health'] = { verdict: 'valid', reasons: [], workers: [] };
const INVALID: Summary['health'] = { verdict: 'invalid', reasons: ['connect_slip is late'], workers: [] };
const THRESHOLD: ThresholdResult = {
  metric: 'connect_latency',
  expression: 'max < 1s',
  verdict: 'pass',
  actual: 5,
};

const REFUSED = { phase: 'tcp', kind: 'refused', code: 'ECONNREFUSED', count: 20, examples: [], hint: '' };

function nobodyIn(outcomes: Partial<Summary['counters']>): Summary['counters'] {
  return { ...zeroCounters(), connects_scheduled: 20, ...outcomes };
}

/** Of a run in which all went well but for what is given. */
function against(part: Partial<Summary>, allowInvalid?: boolean): string[] {
  const good = { health: VALID, imbalances: [], thresholds: [THRESHOLD] };
  return objectionsTo(summaryOf({ ...good, ...part }), allowInvalid).map(
    ({ kind, said }) => `${kind}: ${said}`,
  );
}

it('nothing, when the run completed, the generator kept up and all thresholds pass', () => {
  expect(against({})).toEqual([]);
  expect(against({ thresholds: [] })).toEqual([]);
  expect(against({ health: { ...VALID, verdict: 'suspect' } })).toEqual([]);
});

it.each<[string, Partial<Summary>]>([
  ['books: the books do not balance: a; b', { imbalances: ['a', 'b'] }],
  [
    'worker-lost: worker 1 was lost: OOM',
    { outcome: { state: 'partial', reason: 'worker 1 was lost: OOM' } },
  ],
  ['stopped: the run was stopped: SIGINT', { outcome: { state: 'aborted', reason: 'SIGINT' } }],
  [
    'generator: the generator was overloaded, the measurement is invalid: connect_slip is late',
    { health: INVALID },
  ],
  [
    'nothing-connected: nothing connected: 0 of 20, 20 × tcp: refused ECONNREFUSED',
    { counters: nobodyIn({ connects_failed: 20 }), failures: [REFUSED], thresholds: [] },
  ],
  [
    'nothing-connected: nothing connected: 0 of 20',
    { counters: nobodyIn({ connects_cancelled: 20 }), failures: [] },
  ],
  [
    'nothing-connected: nothing connected: 0 of 20, 20 dropped',
    { counters: nobodyIn({ connects_dropped: 20 }), failures: [] },
  ],
  ['threshold: 1 of 1 threshold failed', { thresholds: [{ ...THRESHOLD, verdict: 'fail' }] }],
  [
    'threshold: 1 of 2 thresholds failed',
    { thresholds: [THRESHOLD, { ...THRESHOLD, verdict: 'no-data', actual: null }] },
  ],
])('%s', (said, part) => {
  expect(against(part)).toEqual([said]);
});

it('a run in which one device got in, or none was to, is no such run', () => {
  expect(
    against({ counters: nobodyIn({ connects_ok: 1, connects_failed: 19 }), failures: [REFUSED] }),
  ).toEqual([]);
  expect(against({ counters: zeroCounters() })).toEqual([]);
});

it('a run that a threshold ended was stopped by nobody', () => {
  const thresholds: ThresholdResult[] = [{ ...THRESHOLD, verdict: 'fail', abortedRun: true }];
  const outcome = { state: 'aborted', reason: 'threshold connect_latency max < 1s failed' } as const;
  expect(against({ outcome, thresholds })).toEqual(['threshold: 1 of 1 threshold failed']);
});

it('an overloaded generator may be accepted, and nothing else with it', () => {
  expect(against({ health: INVALID }, true)).toEqual([]);
  expect(against({ health: INVALID, imbalances: ['a'] }, true)).toHaveLength(1);
});

it('all of them, the gravest first', () => {
  const failed: ThresholdResult[] = [{ ...THRESHOLD, verdict: 'fail' }];
  const outcome = { state: 'aborted', reason: 'SIGINT' } as const;
  const kinds = objectionsTo(
    summaryOf({ outcome, thresholds: failed, health: INVALID, imbalances: ['a'] }),
  ).map(({ kind }) => kind);
  expect(kinds).toEqual(['books', 'stopped', 'generator', 'threshold']);
});
