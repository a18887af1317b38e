import { expect, it } from 'vitest';
import { scenarioJsonSchema } from '../../../../src/scenario/schema/json-schema.ts';
import { scenarioKeys } from '../../../../src/scenario/schema/scenario-keys.ts';
import { scenarioKeyTable } from '../../support/scenario-key-table.ts';

const rows = new Map(scenarioKeyTable().map((row) => [row.path, row]));

it('has each key of the schema for editors once', () => {
  const paths = scenarioKeys(scenarioJsonSchema()).map(({ path }) => path);
  expect([...rows.keys()]).toEqual([...new Set(paths)]);
  expect(paths.length).toBeGreaterThan(rows.size);
});

it.each([
  ['connect.keepalive', { types: ['duration'], default: '300s', isRequired: false }],
  ['connect.stages', { types: ['list of map'], isRequired: false }],
  ['connect.stages.rate', { types: ['rate'], isRequired: true }],
  ['auth.timestamp', { types: ['now', 'omit', 'whole number'], default: 'now' }],
  ['target.tls', { types: ['true or false'], default: 'true' }],
  ['publish.payload.size', { types: ['size', 'map', 'list of map'], isRequired: true }],
  ['broker.downlink.drop', { types: ['percentage'], description: 'Never sent' }],
  ['thresholds.connect_latency', { types: ['text', 'map', 'list of text or map'] }],
])('tells of %s what it takes and what without it', (path, expected) => {
  expect(rows.get(path)).toMatchObject(expected);
});

it('has no default where it would be a whole map', () => {
  expect(rows.get('connect')).not.toHaveProperty('default');
});

it('has no default where each form has its own', () => {
  expect(rows.get('auth.method')).toMatchObject({
    types: expect.arrayContaining(['hmac', 'https', 'token', 'x509', 'password', 'none', 'sas']),
  });
  expect(rows.get('auth.method')).not.toHaveProperty('default');
});
