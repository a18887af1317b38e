/** A file system of Linux in memory that is as small as a test wants it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'vitest';

/** Mounted and removed once, to see whether that can be done here. */
export const SMALL_DISKS = canBeMounted();

/** For the title of what is skipped without them. */
export const NO_SMALL_DISKS = 'skipped: mounting a tmpfs needs root';

/** Where everything is meant to work, a skipped test is a failed one. */
export function smallDisksMustWorkInCi(): void {
  it.runIf(!SMALL_DISKS && process.env.CI === 'true')('a tmpfs can be mounted', () => {
    throw new Error(`${NO_SMALL_DISKS}: run as root`);
  });
}

export interface SmallDisk {
  folder: string;
  /** Takes all of its room but so much, in KB; a page of 4 is the least. */
  fill(leftKB: number): void;
  makeReadOnly(): void;
  unmount(): void;
}

export function mountSmallDisk(sizeKB: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-disk-'));
  const run = (program: string, ...args: string[]): void =>
    void execFileSync(program, args, { stdio: 'ignore' });
  run('mount', '-t', 'tmpfs', '-o', `size=${sizeKB}k`, 'none', folder);
  return {
    folder,
    fill(leftKB) {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(join(folder, 'filler'), Buffer.alloc(bavail * bsize - leftKB * 1024));
    },
    makeReadOnly: () => run('mount', '-o', 'remount,ro', folder),
    unmount() {
      run('umount', folder);
      rmdirSync(folder);
    },
  };
}

function canBeMounted(): boolean {
  try {
    mountSmallDisk(64).unmount();
    return true;
  } catch {
    return false;
  }
}
