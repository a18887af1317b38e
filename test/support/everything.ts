/** Whatever a command said and wrote, as one text in which a secret may be looked for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finished } from './cli.ts';

export function everythingOf({ stdout, stderr }: Finished, folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile());
  const written = files.map((each) => readFileSync(join(each.parentPath, each.name), 'latin1'));
  return [stdout, stderr, ...written].join('\n');
}
