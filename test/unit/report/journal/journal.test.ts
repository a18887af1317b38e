import {
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FleetError } from '../../../../src/model/errors.ts';
import { clearRun } from '../../../../src/report/file/write.ts';
import { Journal, type JournalDisk } from '../../../../src/report/journal/journal.ts';
import { snapshotOf } from '../../metrics/snapshots.ts';
import { headOfTwo } from './journals.ts';

let folder: string;
let cuts: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-journal-'));
  cuts = [];
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A disk that takes so many bytes. */
function diskOf(room: number): JournalDisk & { synced: number } {
  let left = room;
  let end = 0;
  const disk = {
    synced: 0,
    write(file: number, bytes: Uint8Array): number {
      if (left === 0) throw new Error('ENOSPC: no space left on device, write');
      const written = writeSync(file, bytes.subarray(0, left));
      left -= written;
      end += written;
      return written;
    },
    truncate(file: number, bytes: number): void {
      ftruncateSync(file, bytes);
      left += end - bytes;
      end = bytes;
    },
    sync(file: number): void {
      fsyncSync(file);
      disk.synced++;
    },
  };
  return disk;
}

const open = (disk?: JournalDisk, clear: () => void = () => {}): Journal =>
  Journal.open(folder, headOfTwo(), clear, {
    ...(disk ? { disk } : {}),
    onCut: (reason) => cuts.push(reason),
  });

const lines = (): { type: string; shard?: number; sequence?: number; reason?: string }[] =>
  readFileSync(join(folder, 'snapshots.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const HEAD_BYTES = Buffer.byteLength(`${JSON.stringify(headOfTwo())}\n`);

it('has each entry on the disk as soon as it is appended, each snapshot with its place in the series of its shard', () => {
  const journal = open();
  expect(readdirSync(folder)).toEqual(['snapshots.jsonl']);
  journal.append({ type: 'started', epochMs: 1 });
  for (const shard of [0, 1, 1, 0]) {
    journal.append({ type: 'snapshot', shard, snapshot: snapshotOf(0) });
    expect(lines().at(-1)).toMatchObject({ type: 'snapshot', shard });
  }
  expect(
    lines()
      .map(({ type }) => type)
      .slice(0, 2),
  ).toEqual(['head', 'started']);
  expect(
    lines()
      .slice(2)
      .map(({ sequence }) => sequence),
  ).toEqual([0, 0, 1, 1]);
});

it('does not wait for the disk before its end, and does then', () => {
  const disk = diskOf(1e6);
  const journal = open(disk);
  journal.append({ type: 'started', epochMs: 1 });
  expect(disk.synced).toBe(0);
  journal.close(true);
  expect(disk.synced).toBe(1);
});

describe('a disk that is full in the middle', () => {
  it('cuts it after the last whole line, says so in a few words where they fit, and once', () => {
    const journal = open(diskOf(HEAD_BYTES + 200));
    journal.append({ type: 'started', epochMs: 1 });
    journal.append({ type: 'lost', shard: 0, reason: 'x'.repeat(500) });
    journal.append({ type: 'started', epochMs: 2 });
    journal.append({ type: 'snapshot', shard: 0, snapshot: snapshotOf(0) });
    expect(cuts).toEqual(['ENOSPC: no space left on device, write']);
    expect(journal.cut).toContain('ENOSPC');
    // A gap would make wrong figures of what follows it: nothing does.
    expect(lines().map(({ type }) => type)).toEqual(['head', 'started', 'cut']);
    expect(lines().at(-1)!.reason).toContain('ENOSPC');
  });

  it('has the last line make room for those words where it is longer than they are', () => {
    const lost = { type: 'lost', shard: 0, reason: 'out of memory, '.repeat(10) } as const;
    const journal = open(diskOf(HEAD_BYTES + Buffer.byteLength(`${JSON.stringify(lost)}\n`) + 5));
    journal.append(lost);
    journal.append({ type: 'started', epochMs: 1 });
    expect(lines().map(({ type }) => type)).toEqual(['head', 'cut']);
  });

  it('leaves whole lines alone where not even that fits', () => {
    const journal = open(diskOf(HEAD_BYTES + 40));
    journal.append({ type: 'started', epochMs: 1 });
    journal.append({ type: 'lost', shard: 0, reason: 'out of memory' });
    expect(lines().map(({ type }) => type)).toEqual(['head', 'started']);
  });

  it('is kept for a report to be made of it, and gone where the report is whole without it', () => {
    for (const isNeeded of [true, false]) {
      const journal = open(diskOf(HEAD_BYTES + 10));
      journal.append({ type: 'started', epochMs: 1 });
      journal.close(isNeeded);
      expect(readdirSync(folder)).toEqual(isNeeded ? ['snapshots.jsonl'] : []);
    }
  });
});

it('that was not cut stays beside the report', () => {
  open().close(false);
  expect(readdirSync(folder)).toEqual(['snapshots.jsonl']);
});

describe('in a folder with an earlier report', () => {
  const EARLIER = ['snapshots.jsonl', 'summary.json', 'report.html', 'run.log', 'percentiles/a.hgrm'];

  beforeEach(() => {
    mkdirSync(join(folder, 'percentiles'));
    for (const name of EARLIER) writeFileSync(join(folder, name), 'earlier');
  });

  it('takes its place, and nothing of it is left', () => {
    open(undefined, () => clearRun(folder));
    expect(readdirSync(folder).sort()).toEqual(['percentiles', 'snapshots.jsonl']);
    expect(readdirSync(join(folder, 'percentiles'))).toEqual([]);
    expect(lines()).toMatchObject([{ type: 'head' }]);
  });

  it('loses none of it to a disk that is full from the beginning', () => {
    const clear = (): void => clearRun(folder);
    expect(() => open(diskOf(20), clear)).toThrow(FleetError);
    expect(() => open(diskOf(20), clear)).toThrow(/could not write .*snapshots\.jsonl: ENOSPC/);
    for (const name of EARLIER) expect(readFileSync(join(folder, name), 'utf8')).toBe('earlier');
    expect(readdirSync(folder)).not.toContain('.snapshots.jsonl.partial');
  });

  // In the place of the file that is removed next, something that cannot be: there the kill came.
  it.each([
    ['summary.json', ['summary.json', 'report.html']],
    ['histograms.hlog', ['report.html']],
  ])('whoever is killed before %s goes leaves a whole report or none', (stuck, left) => {
    rmSync(join(folder, stuck), { force: true });
    mkdirSync(join(folder, stuck));
    expect(() => clearRun(folder)).toThrow();
    const names = ['snapshots.jsonl', 'summary.json', 'report.html'];
    expect(names.filter((name) => readdirSync(folder).includes(name))).toEqual(left);
  });
});
