/**
 * The JSON schema of a scenario file, with which an editor completes keys, checks values and says what each is for. It is made of the
 * outside form alone: what only the harness can judge (a topic, a threshold, whether shares sum to 100 %) it lets pass.
 */
import * as z from 'zod';
import { kindOfMetric } from '../../model/metrics/metric-names.ts';
import { DURATION_PATTERN, PERCENT_PATTERN, RATE_PATTERN, SIZE_PATTERN } from '../../model/units.ts';
import { DESCRIPTIONS, OF_A_THRESHOLD } from './key-descriptions.ts';
import { scenarioSchema } from './scenario-schema.ts';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

const UNIT_OF_PATTERN: Record<string, string> = {
  [DURATION_PATTERN.source]: 'A duration: 250ms, 10s, 1m30s.',
  [RATE_PATTERN.source]: 'A rate: 500/s, 90/m.',
  [SIZE_PATTERN.source]: 'A size: 256B, 4KB.',
  [PERCENT_PATTERN.source]: 'A percentage: 10%.',
};

const OF_THRESHOLDS = {
  time: 'Aggregates min, avg, med, max, p(N), count; times as durations: "p(99) < 500ms"',
  rate: 'Aggregates min, avg, med, max, p(N), count; "p(5) > 900", per second',
  counter: 'Aggregates count, rate (per second), share (of what was scheduled or sent): "share < 1%"',
  gauge: 'Aggregates min, max: "max >= 200"',
} as const;

/** `${ENV:NAME}` may stand for any value, or be part of it. */
const FROM_ENVIRONMENT = '\\$\\{ENV:';

/** Draft 7, which every editor knows. */
export function scenarioJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', target: 'draft-7' }) as JsonSchema;
  explain(schema, '');
  return { ...schema, title: 'A scenario of mqtt-fleet' };
}

/** `place` is the way to the value by the names of its keys: `connect.stages.rate`. */
function explain(schema: JsonSchema, place: string): void {
  for (const [name, value] of Object.entries(schema.properties ?? {})) {
    if (typeof value === 'boolean') continue;
    const inside = place === '' ? name : `${place}.${name}`;
    const words = [value.description ?? descriptionOf(inside, name), UNIT_OF_PATTERN[value.pattern ?? '']];
    explain(value, inside);
    value.description = words.filter((each) => each !== undefined).join('. ');
  }
  const parts = [...(schema.anyOf ?? []), schema.items].filter((part) => typeof part === 'object');
  for (const part of parts) explain(part as JsonSchema, place);
  if (!Object.hasOwn(schema, 'properties')) letEnvironmentIn(schema);
}

function descriptionOf(place: string, name: string): string | undefined {
  if (!place.startsWith('thresholds.')) return DESCRIPTIONS[place];
  const kind = kindOfMetric(name);
  return kind === undefined ? OF_A_THRESHOLD[name] : OF_THRESHOLDS[kind];
}

/** Where the schema takes some texts, or none: any text with a placeholder as well. */
function letEnvironmentIn(schema: JsonSchema): void {
  const { enum: values, type } = schema;
  if (values !== undefined) {
    delete schema.enum;
    delete schema.type;
    const listed = type === undefined ? { enum: values } : { type, enum: values };
    schema.anyOf = [listed, { type: 'string', pattern: FROM_ENVIRONMENT }];
  } else if (schema.pattern !== undefined) {
    schema.pattern = `${schema.pattern}|${FROM_ENVIRONMENT}`;
  } else if (type === 'integer' || type === 'number' || type === 'boolean') {
    Object.assign(schema, { type: [type, 'string'], pattern: FROM_ENVIRONMENT });
  }
}
