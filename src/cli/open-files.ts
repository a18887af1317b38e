/** How many files the process may have open, where that is too few to load the program itself. */
import { readFileSync } from 'node:fs';
import { TOOL } from '../model/tool.ts';

/** Its modules take about 115 at once. */
const ENOUGH = 200;

/** What to say of a program that could not be loaded; throws the error again where open files are not the reason. */
export function tooFewFiles(error: NodeJS.ErrnoException, limit: number | undefined): string {
  const isShort = error.code === 'EMFILE' || error.code === 'ENFILE' || (limit ?? ENOUGH) < ENOUGH;
  if (!isShort) throw error;
  const allowed =
    error.code === 'ENFILE' || limit === undefined
      ? 'this machine has no file left to open'
      : `a process may have ${limit} files open (ulimit -n)`;
  const remedy = `raise that to ${ENOUGH} at least, and one more for each connection (ulimit -n; LimitNOFILE of a service, --ulimit nofile of a container)`;
  return `${TOOL.name}: this machine cannot load the program: ${allowed}\n  ${remedy}`;
}

/** Undefined where the system does not tell. To be asked while there is a file left to open. */
export function filesAllowed(): number | undefined {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}
