/**
 * Linux grows a process's table of open files by doubling, and in a process of several threads the system call that does so (an accept
 * or a socket of the 257th, 513th, 1025th … file) waits for a grace period of RCU: 10 to 40 ms in which the thread stands still. The
 * table never shrinks, so it is grown before anything is measured.
 */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

/** Makes room for `count` open files, or as many as the process may have. */
export function growDescriptorTable(count: number): void {
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(openSync(devNull, 'r'));
  } catch {
    // EMFILE: as large as it may become. Whoever wants more is told so by the preflight, or by the failures of the run.
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}
