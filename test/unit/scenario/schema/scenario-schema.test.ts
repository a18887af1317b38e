import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { METRIC_NAMES } from '../../../../src/model/metrics/metric-names.ts';
import { editorSchema } from '../../../../src/scenario/schema/scenario-schema.ts';

describe('the schema for editors', () => {
  const schema = z.toJSONSchema(editorSchema(), { io: 'input' });
  const properties = schema.properties as Record<string, Record<string, unknown>>;

  it('is of the outside form: units are texts, defaults are as a user writes them', () => {
    expect(properties.hold).toMatchObject({ type: 'string', default: '0s', pattern: expect.any(String) });
    expect(schema.required).toEqual(['target', 'devices']);
    expect(schema.additionalProperties).toBe(false);
  });

  it('knows every metric', () => {
    expect(Object.keys(properties.thresholds!.properties as object)).toEqual([...METRIC_NAMES]);
  });

  it('offers both forms of a threshold, alone and in a list', () => {
    const { connect_latency } = properties.thresholds!.properties as Record<string, { anyOf: unknown[] }>;
    const settings = { required: ['threshold'], additionalProperties: false };
    expect(connect_latency!.anyOf).toMatchObject([
      { type: 'string' },
      settings,
      { type: 'array', items: { anyOf: [{ type: 'string' }, settings] } },
    ]);
  });

  it('offers the forms of a payload, of reconnect and of faults', () => {
    const items = properties.publish!.items as { properties: Record<string, Record<string, unknown>> };
    expect(items.properties.payload!.anyOf).toHaveLength(3);
    expect(items.properties.jitter).toMatchObject({ type: 'string', default: 'none' });
    expect(items.properties.replyTimeout).toMatchObject({ default: '10s' });
    expect(properties.reconnect).toMatchObject({
      default: 'off',
      anyOf: [
        { enum: ['off', false] },
        { enum: ['exponential', 'fixed'] },
        { properties: { delay: { default: '12s' }, perMinute: { default: 5 } } },
      ],
    });
    expect(Object.keys(properties.broker!.properties as object)).toEqual(
      expect.arrayContaining(['delay', 'freeze', 'downlink', 'disconnect', 'quotas']),
    );
  });

  it('offers the branches of a target', () => {
    expect(properties.target!.anyOf).toHaveLength(3);
  });
});
