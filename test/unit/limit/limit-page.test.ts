import { expect, it } from 'vitest';
import { limitPage } from '../../../src/limit/limit-page.ts';
import type { LimitReport } from '../../../src/limit/limit-report.ts';
import { summaryOf } from '../report/summaries.ts';
import { trialOf } from './trials.ts';

const HOSTILE = '</script><img src=x onerror=alert(1)>';

function reportOf(part: Partial<LimitReport> = {}): LimitReport {
  const { tool, scenario, environment } = summaryOf();
  return {
    schemaVersion: 1,
    tool,
    scenario: { ...scenario, name: HOSTILE },
    of: 'connect-rate',
    unit: 'connects/s',
    goal: {
      maxFailures: 0,
      maxP99Ms: 1000,
      thresholds: [],
      holdMs: 3000,
      max: 5000,
      resolution: 0.01,
      rampPerSec: null,
    },
    outcome: { state: 'completed', reason: null, by: null },
    startedAt: '2026-01-02T03:04:05.678Z',
    durationMs: 26_500,
    environment,
    lower: 298,
    upper: 301,
    limiter: { side: 'broker', kind: 'quota by rate', value: 298, said: HOSTILE, hint: HOSTILE },
    notes: [HOSTILE],
    trials: [
      trialOf({ value: 298, verdict: 'held' }),
      trialOf({ value: 301, verdict: 'failed', success: 0.34, reasons: [HOSTILE] }),
    ],
    ...part,
  };
}

it('says the bounds and who set them, and escapes whatever the far side said', () => {
  const page = limitPage(reportOf(), HOSTILE);
  expect(page).toMatch(/298[\s\S]*301[\s\S]*quota by rate/);
  expect(page).toContain('&lt;/script&gt;&lt;img src=x');
  expect(page).not.toContain('<img');
});

it('is there too where nothing failed, and where nothing was tried', () => {
  expect(limitPage(reportOf({ upper: null }), '')).toContain('<!doctype html>');
  expect(limitPage(reportOf({ lower: 0, upper: null, trials: [] }), '')).toContain('<!doctype html>');
});
