import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { METRIC_NAMES } from '../../../src/scenario/metric-names.ts';
import { scenarioSchema } from '../../../src/scenario/schema.ts';

describe('the schema for editors', () => {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input' });
  const properties = schema.properties as Record<string, Record<string, unknown>>;

  it('is of the outside form: units are texts, defaults are as a user writes them', () => {
    expect(properties.hold).toMatchObject({ type: 'string', default: '0s', pattern: expect.any(String) });
    expect(schema.required).toEqual(['target', 'devices']);
    expect(schema.additionalProperties).toBe(false);
  });

  it('knows every metric', () => {
    expect(Object.keys(properties.thresholds!.properties as object)).toEqual([...METRIC_NAMES]);
  });

  it('offers the branches of a target', () => {
    expect(properties.target!.anyOf).toHaveLength(3);
  });
});
