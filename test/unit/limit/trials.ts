/** Trials by hand. */
import type { LimitTrial } from '../../../src/limit/limit-report.ts';

export function trialOf(part: Partial<LimitTrial> & Pick<LimitTrial, 'value' | 'verdict'>): LimitTrial {
  return {
    reasons: [],
    spoiledBy: null,
    carried: part.value,
    success: 1,
    latency: null,
    peak: part.value,
    failures: [],
    generator: 'valid',
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 2000,
    ...part,
  };
}

export function failureOf(phase: string, kind: string, code = '', count = 1) {
  return { phase, kind, code, count, examples: ['d1'], hint: `about ${kind}` };
}
