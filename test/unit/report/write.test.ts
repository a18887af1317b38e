import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FleetError } from '../../../src/errors.ts';
import { runFolder, writeFiles } from '../../../src/report/write.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-write-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function faultOf(writing: Promise<void>): Promise<FleetError> {
  const error = await writing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FleetError);
  return error as FleetError;
}

it('writes whole files, over old ones too, and leaves no temporary one', async () => {
  const made = join(folder, 'a', 'b');
  await writeFiles(made, { 'x.json': '{}', 'y.txt': 'ä' });
  await writeFiles(made, { 'x.json': '{"n":2}' });
  expect(readdirSync(made).sort()).toEqual(['x.json', 'y.txt']);
  expect(readFileSync(join(made, 'x.json'), 'utf8')).toBe('{"n":2}');
  expect(readFileSync(join(made, 'y.txt'), 'utf8')).toBe('ä');
});

it('a folder that is a file is a report not written', async () => {
  const file = join(folder, 'taken');
  writeFileSync(file, 'not a folder');
  const fault = await faultOf(writeFiles(file, { 'x.json': '{}' }));
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

it('a run’s folder is named by its UTC time and its scenario, whatever is in the name', () => {
  const epochMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  expect(runFolder('property-post', epochMs)).toBe(join('reports', '20260102T030405Z-property-post'));
  expect(runFolder('../a b/c', epochMs)).toBe(join('reports', '20260102T030405Z-..-a-b-c'));
});
