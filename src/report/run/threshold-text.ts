/** A threshold's result in words, for every report that has no colours. */
import type { Summary } from '../../metrics/summary.ts';
import { unitOfActual } from '../../metrics/threshold/expression.ts';
import type { ThresholdResult } from '../../metrics/threshold/threshold.ts';
import { type Counter, kindOfMetric } from '../../model/metrics/metric-names.ts';
import { lackOf } from '../../model/metrics/wholes.ts';
import { formatActual } from '../text/format.ts';

/** Name of a threshold: `connect_latency p(99) < 500ms`. */
export function thresholdName({ metric, expression }: ThresholdResult): string {
  return `${metric} ${expression}`;
}

/** Outcome of a threshold: `was 812.4 ms, which ended the run`, or `no data: nothing connected`. */
export function thresholdOutcome(result: ThresholdResult, summary: Summary): string {
  const { actual, abortedRun } = result;
  if (actual === null) return `${noData(result, summary)}, which is never a pass`;
  return `was ${formatActual(actual)}${unitOfActual(result)}${abortedRun ? ', which ended the run' : ''}`;
}

/** Words for the lack of data, with the reason where a counter counts out of nothing. */
export function noData(
  { metric }: ThresholdResult,
  { counters, connectionsOpen, trends, lossUnknown }: Summary,
): string {
  if (kindOfMetric(metric) !== 'counter') return 'no data';
  if (metric === 'messages_lost' && lossUnknown !== undefined) return `no data: ${lossUnknown}`;
  const lack = lackOf(metric as Counter, {
    counters,
    open: connectionsOpen,
    heard: trends.message_latency?.count ?? 0,
  });
  return lack === undefined ? 'no data' : `no data: ${lack}`;
}
