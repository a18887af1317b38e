import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FleetError } from '../../../src/errors.ts';
import { claimFolder, createRunFolder, writeFiles } from '../../../src/report/write.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-write-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function faultOf(writing: Promise<unknown>): Promise<FleetError> {
  const error = await writing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FleetError);
  return error as FleetError;
}

it('writes whole files, over old ones too, and leaves no temporary one', async () => {
  const made = await claimFolder(join(folder, 'a', 'b'));
  await writeFiles(made, { 'x.json': '{}', 'y.txt': 'ä' });
  await writeFiles(made, { 'x.json': '{"n":2}' });
  expect(readdirSync(made).sort()).toEqual(['x.json', 'y.txt']);
  expect(readFileSync(join(made, 'x.json'), 'utf8')).toBe('{"n":2}');
  expect(readFileSync(join(made, 'y.txt'), 'utf8')).toBe('ä');
});

it('writes into folders within, and a folder that is claimed again has no percentiles of the run before', async () => {
  const claimed = await claimFolder(join(folder, 'run'));
  await writeFiles(claimed, { 'summary.json': '{}', 'percentiles/a.hgrm': '1', 'percentiles/b.hgrm': '1' });
  writeFileSync(join(claimed, 'percentiles', 'notes.txt'), 'mine');
  await writeFiles(await claimFolder(claimed), { 'summary.json': '{}', 'percentiles/a.hgrm': '2' });
  expect(readdirSync(join(claimed, 'percentiles')).sort()).toEqual(['a.hgrm', 'notes.txt']);
  expect(readFileSync(join(claimed, 'percentiles', 'a.hgrm'), 'utf8')).toBe('2');
});

it('a folder that is a file is a report not written', async () => {
  const file = join(folder, 'taken');
  writeFileSync(file, 'not a folder');
  const fault = await faultOf(claimFolder(file));
  expect(fault.code).toBe('report-not-written');
  expect(fault.message).toContain(file);
  expect(fault.hint).toContain('--out');
  expect(readFileSync(file, 'utf8')).toBe('not a folder');
});

it('a file that cannot be put in its place leaves no part of itself, and the others whole', async () => {
  // rename() cannot put a file in the place of a folder.
  await mkdir(join(folder, 'second.json'));
  const fault = await faultOf(writeFiles(folder, { 'first.json': '1', 'second.json': '2' }));
  expect(fault.code).toBe('report-not-written');
  expect(fault.message).toContain('second.json');
  expect(readdirSync(folder).sort()).toEqual(['first.json', 'second.json']);
  expect(readFileSync(join(folder, 'first.json'), 'utf8')).toBe('1');
});

describe('the folder of a run', () => {
  const epochMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  let before: string;

  beforeEach(() => {
    before = process.cwd();
    process.chdir(folder);
  });

  afterEach(() => process.chdir(before));

  it('is named by its UTC time and its scenario, whatever is in the name', async () => {
    expect(await createRunFolder('property-post', epochMs)).toBe('reports/20260102T030405Z-property-post');
    expect(await createRunFolder('../a b/c', epochMs)).toBe('reports/20260102T030405Z-..-a-b-c');
  });

  it('is never shared by two runs of the same second', async () => {
    const made = await Promise.all([1, 2, 3].map(() => createRunFolder('twin', epochMs)));
    expect(new Set(made).size).toBe(3);
  });

  it('may be named by the user where it is new, empty or holds an earlier report', async () => {
    expect(await claimFolder('new/one')).toBe('new/one');
    expect(await claimFolder('new/one')).toBe('new/one');
    await writeFiles('new/one', { 'summary.json': '{}' });
    expect(await claimFolder('new/one')).toBe('new/one');
    writeFileSync('mine.yaml', '');
    const fault = await faultOf(claimFolder('.'));
    expect(fault.code).toBe('report-not-written');
    expect(fault.hint).toContain('--out');
  });
});
