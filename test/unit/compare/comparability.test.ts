import { describe, expect, it } from 'vitest';
import { differencesOfOtherEnd, refusals, runDifferences } from '../../../src/compare/comparability.ts';
import { MADE_SCENARIO, type MadeRunOptions, madeRun } from '../../support/made-runs.ts';

const base = madeRun({ seed: 1, seconds: 1 });

function headWith(part: Partial<MadeRunOptions>) {
  return madeRun({ seed: 2, seconds: 1, ...part });
}

describe('runs differ in what makes them comparable', () => {
  it('not when only their numbers differ', () => {
    expect(runDifferences(base, headWith({}))).toEqual([]);
    expect(differencesOfOtherEnd(base, headWith({}))).toEqual([]);
  });

  it.each<[string, Partial<MadeRunOptions>, string, string]>([
    ['devices', { facts: { devices: 500 } }, '400', '500'],
    ['client', { facts: { client: 'wire' } }, 'mqtt', 'wire'],
    ['protocol', { facts: { protocol: '5' } }, '3.1.1', '5'],
    ['auth.signmethod', { facts: { signmethod: 'hmacmd5' } }, 'hmacsha1', 'hmacmd5'],
    ['workers', { facts: { workers: 3 } }, '1', '3'],
    ['target', { facts: { target: 'mqtts://broker:8883' } }, 'mqtt', 'mqtts'],
    ['target', { facts: { target: 'mqtt://127.0.0.1:4711 (stand-in)' } }, 'mqtt', 'mqtt stand-in'],
    ['target', { facts: { target: 'Aliyun cn-shanghai' } }, 'mqtt', 'Aliyun'],
    ['tool', { toolVersion: '2.0.0' }, 'mqtt-fleet 1', 'mqtt-fleet 2'],
    ['environment.cpu', { environment: { cpu: 'other' } }, 'made', 'other'],
    ['environment.cores', { environment: { cores: 4 } }, '2', '4'],
    ['environment.node', { environment: { node: 'v22.1.0' } }, 'v20', 'v22'],
    ['connect.stages.0.rate', { asRun: MADE_SCENARIO.replace('20/s', '30/s') }, '20/s', '30/s'],
    ['publish.0.every', { asRun: MADE_SCENARIO.replace('1s', '2s') }, '1s', '2s'],
  ])('%s', (what, part, inBase, inHead) => {
    const found = runDifferences(base, headWith(part));
    expect(found).toContainEqual({ what, base: inBase, head: inHead });
    expect(found.filter((each) => each.what !== what && each.what !== 'connect.stages.0.from')).toEqual([]);
  });

  it('not in patch versions, another broker of the same kind, or a scenario that says the same', () => {
    const asRun = `${MADE_SCENARIO}hold: 0s\nthresholds: { connects_failed: ["count == 0"] }\n`;
    const head = headWith({
      toolVersion: '1.9.0',
      environment: { node: 'v20.1.1' },
      facts: { target: 'mqtt://other:1884', name: 'other' },
      asRun: asRun.replace('broker:1883', 'other:1884'),
    });
    expect(runDifferences(base, head)).toEqual([]);
    expect(differencesOfOtherEnd(base, head)).toEqual([
      { what: 'target', base: '"mqtt://broker:1883"', head: '"mqtt://other:1884"' },
    ]);
  });

  it('when one has no scenario beside its figures', () => {
    expect(runDifferences(base, { ...headWith({}), asRun: undefined })).toEqual([
      { what: 'scenario.yaml', base: 'there', head: 'missing' },
    ]);
    const bare = { ...base, asRun: undefined };
    expect(runDifferences(bare, bare)).toEqual([{ what: 'scenario.yaml', base: 'missing', head: 'missing' }]);
  });
});

describe('--allow', () => {
  const other = headWith({ facts: { client: 'wire' }, environment: { cpu: 'x', cores: 8 } });
  const found = runDifferences(base, other);

  it('is needed for each difference, by its name or by what it is in', () => {
    expect(refusals(found, [], 'head').map(({ message }) => message)).toEqual([
      'client differs: mqtt in base, wire in head',
      'environment.cpu differs: made in base, x in head',
      'environment.cores differs: 2 in base, 8 in head',
    ]);
    expect(refusals(found, ['client', 'environment.cpu'], 'head')).toEqual([
      {
        file: 'head',
        message: 'environment.cores differs: 2 in base, 8 in head',
        hint: '--allow environment.cores, if that is what is to be compared',
      },
    ]);
    expect(refusals(found, ['client', 'environment'], 'head')).toEqual([]);
    expect(refusals(found, ['all'], 'head')).toEqual([]);
  });

  it('knows what there is to allow', () => {
    expect(refusals([], ['cleint', 'connect.stages.0.rate'], 'head')).toEqual([
      { file: '--allow', message: '"cleint" is nothing that runs differ in', hint: 'did you mean client?' },
    ]);
  });
});
