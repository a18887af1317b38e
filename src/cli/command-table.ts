/** All commands, in the order of the help. Each is loaded when it is wanted: together they are the whole tool. */
import type { Command } from './command.ts';
import { type FlagFacts, factsOf } from './flags/flag-facts.ts';

const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).runCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
  limit: async () => (await import('./commands/limit.ts')).limitCommand,
  sign: async () => (await import('./commands/sign.ts')).signCommand,
  'sign-cost': async () => (await import('./commands/sign-cost.ts')).signCostCommand,
  broker: async () => (await import('./commands/broker.ts')).brokerCommand,
  devices: async () => (await import('./commands/devices.ts')).devicesCommand,
  register: async () => (await import('./commands/register.ts')).registerCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  compare: async () => (await import('./commands/compare.ts')).compareCommand,
};

/** The one that the line names by its first word; all of them where it names none, to say what there is. */
export async function commandsFor(args: readonly string[]): Promise<Command[]> {
  const word = args.find((arg) => !arg.startsWith('-')) ?? '';
  if (Object.hasOwn(LOADERS, word)) return [await LOADERS[word]!()];
  return Promise.all(Object.values(LOADERS).map((load) => load()));
}

/** A command as documentation tells of it. */
export interface CommandFacts {
  usage: string;
  describe: string;
  flags: FlagFacts[];
  /** Command lines, with `$0` for the tool, and what they do. */
  examples: readonly (readonly [line: string, meaning: string])[];
}

export async function commandTable(): Promise<CommandFacts[]> {
  return (await commandsFor([])).map(({ usage, describe, flags, examples = [] }) => ({
    usage,
    describe,
    flags: factsOf(flags.fields, usage),
    examples,
  }));
}
