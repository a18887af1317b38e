import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { scenarioJsonSchema } from '../../src/scenario/schema/json-schema.ts';
import { cli, type Finished, ROOT, readSummary, temporaryFolder } from '../support/cli.ts';

const RUN = [
  'run',
  'scenarios/quickstart.yaml',
  '--allow-invalid',
  '--quiet',
  '--workers=2',
  '--set=connect.stages.0.rate=200/s',
  '--set=connect.stages.0.duration=1s',
  '--set=hold=1s',
  '--set=thresholds.connect_latency=max < 1us',
];

let run: Finished;
let folder: string;

beforeAll(async () => {
  folder = temporaryFolder();
  run = await cli([...RUN, '--out', folder]);
  expect(run.stderr).toBe('');
});

/** Of the run alone: a report makes neither. */
const RECORDS = ['run.log', 'snapshots.jsonl'];

/** Name and content of every file that a report writes, those in folders too. */
function contentOf(run: string): Record<string, string> {
  const names = readdirSync(run, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile() && !RECORDS.includes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    names.sort().map((name) => [name.slice(run.length + 1), readFileSync(name, 'utf8')]),
  );
}

/** Which of the files differ: their whole content would be no readable complaint. */
function differences(one: Record<string, string>, other: Record<string, string>): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (name) => one[name] !== other[name],
  );
}

describe('report', () => {
  it('prints what the run printed, and ends well whatever the run’s verdict was', async () => {
    const { code, stdout, stderr } = await cli(['report', folder]);
    expect(run.code).toBe(99);
    expect(stdout).toBe(run.stdout);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('writes each file as the run wrote it, byte for byte', async () => {
    const before = contentOf(folder);
    expect(Object.keys(before).length).toBeGreaterThan(10);
    rmSync(join(folder, 'report.html'));
    rmSync(join(folder, 'percentiles'), { recursive: true });
    await cli(['report', join(folder, 'summary.json')]);
    expect(differences(contentOf(folder), before)).toEqual([]);
  });

  it('writes the same into another folder, and prints the summary as JSON', async () => {
    const out = join(temporaryFolder(), 'copy');
    // Of an earlier run there, with a trend that this one does not have.
    mkdirSync(join(out, 'percentiles'), { recursive: true });
    for (const name of ['summary.json', 'percentiles/earlier.hgrm']) writeFileSync(join(out, name), '');
    const { code, stdout } = await cli(['report', folder, '--out', out, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(readSummary(folder));
    expect(differences(contentOf(out), contentOf(folder))).toEqual([]);
  });

  it('exits 104 for what is no run, with every problem, and writes nothing', async () => {
    const none = await cli(['report', temporaryFolder()]);
    expect(none.stderr).toContain('summary.json: there is no such file');
    expect(none.code).toBe(104);

    const spoilt = temporaryFolder();
    const summary = { ...readSummary(folder), durationMs: 'long', startedAt: 'yesterday' };
    writeFileSync(join(spoilt, 'summary.json'), JSON.stringify(summary));
    writeFileSync(join(spoilt, 'histograms.hlog'), 'Tag=connect_tcp,0.0,1.0,1.0,HISTgarbage\n');
    const { code, stdout, stderr } = await cli(['report', spoilt]);
    expect(stderr).toContain('summary.json: durationMs is not a number');
    expect(stderr).toContain('summary.json: startedAt is not of the right form');
    expect(stderr).toContain('histograms.hlog:1: is no line of this histogram log');
    expect(stderr).toContain('3 problems');
    expect(stdout).toBe('');
    expect(code).toBe(104);
    expect(readdirSync(spoilt).sort()).toEqual(['histograms.hlog', 'summary.json']);
  });

  it('exits 104 without a run, and 112 where it may not write', async () => {
    const unnamed = await cli(['report']);
    expect(unnamed.stderr).toContain('the folder of a run');
    expect(unnamed.code).toBe(104);
    const foreign = temporaryFolder();
    writeFileSync(join(foreign, 'notes.txt'), 'mine');
    const { code, stderr } = await cli(['report', folder, '--out', foreign]);
    expect(stderr).toContain('holds other files');
    expect(code).toBe(112);
  });

  it('does with summary and log alone', async () => {
    const bare = temporaryFolder();
    mkdirSync(bare, { recursive: true });
    for (const name of ['summary.json', 'histograms.hlog'])
      copyFileSync(join(folder, name), join(bare, name));
    const { code } = await cli(['report', bare]);
    expect(code).toBe(0);
    expect(readFileSync(join(bare, 'report.html'), 'utf8').includes('it was not kept')).toBe(true);
    expect(differences(contentOf(bare), contentOf(folder)).sort()).toEqual(['report.html', 'scenario.yaml']);
  });
});

describe('the JSON schemas that ship', () => {
  const schema = (name: string) => JSON.parse(readFileSync(join(ROOT, 'dist/schemas', name), 'utf8'));

  it('take the summary of a real run, and not one with anything amiss', () => {
    const validate = new Ajv({
      strict: true,
      strictRequired: false,
      allowUnionTypes: true,
      formats: { 'date-time': true },
    }).compile(schema('summary.schema.json'));
    validate(readSummary(folder));
    expect(validate.errors).toBeNull();
    const { trends: _, ...without } = readSummary(folder);
    expect(validate(without)).toBe(false);
    expect(validate({ ...readSummary(folder), requests: 3 })).toBe(false);
    const summary = readSummary(folder);
    Object.assign(summary.counters, { connects_ok: -1 });
    expect(validate(summary)).toBe(false);
  });

  it('are those of this build', () => {
    expect(schema('scenario.schema.json')).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
  });
});
