/** The only place that writes reports to the disk: a file is whole or absent. */
import { readdirSync, rmSync } from 'node:fs';
import { appendFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FleetError } from '../../model/errors.ts';
import { JOURNAL } from '../journal/journal.ts';
import { PERCENTILES_FOLDER, RUN_FILES } from '../run/run-files.ts';
import { expectUnlocked, LOCK } from './folder-lock.ts';
import { removeLeftOver } from './fresh-file.ts';
import { notWritten } from './not-written.ts';

/** Files by any of which a folder is known to hold a run's reports, or what a killed run has left. */
const RUN_MARKS = ['summary.json', JOURNAL];

/**
 * Makes `reports/<UTC time>-<name>`, the time to the second in the basic form of ISO 8601; a second run within the same second gets a
 * number of its own. Throws `report-not-written`.
 */
export async function createRunFolder(name: string, epochMs: number): Promise<string> {
  const time = new Date(epochMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const folder = join('reports', `${time}-${name.replace(/[^\w.-]+/g, '-')}`);
  await makeFolder('reports');
  for (let copy = 1; ; copy++) {
    const numbered = copy === 1 ? folder : `${folder}-${copy}`;
    try {
      await mkdir(numbered);
      return numbered;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw notWritten(numbered, error);
    }
  }
}

/**
 * A folder the user has named: new, empty, or with the reports of an earlier run, which may be replaced. None of them is touched yet.
 * Throws `report-not-written`.
 */
export async function claimFolder(folder: string, marks: readonly string[] = RUN_MARKS): Promise<string> {
  await makeFolder(folder);
  expectUnlocked(folder);
  const found = await readdir(folder).catch((error) => {
    throw notWritten(folder, error);
  });
  // A run that was killed leaves these behind.
  const files = found.filter((name) => name !== LOCK && !/^\..+\.partial$/.test(name));
  if (files.length === 0 || marks.some((mark) => files.includes(mark))) return folder;
  throw new FleetError('report-not-written', `${folder} holds other files than a run's reports`, {
    hint: 'name a new or empty folder with --out, so that nothing of yours is overwritten',
  });
}

/**
 * Removes the reports of an earlier run, without a pause between: its journal first, then its summary. So whoever is ended in the middle
 * leaves either all that tells of the earlier run, or nothing that is taken for one.
 */
export function clearRun(folder: string): void {
  for (const name of [JOURNAL, ...RUN_FILES]) rmSync(join(folder, name), { force: true });
  for (const path of percentilesIn(folder)) rmSync(path);
}

/**
 * Removes the journal of an earlier run whose other files have been replaced by those of a run that is in another folder. Throws
 * `report-not-written`.
 */
export async function dropJournal(folder: string): Promise<void> {
  await drop(join(folder, JOURNAL));
}

/**
 * Removes the percentiles that an earlier run has left of trends which are not among the files written since: every other file was replaced.
 * Throws `report-not-written`.
 */
export async function dropPercentiles(folder: string, written: Record<string, string>): Promise<void> {
  const kept = new Set(Object.keys(written).map((name) => join(folder, name)));
  for (const path of percentilesIn(folder)) if (!kept.has(path)) await drop(path);
}

async function drop(path: string): Promise<void> {
  await rm(path, { force: true }).catch((error) => {
    throw notWritten(path, error);
  });
}

function percentilesIn(folder: string): string[] {
  const percentiles = join(folder, PERCENTILES_FOLDER);
  const names = namesIn(percentiles).filter((name) => name.endsWith('.hgrm'));
  return names.map((name) => join(percentiles, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch(async (error) => {
    // Of a read-only file system Node says there that something does not exist.
    const plain: unknown = await mkdir(folder).catch((reason) => reason);
    throw notWritten(folder, plain ?? error);
  });
}

/** A file that is written under a temporary name. */
interface OpenFile {
  writeFile(content: string): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What the files are written with: the file system, or in tests one that fails. */
export interface Disk {
  open(path: string, flags: 'wx'): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
}

const REAL_DISK: Disk = { open, rename };

/**
 * Writes each file into the folder, which exists, under a temporary name, syncs it and renames it: a full disk leaves no truncated report
 * behind, nor does a machine that goes down. Throws `report-not-written`, naming the file.
 */
export async function writeFiles(
  folder: string,
  files: Record<string, string>,
  disk: Disk = REAL_DISK,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const target = join(folder, name);
    const temporary = join(dirname(target), `.${basename(name)}.partial`);
    await makeFolder(dirname(target));
    try {
      await writeSynced(temporary, content, disk);
      await disk.rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw notWritten(target, error);
    }
  }
}

const CUT = '\n\n(The rest did not fit in here.)\n';

/**
 * Adds Markdown to a file of somebody else's, which need not exist, and keeps it smaller than `limitBytes`: what does not fit is cut off
 * after a line. False when something was. Throws what the file system does, and where it is no regular file: a pipe would hold the process
 * for ever.
 */
export async function appendBelow(file: string, markdown: string, limitBytes: number): Promise<boolean> {
  const held = await stat(file).catch(() => undefined);
  if (held !== undefined && !held.isFile()) throw new Error(`${file} is not a regular file`);
  const heldBytes = held?.size ?? 0;
  const room = limitBytes - 1 - heldBytes;
  // A heading needs a line of its own.
  const text = Buffer.from(heldBytes > 0 ? `\n${markdown}` : markdown);
  if (text.length <= room) {
    await appendFile(file, text);
    return true;
  }
  const end = text.subarray(0, Math.max(0, room - CUT.length)).lastIndexOf('\n');
  if (end > 0) await appendFile(file, `${text.subarray(0, end)}${CUT}`);
  return false;
}

async function writeSynced(path: string, content: string, disk: Disk): Promise<void> {
  removeLeftOver(path);
  const file = await disk.open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
