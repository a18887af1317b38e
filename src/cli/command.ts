/** A command of the command line: its help, its flags and what it does. */
import type { Door } from '../app/door.ts';
import { factsOf } from './flags/flag-facts.ts';
import type { Fields, Flags, Values } from './flags/flags.ts';
import { type Line, readFlags } from './flags/read-flags.ts';
import { lineError, strangersIn } from './flags/usage.ts';

export interface Command<Shape extends Fields = Fields> {
  /** Its name and its positionals: `run <scenario>`. */
  usage: string;
  describe: string;
  flags: Flags<Shape>;
  /** Command lines, and what they do. */
  examples?: readonly (readonly [line: string, meaning: string])[];
  run(flags: Values<Shape>, door: Door): Promise<void>;
}

/** The word that calls a command. */
export function nameOf({ usage }: Command): string {
  return usage.split(' ', 1)[0]!;
}

/** Throws `bad-input` with all that is wrong with the line. */
export async function carryOut(command: Command, line: Line, door: Door): Promise<void> {
  const facts = factsOf(command.flags.fields, command.usage);
  const { values, problems } = await readFlags(command.flags, line, { facts, env: door.env });
  const all = [...strangersIn(line, facts), ...problems];
  if (all.length > 0) throw lineError(all);
  await command.run(values, door);
}
