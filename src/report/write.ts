/** The only place that writes reports to the disk: a file is whole or absent. */
import { appendFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FleetError } from '../errors.ts';
import { PERCENTILES_FOLDER } from './run-files.ts';

/** By this file a folder is known to hold a run's reports. */
const RUN_MARK = 'summary.json';

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

/** A folder the user has named: new, empty, or with the reports of an earlier run, which are replaced. Throws `report-not-written`. */
export async function claimFolder(folder: string, mark = RUN_MARK): Promise<string> {
  await makeFolder(folder);
  // A run that was killed leaves these behind.
  const files = (await readdir(folder)).filter((name) => !/^\..+\.partial$/.test(name));
  if (files.includes(mark)) await clearPercentiles(join(folder, PERCENTILES_FOLDER));
  if (files.length === 0 || files.includes(mark)) return folder;
  throw new FleetError('report-not-written', `${folder} holds other files than a run's reports`, {
    hint: 'name a new or empty folder with --out, so that nothing of yours is overwritten',
  });
}

/** A trend that the next run does not have would keep its file; every other file is replaced. */
async function clearPercentiles(folder: string): Promise<void> {
  const files = await readdir(folder).catch((): string[] => []);
  for (const file of files.filter((name) => name.endsWith('.hgrm'))) {
    await rm(join(folder, file)).catch((error) => {
      throw notWritten(join(folder, file), error);
    });
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw notWritten(folder, error);
  });
}

/**
 * Writes each file into the folder, which exists, under a temporary name, syncs it and renames it: a full disk leaves no truncated report behind. Throws
 * `report-not-written`, naming the file.
 */
export async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const target = join(folder, name);
    const temporary = join(dirname(target), `.${basename(name)}.partial`);
    await makeFolder(dirname(target));
    try {
      await writeSynced(temporary, content);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw notWritten(target, error);
    }
  }
}

const CUT = '\n\n(The rest did not fit in here.)\n';

/**
 * Adds Markdown to a file of somebody else's, which need not exist, and keeps it smaller than `limitBytes`: what does not fit is cut off
 * after a line. False when something was. Throws what the file system does.
 */
export async function appendBelow(file: string, markdown: string, limitBytes: number): Promise<boolean> {
  const heldBytes = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
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

async function writeSynced(file: string, content: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function notWritten(path: string, cause: unknown): FleetError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new FleetError('report-not-written', `could not write ${path}: ${why}`, {
    hint: 'name another folder with --out, or make room',
    cause,
  });
}
