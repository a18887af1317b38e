/** What is wrong with a command line beside the values of its flags: names that nobody knows, and too much or nothing at all. */
import { nearest } from '../../input/nearest.ts';
import { badInput, FleetError, type Problem } from '../../model/errors.ts';
import { TOOL } from '../../model/tool.ts';
import { dashed, type FlagFacts } from './flag-facts.ts';
import type { Line } from './read-flags.ts';

const HELP = `${TOOL.name} --help lists the commands, ${TOOL.name} COMMAND --help their flags`;

/** What the parser gives beside flags and positionals: words too many, its own name, what it answers by itself. */
const OF_THE_PARSER = ['_', '$0', 'help', 'h', 'version'];

/** Flags that the command does not have, and arguments that it has no place for. */
export function strangersIn({ given }: Line, facts: readonly FlagFacts[]): Problem[] {
  const names = facts.map(({ name }) => name);
  const known = new Set([...names, ...facts.map(({ alias }) => alias), ...OF_THE_PARSER]);
  const flags = [...new Set(Object.keys(given).map(asTyped))].filter((name) => !known.has(name));
  const [, ...tooMany] = given._ as unknown[];
  return [...flags.map((name) => unknownFlag(name, names)), ...tooMany.map((word) => tooMuch(String(word)))];
}

/** `allowInvalid` is a flag in camel case; letters that are large anywhere else are no name of a flag. */
function asTyped(key: string): string {
  return /^[a-z]+(?:[A-Z][a-z]+)+$/.test(key) ? dashed(key) : key;
}

/** What is not of a flag's form may be a secret gone astray. */
function unknownFlag(name: string, names: readonly string[]): Problem {
  if (!/^[a-z-]{1,30}$/.test(name)) return ofLine('an argument too many');
  if (name.length === 1)
    return ofLine(`unknown flag -${name}${name === 'v' ? '; --version prints the version' : ''}`);
  const valid = [...names, 'help', 'version'];
  const meant = nearest(name, valid, Math.max(1, Math.floor(name.length / 3)));
  return ofLine(`unknown flag --${name}${meant === undefined ? '' : `; did you mean --${meant}?`}`);
}

function tooMuch(word: string): Problem {
  return ofLine(`an argument too many${/^[a-z-]{1,30}$/.test(word) ? `: ${word}` : ''}`);
}

/** What is wrong with a line that names none of the commands. */
export function noCommand([first]: readonly string[], commands: readonly string[]): Problem {
  if (first === undefined) return ofLine('name a command');
  if (first.startsWith('-')) return unknownFlag(first.replace(/^-+|=.*$/gs, ''), []);
  // Two letters that changed places are two mistakes.
  const meant = nearest(first, commands, Math.max(2, Math.floor(first.length / 2)));
  const which = meant !== undefined || /^[a-z-]{1,20}$/.test(first) ? ` ${first}` : '';
  return ofLine(
    `unknown command${which}; ${meant === undefined ? `valid: ${commands.join(', ')}` : `did you mean ${meant}?`}`,
  );
}

function ofLine(message: string): Problem {
  return { file: TOOL.name, message };
}

/** Messages whose subject is the flag; any other stands behind it as behind a place in a file. */
const SENTENCE = /^(?:takes |needs a value$|was given more than once$|is empty$)/;

/** `bad-input` of at least one problem. A sentence about the line that is all there is to say is the error's own. */
export function lineError(problems: readonly Problem[]): FleetError {
  const said = problems.map((problem) =>
    SENTENCE.test(problem.message)
      ? { ...problem, ...ofLine(`${problem.file} ${problem.message}`) }
      : problem,
  );
  const [first, ...more] = said;
  if (first?.file !== TOOL.name || more.length > 0) return badInput(said);
  return new FleetError('bad-input', first.message, { hint: first.hint ?? HELP });
}
