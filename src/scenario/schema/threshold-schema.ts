/** What a run is held against, as the outside form has it: k6's two forms of a threshold, a text or a map, mixed as one likes. */
import * as z from 'zod';
import { duration, object, rule, text } from '../../input/fields.ts';
import { parseThreshold } from '../../metrics/threshold/expression.ts';
import { AGGREGATE_ROWS, aggregatesOf, written } from '../../model/metrics/aggregates.ts';
import { kindOfMetric, METRIC_NAMES, type MetricKind } from '../../model/metrics/metric-names.ts';
import type { Threshold } from '../../model/scenario.ts';

const EXAMPLES: Record<MetricKind, string> = {
  time: '; times as durations: "p(99) < 500ms"',
  rate: '; "p(5) > 900", per second',
  counter: ': "share < 1%"',
  gauge: ': "max >= 200"',
};

function formOf(kind: MetricKind): string {
  const names = aggregatesOf(kind).map((name) => {
    const { says } = AGGREGATE_ROWS[name];
    return says === undefined ? written(name) : `${written(name)} (${says})`;
  });
  return `Aggregates ${names.join(', ')}${EXAMPLES[kind]}`;
}

const NO_THRESHOLD =
  'is no threshold; write a text or { threshold: …, abortOnFail: true, delayAbortEval: 10s }';

const expressionOn = (metric: string) =>
  text().transform((expression, context): Threshold => {
    const reading = parseThreshold(metric, expression);
    if ('threshold' in reading) return reading.threshold;
    context.addIssue({ code: 'custom', message: 'is no threshold', params: { hint: reading.wrong } });
    return z.NEVER;
  });

const settingsOn = (metric: string) =>
  object({
    threshold: expressionOn(metric).meta({ description: 'The expression, as in the short form' }),
    abortOnFail: z.boolean().optional().meta({ description: 'End the run as soon as it fails [false]' }),
    delayAbortEval: duration()
      .optional()
      .meta({ description: 'Not before this much of the run has passed [0s]' }),
  })
    .superRefine(
      rule((value, complain) => {
        // With abortOnFail: false it is one that was switched off for a while.
        if (value.delayAbortEval === undefined || value.abortOnFail !== undefined) return;
        complain(['delayAbortEval'], 'delays nothing', 'it goes with abortOnFail: true');
      }),
    )
    .transform(
      ({ threshold, abortOnFail, delayAbortEval }): Threshold =>
        abortOnFail ? { ...threshold, abortFromUs: delayAbortEval ?? 0 } : threshold,
    );

/** Thresholds on a metric: one, or a list. All branches stand in one union, so that a wrong value is answered with all of them. */
function thresholdsOn(metric: string) {
  const expression = expressionOn(metric);
  const settings = settingsOn(metric);
  const alone = (threshold: Threshold): Threshold[] => [threshold];
  return z
    .union(
      [
        expression.transform(alone),
        settings.transform(alone),
        z.array(z.union([expression, settings], { error: NO_THRESHOLD })),
      ],
      { error: 'is no list of thresholds' },
    )
    .optional()
    .meta({ description: formOf(kindOfMetric(metric)!) });
}

export const thresholds = object(
  Object.fromEntries(METRIC_NAMES.map((name) => [name, thresholdsOn(name)])),
).transform((value) => Object.values(value).flatMap((list) => list ?? []));
