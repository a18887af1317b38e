import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { scenarioJsonSchema } from '../../../../src/scenario/schema/json-schema.ts';
import { scenarioKeys } from '../../../../src/scenario/schema/scenario-keys.ts';

const schema = scenarioJsonSchema();
const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

function complaintsAbout(value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const FOLDER = 'scenarios';
const SCENARIOS = readdirSync(FOLDER).filter((name) => /\.(yaml|json)$/.test(name));
const SMALLEST = { target: 'embedded', devices: { generate: { productKey: 'pk', count: 2 } } };

describe('takes', () => {
  it.each(SCENARIOS)('%s', (name) => {
    expect(complaintsAbout(parse(readFileSync(join(FOLDER, name), 'utf8')))).toEqual([]);
  });

  it('the scenario of scenarios/README.md, which has every key', () => {
    const [, block] = /## Scenario file.*?```yaml\n(.*?)```/s.exec(
      readFileSync('scenarios/README.md', 'utf8'),
    )!;
    expect(complaintsAbout(parse(block!))).toEqual([]);
  });

  it('a value from the environment in any place', () => {
    const scenario = {
      ...SMALLEST,
      name: '${ENV:NAME}',
      devices: { file: '${ENV:LIST}', count: '${ENV:COUNT}' },
      auth: { signmethod: '${ENV:METHOD}' },
      tls: { verify: '${ENV:VERIFY}' },
      hold: '${ENV:SECONDS}s',
      thresholds: { connect_latency: 'p(99) < ${ENV:LIMIT}' },
    };
    expect(complaintsAbout(scenario)).toEqual([]);
  });
});

describe('refuses', () => {
  it.each<[string, object, string]>([
    ['an unknown key', { holdd: '1s' }, ' must NOT have additional properties'],
    ['a duration without its unit', { hold: '10' }, '/hold must match pattern'],
    ['a bare number for a duration', { hold: 10 }, '/hold must be string'],
    [
      'a rate without its unit',
      { connect: { stages: [{ duration: '1s', rate: '50' }] } },
      '/rate must match',
    ],
    ['a stage without its rate', { connect: { stages: [{ duration: '1s' }] } }, "property 'rate'"],
    ['QoS 2', { subscribe: [{ topic: 't', qos: 2 }] }, '/qos must be equal to one of the allowed values'],
    [
      'another signmethod',
      { auth: { signmethod: 'hmacsha512' } },
      '/auth/signmethod must be equal to one of',
    ],
    ['a text for a number', { seed: 'one' }, '/seed must match pattern'],
    ['no devices', { devices: undefined }, "property 'devices'"],
    [
      'a threshold on no metric',
      { thresholds: { latency: 'max < 1s' } },
      '/thresholds must NOT have additional',
    ],
  ])('%s', (_, part, complaint) => {
    const scenario = JSON.parse(JSON.stringify({ ...SMALLEST, ...part }));
    expect(complaintsAbout(SMALLEST)).toEqual([]);
    expect(complaintsAbout(scenario)).toContainEqual(expect.stringContaining(complaint));
  });
});

it('says of every key what it is for', () => {
  const keys = scenarioKeys(schema);
  expect(keys.filter(({ schema: { description } }) => !description).map(({ path }) => path)).toEqual([]);
  const inThresholds = keys.filter(({ path }) => path.startsWith('thresholds.'));
  expect(keys.length - inThresholds.length).toBeGreaterThanOrEqual(103);
});

it('names units and defaults', () => {
  const of = new Map(scenarioKeys(schema).map(({ path, schema }) => [path, schema]));
  expect(of.get('connect.timeout')).toMatchObject({
    default: '10s',
    description: expect.stringContaining('A duration: 250ms, 10s, 1m30s.'),
  });
  expect(of.get('connect.stages.rate')!.description).toContain('500/s');
  expect(of.get('thresholds.connect_latency')!.description).toContain('p(99) < 500ms');
});
