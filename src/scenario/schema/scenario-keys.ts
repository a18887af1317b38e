/** The keys of a scenario as a list: where each stands, what it takes and what it is for. */
import { type JsonSchema, KIND_OF_PATTERN, outsideSchema, partsOf } from './json-schema.ts';

export interface ScenarioKey {
  /** The way to it by the names of keys: `connect.stages.rate`. */
  path: string;
  schema: JsonSchema;
  /** Whether the map that it stands in must have it. */
  isRequired: boolean;
}

/** All keys in the order of the schema, each before those within it. A key of two forms, `devices.count`, is there once for each. */
export function scenarioKeys(schema = outsideSchema(), inside = ''): ScenarioKey[] {
  const { properties = {}, required = [] } = schema;
  const own = Object.entries(properties).flatMap(([name, value]): ScenarioKey[] => {
    if (typeof value === 'boolean') return [];
    const path = inside === '' ? name : `${inside}.${name}`;
    return [{ path, schema: value, isRequired: required.includes(name) }, ...scenarioKeys(value, path)];
  });
  return [...own, ...partsOf(schema).flatMap((part) => scenarioKeys(part, inside))];
}

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
    rows.set(path, {
      path,
      types: [...new Set([...(rows.get(path)?.types ?? []), ...typesOf(schema)])],
      ...(value === undefined || typeof value === 'object' ? {} : { default: String(value) }),
      isRequired,
      description,
    });
  }
  return [...rows.values()];
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
