/** What the disk, a file system of the row's own, does to a report. */

import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type FarSide, farSide } from '../far/scripted.ts';
import { until } from '../far/until.ts';
import { DEVICES, ONE, type Provoked, type Row, type Stage } from '../row.ts';

/** The folder for the report is in it. */
function mountDisk(stage: Stage, kb: number): string {
  const disk = join(stage.folder, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kb}k`, 'tmpfs', disk]);
  stage.atEnd(() => execFileSync('umount', ['-l', disk]));
  return disk;
}

function fill(disk: string): void {
  const file = openSync(join(disk, 'filling'), 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  } finally {
    closeSync(file);
  }
}

function freeBytes(disk: string): number {
  const { bavail, bsize } = statfsSync(disk);
  return bavail * bsize;
}

/** Full, or read-only, before the run begins. */
function beforehand(spoil: (disk: string) => void, isSpoilt: (disk: string) => void) {
  return async (stage: Stage): Promise<Provoked> => {
    const disk = mountDisk(stage, 64);
    spoil(disk);
    const far = await farSide(stage);
    return {
      target: far.target,
      out: join(disk, 'out'),
      proof: () => {
        isSpoilt(disk);
        expect(far.peers.length, 'before any load').toBe(0);
      },
    };
  };
}

async function inMidRun(stage: Stage): Promise<Provoked> {
  const disk = mountDisk(stage, 1024);
  const far: FarSide = await farSide(stage);
  return {
    target: far.target,
    out: join(disk, 'out'),
    during: async () => {
      await until('messages of all', () => far.messages > 2 * DEVICES);
      fill(disk);
    },
    proof: ({ stdout }) => {
      expect(far.connects).toBe(DEVICES);
      expect(stdout, 'what is known is shown').toContain(`${DEVICES} ok`);
    },
  };
}

/** Room for the log and for the first files, not for the page. */
async function whileWriting(stage: Stage): Promise<Provoked> {
  const disk = mountDisk(stage, 96);
  const far = await farSide(stage);
  return {
    target: far.target,
    out: join(disk, 'out'),
    proof: ({ stdout }) => {
      expect(readdirSync(join(disk, 'out')), 'what came first').toContain('summary.json');
      expect(stdout, 'what is known is shown').toContain(`${DEVICES} ok`);
    },
  };
}

const UNWRITTEN = {
  clients: ONE,
  outcome: 'unwritten',
  because: /could not write .*\n.*--out/,
  exit: 112,
  endsInSec: 30,
  needs: ['mounts'],
} as const satisfies Partial<Row>;

export const DISK: Row[] = [
  {
    ...UNWRITTEN,
    name: 'disk full at the start',
    fault: beforehand(fill, (disk) => expect(freeBytes(disk)).toBe(0)),
    needs: ['mounts'],
  },
  {
    ...UNWRITTEN,
    name: 'disk full in mid-run',
    fault: inMidRun,
    set: ['hold=2s'],
    needs: ['mounts'],
  },
  { ...UNWRITTEN, name: 'disk full while writing', fault: whileWriting, needs: ['mounts'], inCit: true },
  {
    ...UNWRITTEN,
    name: 'folder that is read-only',
    fault: beforehand(
      (disk) => execFileSync('mount', ['-o', 'remount,ro', disk]),
      (disk) => expect(() => mkdirSync(join(disk, 'x'))).toThrow('EROFS'),
    ),
    needs: ['mounts'],
  },
];
