/** The file that --html names: nothing is there yet, or an earlier page, which is replaced. */
import { lstat, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { FleetError } from '../../model/errors.ts';
import { notWritten } from './not-written.ts';
import { writeFiles } from './write.ts';

/** How each of our pages begins. */
const PAGE_START = '<!doctype html';

const HINT = 'name with --html a new file or an earlier page, so that nothing of yours is overwritten';

/** Throws `report-not-written`. */
export async function writePage(file: string, page: string): Promise<void> {
  await expectPageOrNone(file);
  await writeFiles(dirname(file), { [basename(file)]: page });
}

/** Looks early whether a page may be written, for whoever has much to do before. Throws `report-not-written`. */
export async function expectPageOrNone(file: string): Promise<void> {
  const what = await whatIsAt(file).catch((error) => {
    throw notWritten(file, error, HINT);
  });
  if (what === undefined) return;
  throw new FleetError('report-not-written', `${file} is ${what}`, { hint: HINT });
}

/** What stands in a page's way; undefined where it may be written. What is no regular file is not opened: a pipe would wait for its other end. */
async function whatIsAt(file: string): Promise<string | undefined> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  if (!found.isFile()) return 'not a regular file';
  const start = await startOf(file, PAGE_START.length);
  return start.toLowerCase() === PAGE_START ? undefined : 'there already, and not a page of this tool';
}

async function startOf(file: string, bytes: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
