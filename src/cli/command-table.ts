/** All commands, in the order of the help. */
import type { Command } from './command.ts';
import { brokerCommand } from './commands/broker.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { devicesCommand } from './commands/devices.ts';
import { limitCommand } from './commands/limit.ts';
import { registerCommand } from './commands/register.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { signCommand } from './commands/sign.ts';
import { signCostCommand } from './commands/sign-cost.ts';
import { type FlagFacts, factsOf } from './flags/flag-facts.ts';

export const COMMANDS: readonly Command[] = [
  runCommand,
  checkCommand,
  limitCommand,
  signCommand,
  signCostCommand,
  brokerCommand,
  devicesCommand,
  registerCommand,
  reportCommand,
  compareCommand,
];

/** A command as documentation tells of it. */
export interface CommandFacts {
  usage: string;
  describe: string;
  flags: FlagFacts[];
  /** Command lines, with `$0` for the tool, and what they do. */
  examples: readonly (readonly [line: string, meaning: string])[];
}

export function commandTable(): CommandFacts[] {
  return COMMANDS.map(({ usage, describe, flags, examples = [] }) => ({
    usage,
    describe,
    flags: factsOf(flags.fields, usage),
    examples,
  }));
}
