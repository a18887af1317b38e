import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FleetError } from '../../../../src/model/errors.ts';
import {
  appendBelow,
  claimFolder,
  clearRun,
  createRunFolder,
  type Disk,
  dropPercentiles,
  writeFiles,
} from '../../../../src/report/file/write.ts';

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

it('has each file on the disk before it gets its name, and what could not be synced gets none', async () => {
  const done: string[] = [];
  const disk = (isFull: boolean): Disk => ({
    async open(path) {
      const name = basename(path);
      const file = await open(path, 'w');
      return {
        writeFile: async (content) => {
          done.push(`write ${name}`);
          await file.writeFile(content);
        },
        sync: async () => {
          done.push(`sync ${name}`);
          if (isFull) throw new Error('EIO: i/o error, fsync');
        },
        close: () => file.close(),
      };
    },
    async rename(from, to) {
      done.push(`rename ${basename(to)}`);
      await rename(from, to);
    },
  });
  await writeFiles(folder, { 'a.json': '1', 'b.json': '2' }, disk(false));
  expect(done).toEqual(
    ['a', 'b'].flatMap((name) => [
      `write .${name}.json.partial`,
      `sync .${name}.json.partial`,
      `rename ${name}.json`,
    ]),
  );
  const fault = await faultOf(writeFiles(folder, { 'c.json': '3' }, disk(true)));
  expect(fault.message).toMatch(/could not write .*c\.json: EIO/);
  expect(readdirSync(folder).sort()).toEqual(['a.json', 'b.json']);
});

it('syncs through the file system where no other disk is given', async () => {
  // Every handle of the file system has the same class.
  const handle = await open(join(folder, 'probe'), 'w');
  const sync = vi.spyOn(Object.getPrototypeOf(handle), 'sync');
  await handle.close();
  try {
    await writeFiles(folder, { 'a.json': '1', 'b.json': '2' });
    expect(sync).toHaveBeenCalledTimes(2);
  } finally {
    sync.mockRestore();
  }
});

it('writes into folders within, of which no percentiles of the run before are left once it is replaced', async () => {
  const claimed = await claimFolder(join(folder, 'run'));
  const percentiles = join(claimed, 'percentiles');
  await writeFiles(claimed, { 'summary.json': '{}', 'percentiles/a.hgrm': '1', 'percentiles/b.hgrm': '1' });
  writeFileSync(join(percentiles, 'notes.txt'), 'mine');
  // Whoever only claims it may yet fail.
  await claimFolder(claimed);
  expect(readdirSync(percentiles).sort()).toEqual(['a.hgrm', 'b.hgrm', 'notes.txt']);
  const next = { 'summary.json': '{}', 'percentiles/a.hgrm': '2' };
  await writeFiles(claimed, next);
  await dropPercentiles(claimed, next);
  expect(readdirSync(percentiles).sort()).toEqual(['a.hgrm', 'notes.txt']);
  expect(readFileSync(join(percentiles, 'a.hgrm'), 'utf8')).toBe('2');
  clearRun(claimed);
  expect(readdirSync(percentiles)).toEqual(['notes.txt']);
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
    // What a killed run has left behind is nobody's.
    await mkdir('killed');
    writeFileSync('killed/.run.log.partial', '');
    expect(await claimFolder('killed')).toBe('killed');
    writeFileSync('mine.yaml', '');
    const fault = await faultOf(claimFolder('.'));
    expect(fault.code).toBe('report-not-written');
    expect(fault.hint).toContain('--out');
  });
});

describe("adding to a file of somebody else's", () => {
  const added = async (text: string, limit: number): Promise<[boolean, string]> => {
    const file = join(folder, 'job.md');
    const isWhole = await appendBelow(file, text, limit);
    return [isWhole, readFileSync(file, 'utf8')];
  };

  it('makes it, and begins on a new line where it is there', async () => {
    expect(await added('## a\n', 100)).toEqual([true, '## a\n']);
    expect(await added('## b\n', 100)).toEqual([true, '## a\n\n## b\n']);
  });

  it('cuts after a line what would make it as large as the limit, and says so in it', async () => {
    const lines = Array.from({ length: 99 }, (_, line) => `line ${line} ä\n`).join('');
    const limit = Buffer.byteLength(lines);
    const [isWhole, text] = await added(lines, limit);
    expect(isWhole).toBe(false);
    expect(Buffer.byteLength(text)).toBeLessThan(limit);
    expect(text).toMatch(/^line 0 ä\nline 1 ä\n.*line 9[0-9] ä\n\n\(The rest did not fit in here\.\)\n$/s);
    expect(await added(`${'m'.repeat(60)}\n`, limit)).toEqual([false, text]);
  });

  it('fits where a single byte is left below the limit', async () => {
    expect(await added('12345\n', 7)).toEqual([true, '12345\n']);
    rmSync(join(folder, 'job.md'));
    writeFileSync(join(folder, 'job.md'), '');
    expect(await added('12345\n', 6)).toEqual([false, '']);
  });

  it('counts what others put there', async () => {
    writeFileSync(join(folder, 'job.md'), 'x'.repeat(94));
    expect(await added('1234\n', 100)).toEqual([false, 'x'.repeat(94)]);
    expect(await added('123\n', 100)).toEqual([true, `${'x'.repeat(94)}\n123\n`]);
  });

  it('rejects where it cannot be written', async () => {
    const within = join(folder, 'not-there', 'job.md');
    await expect(appendBelow(within, 'x', 1e6)).rejects.toThrow('ENOENT');
  });

  it('rejects what is no regular file, and waits for nobody', async () => {
    const pipe = join(folder, 'pipe');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    for (const file of [pipe, folder, '/dev/null'])
      await expect(appendBelow(file, 'x', 1e6)).rejects.toThrow(`${file} is not a regular file`);
  });
});
