/** The keys of a scenario as documentation tells of them. */
import { type JsonSchema, KIND_OF_PATTERN, partsOf } from '../../../src/scenario/schema/json-schema.ts';
import { scenarioKeys } from '../../../src/scenario/schema/scenario-keys.ts';

/** A key as documentation tells of it. */
export interface KeyFacts {
  path: string;
  /** What it takes, in words, one for each form: `duration`, `map`, `list of map`; or the values themselves. */
  types: string[];
  /** What is taken where nothing is given, as a scenario writes it; undefined where there is none, or none that is a single value. */
  default?: string;
  isRequired: boolean;
  description: string;
}

export function scenarioKeyTable(): KeyFacts[] {
  const rows = new Map<string, KeyFacts>();
  for (const { path, schema, isRequired } of scenarioKeys()) {
    const { default: value, description = '' } = schema;
    const before = rows.get(path);
    const own = value === undefined || typeof value === 'object' ? [] : [String(value)];
    const defaults = both(before?.default === undefined ? [] : before.default.split(' or '), own);
    rows.set(path, {
      path,
      types: both(before?.types ?? [], typesOf(schema)),
      ...(defaults.length === 0 ? {} : { default: defaults.join(' or ') }),
      isRequired,
      description: both(before?.description.split('; ') ?? [], description.split('; ')).join('; '),
    });
  }
  return [...rows.values()];
}

/** What is said of a key of several forms, each thing once. */
function both(before: readonly string[], own: readonly string[]): string[] {
  return [...new Set([...before, ...own])];
}

function typesOf(schema: JsonSchema): string[] {
  const { type, enum: values, const: value, anyOf, pattern = '' } = schema;
  if (values !== undefined) return values.map(String);
  if (value !== undefined) return [String(value)];
  if (anyOf !== undefined) return partsOf(schema).flatMap(typesOf);
  if (type === 'array') return [`list of ${partsOf(schema).flatMap(typesOf).join(' or ')}`];
  return [KIND_OF_PATTERN[pattern]?.kind ?? NAME_OF_TYPE[String(type)] ?? String(type)];
}

const NAME_OF_TYPE: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  object: 'map',
};
