/** Thresholds that end a run: judged on what has been merged so far, by the same rule as at the end. Pure. */
import { COUNTER_ROWS } from '../../model/metrics/counters.ts';
import { COUNTERS } from '../../model/metrics/metric-names.ts';
import type { Threshold } from '../../model/scenario.ts';
import { measuredOf } from '../measured.ts';
import type { Totals } from '../totals.ts';
import { judgeThresholds, type Measured, type ThresholdResult } from './threshold.ts';

export interface Breach {
  /** Place of the threshold in the scenario's list, from 0. */
  index: number;
  result: ThresholdResult;
}

/**
 * The first threshold that may end the run at `elapsedUs` and fails now, be it for good or not; as in k6, a delay is what keeps one quiet
 * that needs time to recover. No data yet is no failure: the end will judge that.
 */
export function breachOf(
  thresholds: readonly Threshold[],
  totals: Totals,
  elapsedUs: number,
  connectUs: number,
): Breach | undefined {
  const due = [...thresholds.entries()].filter(([, { abortFromUs }]) => isDue(abortFromUs, elapsedUs));
  if (due.length === 0) return undefined;
  const measured = measuredOf(totals, elapsedUs, connectUs);
  try {
    const known = soFar(measured, connectUs);
    for (const [index, threshold] of due) {
      const [result] = judgeThresholds([threshold], known);
      if (result!.verdict === 'fail') return { index, result: result! };
    }
    return undefined;
  } finally {
    measured.destroy();
  }
}

function isDue(abortFromUs: number | undefined, elapsedUs: number): boolean {
  return abortFromUs !== undefined && abortFromUs <= elapsedUs;
}

const CLOSING = COUNTERS.filter((name) => COUNTER_ROWS[name].closing);

/** What is not known before the end is taken out: the lowest level while connections are still being opened, and the closing counts. */
function soFar(measured: Measured, connectUs: number): Measured {
  const { counters, open, durationUs } = measured;
  const unknown = Object.fromEntries(CLOSING.map((name) => [name, Number.NaN]));
  return {
    ...measured,
    counters: { ...counters, ...unknown },
    open: open && durationUs < connectUs ? { ...open, min: Number.NaN } : open,
  };
}
