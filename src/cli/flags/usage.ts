/** What is wrong with the command line, in our words rather than the parser's. */
import type { Argv, CommandModule } from 'yargs';
import { nearest } from '../../input/nearest.ts';
import { FleetError } from '../../model/errors.ts';
import { TOOL } from '../../model/tool.ts';

/** What yargs knows of the flags of the command that was named. */
export interface KnownFlags {
  /** All names, aliases too. */
  key?: Record<string, unknown>;
  string?: string[];
  number?: string[];
  boolean?: string[];
  array?: string[];
}

/** What stands alone as well as with a value, or means something when it is empty. */
const MAY_BE_EMPTY = new Set(['online', 'prefix', 'client-id', 'explain', 'sent-client-id', 'set', 'client']);

const POSITIONALS = new Set(['scenario', 'run', 'base', 'head']);

/** A flag that takes a value and was given none would be taken as not given at all. */
export function withValues(command: CommandModule): CommandModule {
  const { builder } = command;
  return {
    ...command,
    builder: (yargs: Argv) => {
      const built = typeof builder === 'function' ? (builder(yargs) as Argv) : yargs;
      const { string = [], number = [], array = [] } = flagsOf(built);
      const single = [...string, ...number].filter((name) => !array.includes(name) && name !== 'online');
      return built.requiresArg(single.filter((name) => name in (flagsOf(built).key ?? {})));
    },
  } as CommandModule;
}

export function flagsOf(yargs: Argv): KnownFlags {
  return (yargs as unknown as { getOptions(): KnownFlags }).getOptions();
}

/** For yargs' check: what its types let pass. Throws with the first. */
export function soundFlags(argv: Record<string, unknown>, known: KnownFlags): true {
  const { number = [], string = [], boolean = [], array = [] } = known;
  for (const [name, value] of Object.entries(argv)) {
    if (Array.isArray(value) && name !== '_' && name !== '--' && !array.includes(dashed(name)))
      throw new Error(`${flag(nameOf(name, argv))} was given more than once`);
    if (number.includes(name) && Number.isNaN(value))
      throw new Error(`${flag(nameOf(name, argv))} takes a whole number`);
    if (boolean.includes(name) && typeof value !== 'boolean') throw new Error(`${flag(name)} takes no value`);
    if (value === '' && string.includes(name) && !MAY_BE_EMPTY.has(name) && name in (known.key ?? {}))
      throw new Error(`${POSITIONALS.has(name) ? `the name of the ${name}` : flag(name)} is empty`);
  }
  return true;
}

/** yargs takes any text for false. Throws with the first. */
export function noValues(args: readonly string[], { boolean = [] }: KnownFlags): void {
  for (const arg of args) {
    if (arg === '--') return;
    const [, name, value] = /^--([a-z-]+)=(.*)$/s.exec(arg) ?? [];
    if (name !== undefined && boolean.includes(name) && value !== 'true' && value !== 'false')
      throw new Error(`${flag(name)} takes no value`);
  }
}

/** The whole word, where only its letter was given. */
function nameOf(name: string, argv: Record<string, unknown>): string {
  if (name.length > 1) return dashed(name);
  return dashed(
    Object.keys(argv).find(
      (other) => other.length > 1 && other !== '_' && Object.is(argv[other], argv[name]),
    ) ?? name,
  );
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function flag(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** Where and how the command line was wrong. */
export interface Line {
  args: readonly string[];
  commands: readonly string[];
  known: KnownFlags;
}

/** A `bad-input` fault from the parser's message. */
export function usageError(message: string, line: Line): FleetError {
  const hint = `${TOOL.name} --help lists the commands, ${TOOL.name} COMMAND --help their flags`;
  return new FleetError('bad-input', plain(message, line), { hint });
}

function plain(message: string, line: Line): string {
  const [first = ''] = line.args;
  // yargs' own suggestion does not say what it is for.
  if (line.commands.length > 0 && first !== '' && !line.commands.includes(first))
    return first.startsWith('-')
      ? unknownArguments([first.replace(/^-+|=.*$/gs, '')], line)
      : unknownCommand(first, line);
  if (/^Not enough non-option arguments: .* at least 2$/.test(message)) return 'name two runs, BASE and HEAD';
  if (message.startsWith('Not enough non-option arguments'))
    return 'name a scenario file, or for report the folder of a run';
  const missing = /^Missing required arguments?: (.*)$/.exec(message)?.[1];
  if (missing !== undefined) return `${missing.split(', ').map(flag).join(', ')} must be given`;
  const bare = /^Not enough arguments following: (.*)$/.exec(message)?.[1];
  if (bare !== undefined) return `${flag(bare)} needs a value`;
  const choice = /^Invalid values:\s+Argument: ([\w-]+), Given: (.*), Choices: (.*)$/s.exec(message);
  if (choice) return notAChoice(choice[1]!, choice[2]!, choice[3]!);
  const unknown = /^Unknown arguments?: (.*)$/s.exec(message)?.[1];
  // A suggestion of the library comes on a line of its own.
  const said = message.replace(/\s*\n\s*/g, '; ');
  return unknown === undefined ? said : unknownArguments(unknown.split(', '), line);
}

function unknownCommand(name: string, { commands }: Line): string {
  // Two letters that changed places are two mistakes.
  const meant = nearest(name, commands, Math.max(2, Math.floor(name.length / 2)));
  const which = meant !== undefined || /^[a-z-]{1,20}$/.test(name) ? ` ${name}` : '';
  return `unknown command${which}; ${meant === undefined ? `valid: ${commands.join(', ')}` : `did you mean ${meant}?`}`;
}

/** Each unknown flag comes twice, as it was written and in camel case. What is not of a flag's form may be a secret gone astray. */
function unknownArguments(names: readonly string[], { args, known }: Line): string {
  const shown = names.filter((name) => /^[a-z-]{1,30}$/.test(name));
  if (shown.length === 0) return 'an argument too many';
  const valid = Object.keys(known.key ?? {}).filter((name) => name.length > 1);
  const said = shown.map((name) => {
    const isFlag = args.some(
      (arg) => arg.startsWith(`--${name}`) || (name.length === 1 && /^-[a-z]/i.test(arg)),
    );
    if (!isFlag) return `an argument too many: ${name}`;
    if (name === 'v') return 'unknown flag -v; --version prints the version';
    const meant =
      name.length === 1 ? undefined : nearest(name, valid, Math.max(1, Math.floor(name.length / 3)));
    return `unknown flag ${flag(name)}${meant === undefined ? '' : `; did you mean --${meant}?`}`;
  });
  return said.join('; ');
}

function notAChoice(name: string, given: string, choices: string): string {
  const valid = choices.split(', ').map((each) => each.replaceAll('"', ''));
  const text = given.replaceAll('"', '');
  const meant = nearest(text, valid);
  const rest = meant === undefined ? '' : `; did you mean ${meant}?`;
  return `${flag(name)} takes one of ${valid.join(', ')}${rest}`;
}
