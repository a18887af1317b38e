import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FleetError } from '../../../../src/model/errors.ts';
import { expectPageOrNone, writePage } from '../../../../src/report/file/page-file.ts';

const PAGE = '<!doctype html>\n<p>new';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-page-'));
  file = join(folder, 'page.html');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Neither what is asked beforehand nor the writing itself lets it through. */
async function expectRefused(what: string): Promise<void> {
  for (const ask of [expectPageOrNone, writePage]) {
    const fault = await ask(file, PAGE).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(FleetError);
    expect(fault).toMatchObject({ code: 'report-not-written', hint: expect.stringContaining('--html') });
    expect((fault as FleetError).message).toContain(file);
    expect((fault as FleetError).message).toContain(what);
  }
}

it('is made, in a folder that need not be there, and replaced where it is a page', async () => {
  const deep = join(folder, 'a', 'b.html');
  await writePage(deep, PAGE);
  expect(readFileSync(deep, 'utf8')).toBe(PAGE);
  writeFileSync(file, '<!DOCTYPE HTML><p>old');
  await writePage(file, PAGE);
  expect(readFileSync(file, 'utf8')).toBe(PAGE);
});

it.each(['{"schemaVersion":1}', '<!doctype', ' <!doctype html>', ''])(
  "another file of the user's stays as it is: %j",
  async (content) => {
    writeFileSync(file, content);
    await expectRefused('not a page');
    expect(readFileSync(file, 'utf8')).toBe(content);
    expect(readdirSync(folder)).toEqual(['page.html']);
  },
);

it('what is no regular file is not replaced by one', async () => {
  const page = join(folder, 'elsewhere.html');
  writeFileSync(page, '<!doctype html><p>old');
  symlinkSync(page, file);
  await expectRefused('not a regular file');
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readFileSync(page, 'utf8')).toContain('old');
  rmSync(file);
  mkdirSync(file);
  await expectRefused('not a regular file');
  rmSync(file, { recursive: true });
  expect(spawnSync('mkfifo', [file]).status).toBe(0);
  await expectRefused('not a regular file');
  expect(lstatSync(file).isFIFO()).toBe(true);
});

it('a place that cannot be looked at is one that cannot be written', async () => {
  writeFileSync(join(folder, 'file'), '');
  file = join(folder, 'file', 'page.html');
  await expectRefused('could not write');
});
