/** The scenarios that come with the tool: found by their names from any folder. A file of the user's own comes first. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, extname, join, normalize } from 'node:path';
import { nearest } from '../input/nearest.ts';
import { badInput } from '../model/errors.ts';
import { TOOL_FOLDER } from '../model/tool.ts';

const FOLDER = 'scenarios';
const SHIPPED = join(TOOL_FOLDER, FOLDER);

/** `quickstart`, `quickstart.yaml` and `scenarios/quickstart.yaml` are one. Throws `bad-input` for a name of no file. */
export function scenarioFile(name: string): string {
  if (name === '' || name === '-' || existsSync(name)) return name;
  const shipped = namesIn(SHIPPED);
  const folder = dirname(normalize(name));
  const stem = basename(name, '.yaml');
  if (shipped.includes(stem) && (folder === '.' || folder === FOLDER)) return join(SHIPPED, `${stem}.yaml`);
  // A path that leads elsewhere is a file of the user's, and what is wrong with it is said where it is read.
  if (folder !== '.' && folder !== FOLDER) return name;
  const meant = extname(name) === '' || extname(name) === '.yaml' ? nearest(stem, shipped) : undefined;
  const message = 'there is no such scenario file';
  const hint =
    meant === undefined ? `those that come with the tool: ${shipped.join(', ')}` : `did you mean ${meant}?`;
  throw badInput([{ file: name, message, hint }]);
}

function namesIn(folder: string): string[] {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files
    .filter((file) => extname(file) === '.yaml')
    .map((file) => basename(file, '.yaml'))
    .sort();
}
