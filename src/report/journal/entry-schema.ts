/** The form of a journal's lines: what a journal that is read back is held against. Its types are those of `entry.ts`. */
import * as z from 'zod';
import { isSoundHistogram } from '../../metrics/histogram/encoded-histogram.ts';
import { statsShape } from '../../metrics/summary-schema.ts';
import { AGGREGATES } from '../../model/metrics/aggregates.ts';
import { COUNTERS, RATE_TRENDS, TIME_TRENDS } from '../../model/metrics/metric-names.ts';
import { OPERATORS } from '../../model/scenario.ts';
import { JOURNAL_VERSION, type JournalEntry, type JournalHead } from './entry.ts';

const count = () => z.int().min(0);
const us = () => z.number().min(0);
const text = () => z.string();
const epochMs = () => z.number().min(0).max(8.64e15);
/** Number of a shard: more threads no machine has. */
const shard = () => z.int().min(0).max(9_999);

const metricName = z.enum([...TIME_TRENDS, ...RATE_TRENDS, ...COUNTERS, 'connections_open']);

const histogram = z
  .object({
    count: count().min(1),
    min: us(),
    max: us(),
    sum: us(),
    clamped: count(),
    buckets: z.instanceof(Uint8Array),
  })
  .refine(isSoundHistogram, { error: 'is no histogram that can be merged' });

const failure = z.object({
  phase: text(),
  kind: text(),
  code: text(),
  count: count(),
  examples: z.array(text()),
});

const vitals = z.object({
  cpuUs: us().nullable(),
  waitedUs: us().optional(),
  ...{ utilization: us(), gcUs: us(), loopDelayMaxUs: us() },
});

const snapshot = z.object({
  second: count(),
  fromUs: us(),
  toUs: us(),
  counters: z.partialRecord(z.enum(COUNTERS), count()),
  trends: z.partialRecord(z.enum(TIME_TRENDS), histogram),
  failures: z.array(failure),
  mostTries: count(),
  open: count(),
  closing: z.boolean(),
  vitals,
});

const threshold = z.object({
  metric: metricName,
  expression: text(),
  aggregate: z.enum(AGGREGATES),
  percentile: z.number().gt(0).max(100).optional(),
  operator: z.enum(OPERATORS),
  bound: z.number(),
  abortFromUs: us().optional(),
});

const breach = z.object({
  index: count(),
  result: z.object({
    metric: metricName,
    expression: text(),
    verdict: z.enum(['pass', 'fail', 'no-data']),
    actual: z.number().nullable(),
  }),
});

const stats = z.object(statsShape(us));

const outcome = z.object({
  state: z.enum(['completed', 'aborted', 'partial']),
  reason: text().nullable(),
});

const numbers = () => z.instanceof<typeof Float64Array<ArrayBuffer>>(Float64Array);
/** A time or number that may never come. */
const orNever = () => z.custom<number>((value) => typeof value === 'number' && value >= 0);

const shares = z.object({
  name: text(),
  fromUs: orNever(),
  doubts: z.array(z.object({ fromUs: orNever(), toUs: orNever() })),
  streams: z.array(
    z.object({
      ...{ device: count(), plan: count(), from: orNever(), highest: count() },
      words: z.instanceof<typeof Uint32Array<ArrayBuffer>>(Uint32Array),
      ...{ intendedUs: numbers(), cameUs: numbers(), connections: z.set(count()) },
      ...{ isSingle: z.boolean(), isWhole: z.boolean() },
    }),
  ),
});

const ledger = z.object({
  ...{ sent: numbers(), received: numbers(), missing: count() },
  shares: z.array(shares),
});

export const headSchema = z.object({
  type: z.literal('head'),
  journalVersion: z.literal(JOURNAL_VERSION),
  tool: z.object({ name: text(), version: text() }),
  run: text(),
  openedEpochMs: epochMs(),
  scenario: z.object({
    ...{ name: text(), target: text(), devices: count(), client: text() },
    ...{ protocol: text(), signmethod: text(), workers: count() },
  }),
  asRun: text(),
  plan: z.object({ shares: z.array(count()).min(1).max(10_000), connectUs: us(), durationUs: us() }),
  isFlatOut: z.boolean(),
  connectsOnce: z.boolean(),
  platform: text().optional(),
  method: text().optional(),
  thresholds: z.array(threshold),
  environment: z.record(text(), z.union([text(), z.number()])),
}) satisfies z.ZodType<JournalHead>;

export const entrySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('aimed'), target: text() }),
  z.object({ type: z.literal('started'), epochMs: epochMs() }),
  z.object({ type: z.literal('snapshot'), shard: shard(), sequence: count(), snapshot }),
  z.object({ type: z.literal('done'), shard: shard(), ledger }),
  z.object({ type: z.literal('lost'), shard: shard(), reason: text() }),
  z.object({ type: z.literal('stopping'), reason: text(), ranForUs: us(), breach: breach.optional() }),
  z.object({ type: z.literal('cut'), reason: text() }),
  z.object({
    type: z.literal('ended'),
    outcome,
    startedEpochMs: epochMs(),
    durationUs: us(),
    observed: z
      .object({ counts: z.record(text(), z.number()), truth: z.record(text(), stats.nullable()) })
      .optional(),
  }),
]) satisfies z.ZodType<JournalEntry>;
