/**
 * The JSON schema of a scenario file, with which an editor completes keys, checks values and says what each is for. It is made of the
 * outside form alone: what only the harness can judge (a topic, a threshold, whether shares sum to 100 %) it lets pass.
 */
import * as z from 'zod';
import { DURATION_PATTERN, PERCENT_PATTERN, RATE_PATTERN, SIZE_PATTERN } from '../../model/units.ts';
import { editorSchema } from './scenario-schema.ts';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

const UNIT_OF_PATTERN: Record<string, string> = {
  [DURATION_PATTERN.source]: 'A duration: 250ms, 10s, 1m30s.',
  [RATE_PATTERN.source]: 'A rate: 500/s, 90/m.',
  [SIZE_PATTERN.source]: 'A size: 256B, 4KB.',
  [PERCENT_PATTERN.source]: 'A percentage: 10%.',
};

/** `${ENV:NAME}` may stand for any value, or be part of it. */
const FROM_ENVIRONMENT = '\\$\\{ENV:';

/** Draft 7, which every editor knows. */
export function scenarioJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(editorSchema, { io: 'input', target: 'draft-7' }) as JsonSchema;
  explain(schema);
  return { ...schema, title: 'A scenario of mqtt-fleet' };
}

/** To what a key is for, said where the key stands, its unit is added. */
function explain(schema: JsonSchema): void {
  for (const value of Object.values(schema.properties ?? {})) {
    if (typeof value === 'boolean') continue;
    const words = [value.description, UNIT_OF_PATTERN[value.pattern ?? '']];
    explain(value);
    value.description = words.filter((each) => each !== undefined).join('. ');
  }
  for (const part of partsOf(schema)) explain(part);
  if (!Object.hasOwn(schema, 'properties')) letEnvironmentIn(schema);
}

/** The forms that a value may have, or what a list is made of. */
export function partsOf({ anyOf = [], items }: JsonSchema): JsonSchema[] {
  return [...anyOf, items].filter((part) => typeof part === 'object') as JsonSchema[];
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
