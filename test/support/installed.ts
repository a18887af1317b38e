/** Tests against programs that may not be installed: skipped with a word about it on a desk, required in CI. */
import { spawnSync } from 'node:child_process';

/** True where the program is on PATH; throws instead of answering false when CI=true. */
export function isInstalled(program: string): boolean {
  const found = spawnSync('which', [program]).status === 0;
  if (!found && process.env.CI === 'true')
    throw new Error(`${program} is not installed, and CI=true requires it`);
  if (!found) console.warn(`skipped: ${program} is not installed`);
  return found;
}
