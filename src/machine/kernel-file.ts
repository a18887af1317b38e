/** The files by which Linux tells of itself. */
import { readFileSync } from 'node:fs';

/** Text of a file of the kernel; undefined where there is none: on another system, or where the kernel does not have what it tells of. */
export function readKernelFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
