import { spawnSync } from 'node:child_process';
import {
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
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRunRecord, type RunRecord } from '../../../../src/app/record/run-record.ts';
import { FleetError } from '../../../../src/model/errors.ts';
import { claimFolder, writeFiles } from '../../../../src/report/file/write.ts';
import { headOfTwo } from '../../report/journal/journals.ts';

const NAMES = ['.run.lock', '.run.log.partial', '.snapshots.jsonl.partial'];
const EARLIER = ['snapshots.jsonl', 'summary.json', 'run.log', 'percentiles/a.hgrm'];

let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'mqtt-fleet-record-'));
  folder = join(parent, 'run');
  mkdirSync(join(folder, 'percentiles'), { recursive: true });
  for (const name of EARLIER) writeFileSync(join(folder, name), 'earlier');
});

afterEach(() => rmSync(parent, { recursive: true }));

const open = (): RunRecord => openRunRecord(folder, headOfTwo(), () => {});

function expectRecorded(): void {
  open().close(true);
  expect(readdirSync(folder).sort()).toEqual(['percentiles', 'run.log', 'snapshots.jsonl']);
  expect(readFileSync(join(folder, 'run.log'), 'utf8')).toContain('opened');
  expect(readFileSync(join(folder, 'snapshots.jsonl'), 'utf8')).toContain('"type":"head"');
}

describe.each(NAMES)('what is there under the name %s', (name) => {
  it('as a pipe is not waited for', async () => {
    expect(spawnSync('mkfifo', [join(folder, name)]).status).toBe(0);
    await claimFolder(folder);
    expectRecorded();
  });

  it('as a link leads nowhere', async () => {
    const mine = join(parent, 'mine.txt');
    writeFileSync(mine, `${process.ppid} `);
    symlinkSync(mine, join(folder, name));
    await claimFolder(folder);
    expectRecorded();
    expect(readFileSync(mine, 'utf8')).toBe(`${process.ppid} `);
  });

  it('as a folder is said, and nothing of an earlier run is lost', async () => {
    mkdirSync(join(folder, name));
    await claimFolder(folder);
    expect(open).toThrow(FleetError);
    expect(open).toThrow(join(folder, name));
    for (const file of EARLIER) expect(readFileSync(join(folder, file), 'utf8')).toBe('earlier');
    expect(readdirSync(folder).sort()).toEqual(
      [name, 'percentiles', 'run.log', 'snapshots.jsonl', 'summary.json'].sort(),
    );
  });
});

it('a report under a temporary name is not written through a pipe or a link either', async () => {
  const mine = join(parent, 'mine.txt');
  writeFileSync(mine, 'mine');
  symlinkSync(mine, join(folder, '.a.json.partial'));
  expect(spawnSync('mkfifo', [join(folder, '.b.json.partial')]).status).toBe(0);
  await writeFiles(folder, { 'a.json': '1', 'b.json': '2' });
  expect(readFileSync(mine, 'utf8')).toBe('mine');
  for (const [file, text] of [
    ['a.json', '1'],
    ['b.json', '2'],
  ] as const)
    expect(readFileSync(join(folder, file), 'utf8')).toBe(text);
});
