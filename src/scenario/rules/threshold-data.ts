/** Thresholds on what a scenario can never measure, or only when it is too late. Pure. */
import { notAskedFor } from '../../load/behaviour/behaviours.ts';
import { COUNTER_ROWS } from '../../model/metrics/counters.ts';
import { type Counter, kindOfMetric, type MetricName } from '../../model/metrics/metric-names.ts';
import { NOTHING_PUBLISHED, needUnmet } from '../../model/metrics/needs.ts';
import { countsNothing } from '../../model/metrics/wholes.ts';
import type { Scenario, Threshold } from '../../model/scenario.ts';

export interface EmptyThreshold {
  /** Keys that lead to it in the outside form. */
  path: readonly PropertyKey[];
  message: string;
}

/** Thresholds that will have no data, or come too late; of several that say the same of one metric, the first. */
export function emptyThresholds(scenario: Scenario): EmptyThreshold[] {
  const found = new Map<string, EmptyThreshold>();
  const seen = new Map<MetricName, number>();
  for (const threshold of scenario.thresholds) {
    const { metric } = threshold;
    const index = seen.get(metric) ?? 0;
    seen.set(metric, index + 1);
    const message = messageOn(threshold, scenario);
    if (message === undefined || found.has(message)) continue;
    found.set(message, { path: ['thresholds', metric, index], message });
  }
  return [...found.values()];
}

function messageOn({ metric, aggregate, abortFromUs }: Threshold, scenario: Scenario): string | undefined {
  const { publish } = scenario;
  const counter = kindOfMetric(metric) === 'counter' ? (metric as Counter) : undefined;
  const row = counter && COUNTER_ROWS[counter];
  // Of what is sent: of nothing, when nothing is published.
  const isOfMessages = row?.shareOf === 'messages_scheduled' || row?.shareOf === 'messages_sent';
  const isShareOfNothing = aggregate === 'share' && publish.length === 0 && isOfMessages;
  const why = isShareOfNothing
    ? NOTHING_PUBLISHED
    : (needUnmet(metric, scenario) ?? notAskedFor(metric, scenario));
  if (why === undefined) {
    // As long as a connect may be tried again it has not failed.
    const isClosing = row?.closing || (metric === 'connects_failed' && scenario.connect.retry !== undefined);
    const isTooLate = abortFromUs !== undefined && isClosing;
    return isTooLate ? `${metric} is counted when the run ends: abortOnFail has no effect` : undefined;
  }
  // A counter that never moves is 0, which is data; a trend without values is none, nor is what counts out of nothing.
  const isData = counter !== undefined && !isShareOfNothing && !countsNothing(counter, scenario);
  if (isData) return `${metric} will stay 0: ${why}`;
  return `${metric} will have no data: ${why}; a threshold without data fails`;
}
