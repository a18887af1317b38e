/** The text of a scenario file, or why there is none. */

import { readGivenText } from '../../input/given-file.ts';
import { badInput, type FleetError } from '../../model/errors.ts';

/** Far more than anyone writes by hand. */
const MAX_SCENARIO_BYTES = 4 * 1024 * 1024;
/** Names that only device lists have. */
const LIST_NAME = /\.(?:csv|jsonl|ndjson)$/i;

/** Throws `bad-input`. */
export async function readScenarioText(file: string): Promise<string> {
  const read = await readGivenText(file, MAX_SCENARIO_BYTES);
  if ('wrong' in read) {
    const message = read.isMissing ? 'there is no such scenario file' : `the scenario ${read.wrong}`;
    const hint = hintFor(file, read.wrong) ?? read.hint;
    throw badInput([{ file, message, ...(hint === undefined ? {} : { hint }) }]);
  }
  if (LIST_NAME.test(file)) throw notScenario(file);
  return read.text;
}

function hintFor(file: string, wrong: string): string | undefined {
  if (file === '-') return 'a scenario is read from a file, not from standard input';
  if (wrong === 'is a folder') return 'name a file in it';
  return wrong.startsWith('is over') ? 'devices go into a list of their own' : undefined;
}

/** Shows nothing of what is in it: it may be a list of secrets. */
export function notScenario(file: string): FleetError {
  const message =
    'this is not a scenario (a map of keys and values); is it a device list? name it in devices: { file: … }';
  return badInput([{ file, line: 1, column: 1, message }]);
}
