/**
 * The JSON schema of a scenario file, with which an editor completes keys, checks values and says what each is for. It is made of the
 * outside form alone: what only the harness can judge (a topic, a threshold, whether shares sum to 100 %) it lets pass.
 */
import * as z from 'zod';
import { DURATION_PATTERN, PERCENT_PATTERN, RATE_PATTERN, SIZE_PATTERN } from '../../model/units.ts';
import { editorSchema } from './scenario-schema.ts';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** What a text of a closed form is, with examples, by its pattern. */
export const KIND_OF_PATTERN: Readonly<Record<string, { kind: string; examples: string }>> = {
  [DURATION_PATTERN.source]: { kind: 'duration', examples: '250ms, 10s, 1m30s' },
  [RATE_PATTERN.source]: { kind: 'rate', examples: '500/s, 90/m' },
  [SIZE_PATTERN.source]: { kind: 'size', examples: '256B, 4KB' },
  [PERCENT_PATTERN.source]: { kind: 'percentage', examples: '10%' },
};

/** `${ENV:NAME}` may stand for any value, or be part of it. */
const FROM_ENVIRONMENT = '\\$\\{ENV:';

/** Draft 7, which every editor knows. */
export function scenarioJsonSchema(): JsonSchema {
  const schema = outsideSchema();
  explain(schema);
  return { ...schema, title: 'A scenario of mqtt-fleet' };
}

/** What a scenario may hold, with values from the environment left aside. */
export function outsideSchema(): JsonSchema {
  return z.toJSONSchema(editorSchema(), { io: 'input', target: 'draft-7' }) as JsonSchema;
}

/** Adds its unit to what a key is for, which is said where the key stands. */
function explain(schema: JsonSchema): void {
  for (const value of Object.values(schema.properties ?? {})) {
    if (typeof value === 'boolean') continue;
    const form = KIND_OF_PATTERN[value.pattern ?? ''];
    const words = [value.description, form && `A ${form.kind}: ${form.examples}.`];
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

/** Lets any text with a placeholder in where the schema takes only some texts, or none. */
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
