/**
 * The form of summary.json: what a summary that is read back is held against, and what the JSON schema that ships is made of. Its type
 * is `Summary` (a test says so); here are the bounds, and a word on each figure for whoever reads the schema.
 */
import * as z from 'zod';
import {
  COUNTERS,
  type Counter,
  METRIC_ROWS,
  RATE_TRENDS,
  TIME_TRENDS,
} from '../model/metrics/metric-names.ts';
import { PERCENTILE_ROWS, PERCENTILES, type Percentile } from '../model/metrics/percentiles.ts';
import type { HistogramStats } from './histogram/histogram.ts';
import { SUMMARY_SCHEMA_VERSION, type Summary } from './summary.ts';

const count = () => z.int().min(0);
const ms = () => z.number().min(0);
const share = () => z.number().min(0);

/** Keys of a trend's figures, each of this form; a percentile that was added later is absent from a run of before. */
export function statsShape(value: () => z.ZodType<number>): Record<keyof HistogramStats, z.ZodType<number>> {
  const percentiles = PERCENTILES.map((name) => [
    name,
    PERCENTILE_ROWS[name].addedLater ? value().optional() : value(),
  ]);
  return {
    ...{ count: count(), min: value(), mean: value(), stddev: value() },
    ...(Object.fromEntries(percentiles) as Record<Percentile, z.ZodType<number>>),
    max: value(),
  };
}

const stats = z
  .strictObject(statsShape(() => z.number().min(0)))
  .meta({ description: 'Milliseconds, but for trends named *_per_sec: units per second' });

const tool = z.strictObject({ name: z.string(), version: z.string() });

const scenario = z
  .strictObject({
    name: z.string(),
    target: z.string(),
    devices: count(),
    client: z.string(),
    protocol: z.string(),
    signmethod: z.string(),
    workers: count(),
  })
  .meta({ description: 'What a reader must know to compare two runs' });

const outcome = z.strictObject({
  state: z.enum(['completed', 'aborted', 'partial']),
  reason: z.string().nullable(),
});

const recovery = z
  .strictObject({
    lost: count(),
    back: count(),
    attempts: count(),
    mostTries: count().meta({ description: 'The most attempts that any device needed' }),
    to50Ms: ms()
      .nullable()
      .meta({ description: 'From the loss to the return of half of all that were lost' }),
    to95Ms: ms().nullable(),
    to100Ms: ms().nullable(),
  })
  .meta({ description: 'How the fleet came back after connections were lost; null where nothing was to' });

const counters = z.strictObject(
  Object.fromEntries(
    COUNTERS.map((name) => [name, METRIC_ROWS[name].addedLater ? count().default(0) : count()]),
  ) as unknown as Record<Counter, z.ZodType<number>>,
);

const TRENDS = [...TIME_TRENDS, ...RATE_TRENDS];
const TRENDS_ADDED_LATER = TRENDS.filter((name) => METRIC_ROWS[name].addedLater);

/** Trends by name; a run of before measured nothing of those that were added since. */
const trends = z.preprocess(
  (given) => withTrendsOfBefore(given, TRENDS_ADDED_LATER),
  z.record(z.enum(TRENDS), stats.nullable()),
);

/** What was given, with null for each of the trends that it lacks; what is no object is left to the schema to complain of. */
export function withTrendsOfBefore(given: unknown, added: readonly string[]): unknown {
  if (added.length === 0 || given?.constructor !== Object) return given;
  return { ...Object.fromEntries(added.map((name) => [name, null])), ...given };
}

const failure = z.strictObject({
  phase: z.string(),
  kind: z.string(),
  code: z.string().meta({ description: 'What the system or the broker said: ECONNREFUSED, CONNACK 5' }),
  count: count(),
  examples: z.array(z.string()).meta({ description: 'The names of the first few devices' }),
  hint: z.string(),
});

const threshold = z.strictObject({
  metric: z.enum([...TIME_TRENDS, ...RATE_TRENDS, ...COUNTERS, 'connections_open']),
  expression: z.string(),
  verdict: z.enum(['pass', 'fail', 'no-data']),
  actual: z.number().nullable().meta({ description: 'Milliseconds for times; null without data' }),
  abortedRun: z.literal(true).optional(),
});

const vitals = {
  cpu: share().nullable().meta({ description: 'Of one core; null where the system does not tell' }),
  utilization: share().meta({ description: 'Share of the time the event loop was busy' }),
  gc: share().meta({ description: 'Share of the time spent collecting garbage' }),
  loopDelayMaxMs: ms().meta({ description: 'The longest the event loop was held up' }),
};

const window = z
  .strictObject({
    second: count(),
    fromMs: ms(),
    toMs: ms(),
    counters: z.partialRecord(z.enum(COUNTERS), count()).meta({ description: 'What is zero is absent' }),
    closing: z.boolean().meta({ description: 'After the run, while its connections were being closed' }),
    open: count().meta({ description: 'Connections open at the end of the second' }),
    trends: z.partialRecord(
      z.enum(TIME_TRENDS),
      z.strictObject({ count: count(), p50: ms(), p99: ms(), max: ms() }),
    ),
    workers: z
      .array(z.strictObject(vitals).nullable())
      .meta({ description: 'By worker; null for one that was lost, or left the second out' }),
  })
  .meta({ description: 'One second of the run' });

const worker = z.strictObject({
  ...vitals,
  utilizationMax: share().meta({ description: 'In its busiest second' }),
  busySeconds: count().meta({ description: 'Seconds in which it was over 95 % busy' }),
  seconds: count(),
});

const health = z.strictObject({
  verdict: z.enum(['valid', 'suspect', 'invalid']),
  reasons: z.array(z.string()),
  workers: z.array(worker),
});

const standIn = z
  .strictObject({
    counts: z.record(z.string(), z.number()),
    truth: z.record(z.string(), stats.nullable()),
    differences: z.array(z.string()),
  })
  .meta({ description: 'What the embedded stand-in counted by itself; null for any other target' });

export const summarySchema = z
  .strictObject({
    schemaVersion: z.literal(SUMMARY_SCHEMA_VERSION),
    tool,
    scenario,
    outcome,
    startedAt: z.iso.datetime(),
    durationMs: ms().meta({
      description: 'From the start line to the end of publishing, or to the stop before it',
    }),
    environment: z.record(z.string(), z.union([z.string(), z.number()])),
    counters,
    connectionsOpen: z
      .strictObject({ min: count(), max: count() })
      .nullable()
      .meta({ description: 'The minimum counts from when the last connect was due' }),
    recovery: recovery.nullable(),
    trends,
    failures: z.array(failure),
    windows: z.array(window),
    thresholds: z.array(threshold),
    health,
    imbalances: z
      .array(z.string())
      .meta({ description: 'What does not add up in the counts of the harness; empty when all does' }),
    standIn: standIn.nullable(),
    warnings: z
      .array(z.string())
      .optional()
      .meta({ description: 'What went wrong beside the run and is in none of its figures' }),
    lossUnknown: z
      .string()
      .optional()
      .meta({ description: 'Why messages_lost is not all that may have been lost; absent where it is' }),
  })
  .meta({ title: 'summary.json of mqtt-fleet' }) satisfies z.ZodType<Summary>;

/** JSON schema of summary.json, in draft 7, which every validator knows. */
export function summaryJsonSchema(): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(summarySchema, { target: 'draft-7' });
}
