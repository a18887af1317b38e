/** A threshold's result in words, for every report that has no colours. */
import type { ThresholdResult } from '../metrics/threshold.ts';
import { kindOfMetric } from '../scenario/metric-names.ts';
import { formatActual } from './format.ts';

/** `connect_latency p(99) < 500ms` */
export function thresholdName({ metric, expression }: ThresholdResult): string {
  return `${metric} ${expression}`;
}

/** `was 812.4 ms, which ended the run`, or `no data`. */
export function thresholdOutcome({ metric, expression, actual, abortedRun }: ThresholdResult): string {
  if (actual === null) return 'no data, which is never a pass';
  const isTime = kindOfMetric(metric) === 'time' && !expression.startsWith('count');
  return `was ${formatActual(actual)}${isTime ? ' ms' : ''}${abortedRun ? ', which ended the run' : ''}`;
}
