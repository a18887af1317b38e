/** The result of a limit search, made by hand. */
import type { LimitReport } from '../../../src/limit/limit-report.ts';
import { summaryOf } from '../report/summaries.ts';
import { trialOf } from './trials.ts';

export function limitReportOf(part: Partial<LimitReport> = {}): LimitReport {
  const { tool, scenario, environment } = summaryOf();
  return {
    schemaVersion: 1,
    tool,
    scenario,
    of: 'connections',
    unit: 'connections',
    goal: {
      maxFailures: 0,
      maxP99Ms: null,
      thresholds: ['connects_ok share > 0.99'],
      holdMs: 2000,
      max: 5000,
      resolution: 0.01,
      rampPerSec: 100,
    },
    outcome: { state: 'completed', reason: null, by: null },
    startedAt: '2026-01-02T03:04:05.678Z',
    durationMs: 26_500,
    environment,
    lower: 437,
    upper: 438,
    limiter: { side: 'broker', kind: 'quota by count', value: 437, said: 'CONNACK 3', hint: 'what to do' },
    notes: ['a quota by rate too'],
    trials: [
      trialOf({ value: 800, verdict: 'failed', success: 0.54625, carried: 437, peak: 437 }),
      trialOf({
        value: 437,
        verdict: 'held',
        latency: { metric: 'connect_latency', p50Ms: 1.5, p99Ms: 4.44 },
      }),
    ],
    ...part,
  };
}
