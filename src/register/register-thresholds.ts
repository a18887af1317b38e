/** What a registration is held against: the threshold language of runs, on metrics of its own. */

import { zeroCounters } from '../metrics/recorder.ts';
import { parseThreshold, unitOfActual } from '../metrics/threshold/expression.ts';
import { judgeThresholds, type ThresholdResult } from '../metrics/threshold/threshold.ts';
import type { MetricName } from '../model/metrics/metric-names.ts';
import type { Threshold } from '../model/scenario.ts';
import type { Tally } from './tally.ts';

/** The metric of a run that each is like: of the same kind, and out of the same whole. */
const LIKE = {
  register_latency: 'connect_latency',
  register_service: 'connect_service',
  registers_ok: 'connects_ok',
  registers_failed: 'connects_failed',
} as const satisfies Record<string, MetricName>;
type Judged = keyof typeof LIKE;

export interface RegisterThreshold {
  metric: Judged;
  threshold: Threshold;
}

export type RegisterResult = Omit<ThresholdResult, 'metric'> & { metric: Judged };

/** `register_latency p(99) < 500ms`: a metric and an expression. Undefined with `wrong` told where it is none. */
export function readThreshold(text: string): RegisterThreshold | { wrong: string } {
  const [, metric = '', expression = ''] = /^\s*(\w*)\s*(.*)$/s.exec(text) ?? [];
  if (!Object.hasOwn(LIKE, metric))
    return {
      wrong: `write a metric and what must hold, e.g. register_latency p(99) < 500ms; metrics: ${Object.keys(LIKE).join(', ')}`,
    };
  const reading = parseThreshold(LIKE[metric as Judged], expression);
  return 'wrong' in reading ? reading : { metric: metric as Judged, threshold: reading.threshold };
}

/** Unit after the value that was judged. */
export function unitOfResult({ metric, expression }: RegisterResult): '' | ' ms' {
  return unitOfActual({ metric: LIKE[metric], expression });
}

export function judgeRegisters(
  thresholds: readonly RegisterThreshold[],
  { counters, trends }: Tally,
  durationUs: number,
): RegisterResult[] {
  const results = judgeThresholds(
    thresholds.map(({ threshold }) => threshold),
    {
      counters: {
        ...zeroCounters(),
        connects_scheduled: counters.registers_scheduled,
        connects_started: counters.registers_started,
        connects_ok: counters.registers_ok,
        connects_failed: counters.registers_failed,
      },
      histogram: (name) => (name === 'connect_latency' ? trends.register_latency : trends.register_service),
      open: undefined,
      heard: 0,
      durationUs,
    },
  );
  return results.map((result, nth) => ({ ...result, metric: thresholds[nth]!.metric }));
}
