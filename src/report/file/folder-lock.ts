/**
 * A folder that a run is writing into: no other may take it meanwhile. A file with the id of the process; that of one that was killed holds
 * nobody off. Processes of other machines cannot be looked up: it is for those of this one.
 */
import { closeSync, lstatSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError } from '../../model/errors.ts';
import { removeLeftOver } from './fresh-file.ts';
import { notWritten } from './not-written.ts';

export const LOCK = '.run.lock';
/** Longest time (ms) for which a process is held up between making the file and writing into it. */
const UNWRITTEN_MS = 5000;

/** Returns the way to give it up. Throws `report-not-written` when another process has it, or nothing can be written there. */
export function lockFolder(folder: string): () => void {
  return lockAt(join(folder, LOCK), () => expectUnlocked(folder));
}

/** The same with a lock of that name; `expectFree` throws where another process has it. */
export function lockAt(path: string, expectFree: () => void): () => void {
  for (;;) {
    expectFree();
    try {
      create(path);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw notWritten(path, error);
      // Another was faster, which the next look will say; or it is of one that was killed.
      if (isLeftOver(path)) clear(path);
    }
  }
}

function clear(path: string): void {
  try {
    removeLeftOver(path);
  } catch (error) {
    throw notWritten(path, error);
  }
}

export function isLocked(folder: string): boolean {
  return holderOf(join(folder, LOCK)) !== undefined;
}

/** The process that has the lock, by its id; undefined where none has. */
export function holderOf(path: string): string | undefined {
  const text = lockTextOf(path);
  return text === undefined || isLeftOver(path) ? undefined : text.split(' ')[0] || 'unknown';
}

/** Throws `report-not-written`, naming the process that writes into the folder. */
export function expectUnlocked(folder: string): void {
  const pid = holderOf(join(folder, LOCK));
  if (pid === undefined) return;
  throw new FleetError(
    'report-not-written',
    `${folder} is being written by a run that goes on (process ${pid})`,
    { hint: 'name another folder with --out, or wait until it has ended' },
  );
}

function create(path: string): void {
  const file = openSync(path, 'wx');
  try {
    writeSync(file, `${process.pid} ${startOf(process.pid) ?? ''}`);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Ids are used again: on Linux the process must have begun when the lock says. */
function isLeftOver(path: string): boolean {
  const text = lockTextOf(path);
  if (text === undefined) return true;
  const [pid, start] = text.split(' ');
  if (!/^\d+$/.test(pid ?? '')) return ageMs(path) > UNWRITTEN_MS;
  return !isAlive(Number(pid)) || (start !== '' && startOf(Number(pid)) !== start);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Start of a process in ticks since the machine's; undefined where the system does not tell. The name before it may hold spaces and brackets. */
function startOf(pid: number): string | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function ageMs(path: string): number {
  try {
    return Date.now() - lstatSync(path).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** No run has made a lock that is anything but a regular file; and a pipe would not be read to its end. */
function lockTextOf(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? textOf(path) : undefined;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').slice(0, 4096);
  } catch {
    return undefined;
  }
}
