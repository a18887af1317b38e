/**
 * A file under a temporary name, opened anew. What is there under that name is of a run that was killed, or was put there: a pipe, which
 * nobody reads, would hold the process for ever, and a link lead to a file of the user's. So nothing that is there is opened.
 */
import { openSync, unlinkSync } from 'node:fs';

/** Exclusive: neither follows a link nor opens what is there already. */
export type FreshFlags = 'wx' | 'ax';

/** Removes what is there, which must not be a folder. Throws what the file system does. */
export function openFresh(path: string, flags: FreshFlags): number {
  removeLeftOver(path);
  return openSync(path, flags);
}

/** The name and not what a link leads to. */
export function removeLeftOver(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
