/** The values of a command's flags from what the parser made of the line, and all that is wrong with them. */
import type * as z from 'zod';
import { nearest } from '../../input/nearest.ts';
import { defaultMessage } from '../../input/zod-message.ts';
import type { Problem } from '../../model/errors.ts';
import { TOOL } from '../../model/tool.ts';
import { type FlagFacts, factsOf } from './flag-facts.ts';
import type { Fields, Flags, Values } from './flags.ts';

/** A command line: the parser's values by the flags' names in camel case, and the words as they were given. */
export interface Line {
  given: Readonly<Record<string, unknown>>;
  words: readonly string[];
}

/** Values are whole where there are no problems, which come in the order of the help. */
export interface Reading<Shape extends Fields> {
  values: Values<Shape>;
  problems: Problem[];
}

export async function readFlags<Shape extends Fields>(
  { fields, rules }: Flags<Shape>,
  line: Line,
  { facts = factsOf(fields), env = {} }: { facts?: readonly FlagFacts[]; env?: NodeJS.ProcessEnv } = {},
): Promise<Reading<Shape>> {
  const values: Partial<Values<Shape>> = {};
  const problems = new Map<string, Problem[]>();
  const wrong = new Set<string>();
  const say = (key: string, more: Problem[]): void => {
    if (more.length > 0) problems.set(key, [...(problems.get(key) ?? []), ...more]);
  };
  for (const fact of facts) {
    const key: keyof Shape & string = fact.key;
    const read = await readFlag(fact, fields[key]!, line);
    if (read.success) values[key] = read.value as Values<Shape>[typeof key];
    else {
      wrong.add(key);
      say(key, read.problems);
    }
  }
  for (const { names, check } of rules) {
    if (names.some((name) => wrong.has(name))) continue;
    const complain = (path: readonly PropertyKey[], message: string, hint?: string): void => {
      for (const name of path.length === 0 ? names : path) wrong.add(String(name));
      const about = facts.filter(({ key }) => path.includes(key)).map(placeOf);
      const file = about.length === 0 ? TOOL.name : about.join(', ');
      say(String(path[0] ?? names[0]), [{ file, message, ...(hint === undefined ? {} : { hint }) }]);
    };
    check(values, complain, env);
  }
  const missing = facts.filter(({ key, isRequired }) => isRequired && line.given[key] === undefined);
  const inOrder = facts.flatMap(({ key }) => problems.get(key) ?? []);
  return { values: values as Values<Shape>, problems: [...problemsOfMissing(missing), ...inOrder] };
}

type FlagReading = { success: true; value: unknown } | { success: false; problems: Problem[] };

async function readFlag(fact: FlagFacts, field: z.ZodType, line: Line): Promise<FlagReading> {
  const given = givenTo(fact, line);
  const mistake = mistakeIn(fact, given, line);
  if (mistake !== undefined) return { success: false, problems: [{ file: placeOf(fact), message: mistake }] };
  if (given === undefined && fact.isRequired) return { success: false, problems: [] };
  const { success, data, error } = await field.safeParseAsync(given, { error: defaultMessage });
  return success
    ? { success, value: data }
    : { success, problems: error.issues.flatMap((issue) => problemsOf(issue, fact, given)) };
}

/** A flag's value as it was given. Choices are guessed at by the parser: a number, or true where nothing follows. */
function givenTo({ key, kind, isPositional }: FlagFacts, { given, words }: Line): unknown {
  const value = given[key];
  // The parser takes a dash alone, which names standard input elsewhere, for nothing.
  if (isPositional && value === '' && !words.includes('')) return '-';
  if (kind === 'choice' && typeof value === 'number') return String(value);
  // `--set=`
  return kind === 'array' && Array.isArray(value) && value.length === 0 ? [''] : value;
}

/** What is wrong with how a flag is given, whatever it takes. */
function mistakeIn(fact: FlagFacts, given: unknown, { words }: Line): string | undefined {
  const { kind, name, isPositional, mayStandAlone } = fact;
  if (kind === 'boolean') {
    // The parser takes any text for false.
    const value = words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
    if (value !== undefined && value !== 'true' && value !== 'false') return 'takes no value';
  } else if (!isPositional && !mayStandAlone && standsAlone(fact, words)) {
    return 'needs a value';
  }
  if (Array.isArray(given) && kind !== 'array') return 'was given more than once';
  return Number.isNaN(given) ? 'takes a whole number' : undefined;
}

/** A flag that takes a value and was given none. A number below 0 is a value. */
function standsAlone({ key, name, alias }: FlagFacts, words: readonly string[]): boolean {
  const written = [`--${name}`, `--${key}`, `-${alias}`];
  return words.some((word, at) => written.includes(word) && /^-(?!\.?\d)/.test(words[at + 1] ?? '-'));
}

/** Flags that are missing are named in one sentence. */
function problemsOfMissing(missing: readonly FlagFacts[]): Problem[] {
  const flags = missing.filter(({ isPositional }) => !isPositional).map(placeOf);
  const words = missing.map(({ missing }) => missing).filter((each) => each !== undefined);
  const said = [...new Set(words), ...(flags.length === 0 ? [] : [`${flags.join(', ')} must be given`])];
  return said.map((message) => ({ file: TOOL.name, message }));
}

function problemsOf(issue: z.core.$ZodIssue, fact: FlagFacts, given: unknown): Problem[] {
  if (issue.code === 'custom' && issue.params?.problems !== undefined) return issue.params.problems;
  const file = placeOf(fact);
  if (fact.kind === 'choice') return [{ file, message: noChoice(fact, given) }];
  const hint = issue.code === 'custom' ? issue.params?.hint : choicesIn(issue);
  return [{ file, message: issue.message, ...(hint === undefined ? {} : { hint }) }];
}

function choicesIn(issue: z.core.$ZodIssue): string | undefined {
  return issue.code === 'invalid_value' ? `one of: ${issue.values.join(', ')}` : undefined;
}

function noChoice({ choices }: FlagFacts, given: unknown): string {
  const meant = nearest(String(given), choices);
  return `takes one of ${choices.join(', ')}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

function placeOf({ name, isPositional }: FlagFacts): string {
  return isPositional ? `the name of the ${name}` : `--${name}`;
}
