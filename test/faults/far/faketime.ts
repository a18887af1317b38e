/** libfaketime: a wall clock of the process's own, which jumps when a file says so. The machine's clock is left alone. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Undefined if it is not installed. */
export const FAKETIME = findLibrary();

/** The environment of a process whose clock is that of `file`, as `+0` and `+3600` in it say; the monotonic clock is the true one. */
export function clockOf(file: string): Record<string, string> {
  return {
    LD_PRELOAD: FAKETIME!,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    // What it waits for by itself is none of its business.
    FAKETIME_DONT_RESET: '1',
  };
}

function findLibrary(): string | undefined {
  for (const folder of [
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/lib',
    '/usr/lib64',
  ]) {
    const library = join(folder, 'faketime', 'libfaketimeMT.so.1');
    try {
      if (readdirSync(join(folder, 'faketime')).includes('libfaketimeMT.so.1')) return library;
    } catch {
      // Not there.
    }
  }
  return undefined;
}
