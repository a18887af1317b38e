/** Programs that some tests need, and that need not be on every machine. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { it } from 'vitest';

/** Debian installs some where only root's PATH goes. */
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

/** The first of these names that is installed; undefined if none is. */
export function findProgram(...names: string[]): string | undefined {
  return names.flatMap((name) => FOLDERS.map((folder) => join(folder, name))).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where everything is meant to be installed, a skipped test is a failed one. */
export function mustBeInstalledInCi(name: string, found: string | undefined): void {
  it.runIf(found === undefined && process.env.CI === 'true')(`${name} is installed`, () => {
    throw new Error(`${name} is not installed: \`apt-get install ${name}\``);
  });
}
