/** What is wrong with the command line, in our words rather than the parser's. */
import { FleetError } from '../errors.ts';
import { TOOL } from '../tool.ts';

/** Flags that may be given several times; any other twice is a slip that yargs would turn into a list. */
const LIST_FLAGS = new Set(['_', 'set', 'fail-on', 'failOn', 'tolerance', 'allow']);

export function givenOnce(argv: Record<string, unknown>): true {
  const twice = Object.keys(argv).find((name) => Array.isArray(argv[name]) && !LIST_FLAGS.has(name));
  if (twice !== undefined) throw new Error(`--${twice} was given more than once`);
  return true;
}

/** A `bad-input` fault from the parser's message. */
export function usageError(message: string): FleetError {
  const hint = `${TOOL.name} --help lists the commands, ${TOOL.name} COMMAND --help their flags`;
  return new FleetError('bad-input', plain(message), { hint });
}

function plain(message: string): string {
  if (/^Not enough non-option arguments: .* at least 2$/.test(message)) return 'name two runs, BASE and HEAD';
  if (message.startsWith('Not enough non-option arguments'))
    return 'name a scenario file, or for report the folder of a run';
  const unknown = /^Unknown arguments?: (.*)$/.exec(message);
  if (unknown) {
    // Each unknown flag comes twice, as it was written and in camel case. What is not of a flag's form may be a secret gone astray.
    const names = unknown[1]!.split(', ').filter((name) => /^[a-z-]{1,30}$/.test(name));
    return names.length > 0 ? `unknown flag or argument: ${names.join(', ')}` : 'an argument too many';
  }
  // A suggestion comes on a line of its own.
  return message.replace(/\s*\n\s*/g, '; ');
}
