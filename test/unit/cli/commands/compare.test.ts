import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from '../../../../src/compare/comparison.ts';
import { temporaryFolder } from '../../../support/cli.ts';
import { inProcess } from '../../../support/in-process.ts';
import { MADE_SCENARIO, madeRun, writeRun } from '../../../support/made-runs.ts';

const folder = temporaryFolder();
const base = join(folder, 'base');
const like = join(folder, 'like');
const slow = join(folder, 'slow');
const other = join(folder, 'other');

beforeAll(() => {
  writeRun(base, madeRun({ seed: 1 }));
  writeRun(like, madeRun({ seed: 2 }));
  writeRun(slow, madeRun({ seed: 3, connackUs: 20_000 }));
  const asRun = MADE_SCENARIO.replace('20/s', '30/s');
  writeRun(other, madeRun({ seed: 4, facts: { client: 'wire' }, environment: { cores: 8 }, asRun }));
});

describe('compare', () => {
  it('finds no difference between two runs of one make', async () => {
    const { code, stdout, stderr } = await inProcess(['compare', base, like]);
    expect(stderr).toBe('');
    expect(stdout).toContain('Verdict     no difference');
    expect(code).toBe(0);
  });

  it('finds where a run is slower, and by how much; the summary.json will do for its folder', async () => {
    const { code, stdout } = await inProcess(['compare', base, join(slow, 'summary.json'), '--json']);
    const { verdict, trends } = JSON.parse(stdout) as Comparison;
    expect(code).toBe(0);
    expect(verdict).toBe('worse');
    const worse = Object.entries(trends).filter(([, trend]) => trend.verdict === 'worse');
    expect(worse.map(([name]) => name)).toEqual(['connect_latency', 'connect_service', 'connect_connack']);
    expect(Math.round(trends.connect_connack!.p50.change!)).toBe(20);
  });

  it('always says the same of the same two runs', async () => {
    const [once, again] = await Promise.all([
      inProcess(['compare', base, slow]),
      inProcess(['compare', base, slow]),
    ]);
    expect(again.stdout).toBe(once.stdout);
  });

  it('prints Markdown', async () => {
    const { stdout } = await inProcess(['compare', base, slow, '--markdown']);
    expect(stdout).toContain('## made: worse');
    expect(stdout).toContain('| `connect_connack` |');
  });
});

describe('--html', () => {
  it('writes one page that asks for nothing else, beside what is printed', async () => {
    const file = join(folder, 'pages', 'slow.html');
    const { code, stdout } = await inProcess(['compare', base, slow, '--html', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('Verdict     worse');
    const page = readFileSync(file, 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
  });

  it('exits 112 where it cannot be written, and prints nothing', async () => {
    const { code, stdout, stderr } = await inProcess([
      'compare',
      base,
      slow,
      '--html',
      join(base, 'summary.json', 'x'),
    ]);
    expect(stderr).toContain('could not write');
    expect(stdout).toBe('');
    expect(code).toBe(112);
  });

  it('exits 112 over a file that is no page, which stays', async () => {
    const file = join(base, 'summary.json');
    const before = readFileSync(file, 'utf8');
    const { code, stdout, stderr } = await inProcess(['compare', base, slow, '--html', file]);
    expect(stderr).toContain(`${file} is there already, and not a page of this tool`);
    expect(stdout).toBe('');
    expect(code).toBe(112);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

describe('--fail-on', () => {
  it.each([
    ['holds', ['connect_latency.p50 > +10%'], 99, '✗ connect_latency.p50 > +10%'],
    [
      'does not hold',
      ['publish_ack.p50 > +100%', 'connects_failed.count > +0'],
      0,
      '✓ connects_failed.count > +0',
    ],
    ['has no data', ['connect_tls.p50 > +10%'], 99, 'too little data: no values in base'],
    ['has too little data', ['connect_latency.p99 > +10%'], 99, 'too little data: 50 s'],
  ])('%s', async (_, rules, expected, said) => {
    const { code, stdout } = await inProcess([
      'compare',
      base,
      slow,
      ...rules.flatMap((rule) => ['--fail-on', rule]),
    ]);
    expect(stdout).toContain(said);
    expect(code).toBe(expected);
  });
});

describe('--tolerance', () => {
  it('is what counts as no difference', async () => {
    const { stdout } = await inProcess(['compare', base, slow, '--tolerance', '30ms', '--tolerance', '50%']);
    expect(stdout).toContain('less than 50 % or, of times, 30 ms');
    expect(stdout).toContain('Verdict     no difference');
  });
});

describe('runs that are not comparable', () => {
  it('are refused, with every difference named, before anything is compared', async () => {
    const { code, stdout, stderr } = await inProcess(['compare', base, other]);
    expect(stderr).toContain('client differs: mqtt in base, wire in head (--allow client');
    expect(stderr).toContain('environment.cores differs: 2 in base, 8 in head');
    expect(stderr).toContain('connect.stages.0.rate differs: 20/s in base, 30/s in head');
    expect(stdout).toBe('');
    expect(code).toBe(104);
  });

  it('are compared where that is said to be meant, and the differences shown', async () => {
    const allowed = ['client', 'environment', 'connect'].flatMap((what) => ['--allow', what]);
    const { code, stdout } = await inProcess(['compare', base, other, ...allowed]);
    expect(code).toBe(0);
    expect(stdout).toContain('client: mqtt → wire');
    expect(stdout).toContain('connect.stages.0.rate: 20/s → 30/s');
  });
});

describe('bad input is said all at once, and exits 104', () => {
  it('of flags and folders', async () => {
    const empty = temporaryFolder();
    writeFileSync(join(empty, 'summary.json'), '{}');
    const flags = ['--fail-on', 'connect_latncy.p99 > 1%', '--fail-on', 'x', '--tolerance', 'much'];
    const { code, stderr, stdout } = await inProcess(['compare', join(folder, 'absent'), empty, ...flags]);
    expect(stderr).toContain('did you mean connect_latency?');
    expect(stderr).toContain('--fail-on: "x" is no rule');
    expect(stderr).toContain('--tolerance: "much" is no tolerance');
    expect(stderr).toContain(`${join(folder, 'absent', 'summary.json')}: there is no such file`);
    expect(stderr).toContain(`${join(empty, 'summary.json')}: is no summary of a run`);
    expect(stdout).toBe('');
    expect(code).toBe(104);
  });

  it.each([
    [['compare', 'a'], 'two runs'],
    [['compare', 'a', 'b', '--json', '--markdown'], '--json and --markdown exclude each other'],
    [['compare', 'a', 'b', '--allow', 'cleint'], 'did you mean client?'],
  ])('%j', async (args, said) => {
    const { code, stderr } = await inProcess(args.map((arg) => ({ a: base, b: like })[arg] ?? arg));
    expect(stderr).toContain(said);
    expect(code).toBe(104);
  });
});
