/** The files by which Linux tells of itself. */
import { readFileSync } from 'node:fs';

/** Undefined where there is no such file: on another system, or where the kernel does not have what it tells of. */
export function readKernelFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
