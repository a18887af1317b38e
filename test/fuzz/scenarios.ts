/** Scenario files, `--set` and thresholds. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseThreshold } from '../../src/metrics/threshold/expression.ts';
import { METRIC_NAMES } from '../../src/model/metrics/metric-names.ts';
import { readScenario } from '../../src/scenario/scenario-file.ts';
import { ROOT } from '../support/cli.ts';
import type { Campaign } from './campaign.ts';
import type { Chance } from './chance.ts';
import { CANARY, reading, writeCase } from './texts.ts';

const SHIPPED = join(ROOT, 'scenarios');
/** What ships, with its device lists taken out: a case may turn the name of any file into that of another. */
const TEXTS = readdirSync(SHIPPED)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) =>
    readFileSync(join(SHIPPED, name), 'utf8').replace(
      /^ *file: .*$/m,
      '  generate: { productKey: pk, count: 2 }',
    ),
  );
const WORDS = [
  ...[
    'target: ',
    'devices:',
    'publish:',
    'connect: ',
    'stages: [',
    'every: ',
    'thresholds: {',
    'broker: {',
    'tls: {',
  ],
  ...[
    'embedded',
    'mqtts://h',
    '10s',
    '1e9h',
    '-1s',
    '50%',
    '5/s',
    '1KB',
    'null',
    'true',
    '[]',
    '{}',
    '- ',
    '\n  ',
    ': ',
  ],
  ...[
    '!!binary aGk=',
    '!!set',
    '!<x>',
    '&x ',
    '*x',
    '<<: *x',
    '? a\n: b',
    '|2-\n',
    '---\n',
    '...\n',
    '#',
    '%YAML 9.9\n',
  ],
];
const PATHS = [
  ...[
    'name',
    'target',
    'hold',
    'publish',
    'publish.0.every',
    'publish.0.payload.size',
    'connect.stages',
    'connect.timeout',
  ],
  ...[
    'connect.stages.0.rate',
    'thresholds.connect_latency',
    'devices.count',
    'tls.ca',
    'broker.faults.freeze',
    'seed',
  ],
  ...[
    '__proto__.x',
    'publish.-1',
    'publish.99999999',
    'a..b',
    '',
    'publish.0.reply',
    'reconnect',
    'auth.timestamp',
  ],
];
const VALUES = [
  '1',
  '-1',
  '1e400',
  '10s',
  '[]',
  '{}',
  '{a: 1',
  '!!binary aGk',
  '*x',
  '"',
  '${ENV:X}',
  '${ENV:',
  '~',
  '0x10',
  '.inf',
];

export function scenarioFiles(folder: string): Campaign {
  return {
    name: 'scenario files',
    share: 0.15,
    attack: (chance, nth) => {
      const text = chance.spoiledText(chance.of(TEXTS), WORDS);
      const file = writeCase(folder, `s${nth % 8}.${chance.is(0.9) ? 'yaml' : 'json'}`, text);
      return reading(() => readScenario(file, { overrides: [], env: { X: CANARY } }));
    },
  };
}

export function overrides(folder: string): Campaign {
  const file = writeCase(folder, 'sound.yaml', TEXTS[0]!);
  return {
    name: '--set',
    share: 0.1,
    attack: (chance) =>
      reading(() => readScenario(file, { overrides: assignments(chance), env: { X: CANARY } })),
  };
}

function assignments(chance: Chance): string[] {
  return Array.from({ length: 1 + chance.upTo(3) }, () => {
    const sound = `${chance.of(PATHS)}=${chance.of(VALUES)}`;
    return chance.is(0.3) ? chance.spoiledText(sound, VALUES) : sound;
  });
}

const EXPRESSIONS = [
  'p(99) < 500ms',
  'share < 1%',
  'rate > 150/s',
  'count == 0',
  'max <= 1000',
  'p(99.99)!=1e3us',
];

/** A pure function that never throws: what it says of an expression is either a threshold or what is wrong. */
export function thresholds(): Campaign {
  return {
    name: 'thresholds',
    share: 0.1,
    attack: async (chance) => {
      const metric = chance.is(0.1) ? chance.spoiledText('connect_latency') : chance.of(METRIC_NAMES);
      const expression = chance.spoiledText(chance.of(EXPRESSIONS), [
        ' ',
        '<',
        '(',
        ')',
        '%',
        'ms',
        'p(',
        '99',
      ]);
      const answer = parseThreshold(metric, expression);
      if ('wrong' in answer) return 'refused';
      if (!Number.isFinite(answer.threshold.bound))
        throw new Error(`no bound in ${JSON.stringify(expression)}`);
      return 'read';
    },
  };
}
