/** The only place that writes reports to the disk: a file is whole or absent. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetError } from '../errors.ts';

/** `reports/<UTC time>-<name>`, the time to the second in the basic form of ISO 8601. */
export function runFolder(name: string, epochMs: number): string {
  const time = new Date(epochMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return join('reports', `${time}-${name.replace(/[^\w.-]+/g, '-')}`);
}

/** Throws `report-not-written`. */
export async function createFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw notWritten(folder, error);
  });
}

/**
 * Writes each file under a temporary name, syncs it and renames it: a full disk leaves no truncated report behind. Throws
 * `report-not-written`, naming the file.
 */
export async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  await createFolder(folder);
  for (const [name, content] of Object.entries(files)) {
    const target = join(folder, name);
    const temporary = join(folder, `.${name}.partial`);
    try {
      await writeSynced(temporary, content);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw notWritten(target, error);
    }
  }
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
