/** The keys of a scenario as a list: where each stands, what it takes and what it is for. */
import { type JsonSchema, outsideSchema, partsOf } from './json-schema.ts';

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
