/** The commands and flags as yargs reads them and shows them in the help. What is wrong with a line is said by our own reader. */
import yargs, { type Argv } from 'yargs';
import type { Door } from '../app/door.ts';
import { TOOL } from '../model/tool.ts';
import { type Command, carryOut, nameOf } from './command.ts';
import { factsOf, optionOf } from './flags/flag-facts.ts';
import { lineError, noCommand } from './flags/usage.ts';

/** Runs the command that the line names; none where it asks for help or the version. */
export async function runLine(
  args: readonly string[],
  commands: readonly Command[],
  door: Door,
): Promise<void> {
  let chosen: { command: Command; given: Record<string, unknown> } | undefined;
  const parser = parserOf(commands, door.stdout.columns, (command, given) => {
    chosen = { command, given };
  });
  // Help and version.
  let answer = '';
  await parser.parseAsync(args, {}, (_error, _given, output) => {
    answer = output;
  });
  const end = args.indexOf('--');
  const words = end < 0 ? args : args.slice(0, end);
  if (answer !== '') door.stdout.write(`${answer}\n`);
  else if (chosen !== undefined) await carryOut(chosen.command, { given: chosen.given, words }, door);
  else throw lineError([noCommand(args, commands.map(nameOf))]);
}

/** What is demanded is for the help alone: what yargs refuses, in sentences of its own and one at a time, is not heard. */
function parserOf(
  commands: readonly Command[],
  columns = 110,
  choose: (command: Command, given: Record<string, unknown>) => void = () => {},
): Argv {
  const parser: Argv = yargs()
    .scriptName(TOOL.name)
    .usage('$0 COMMAND: load-test a fleet of devices that sign in to the Aliyun IoT Platform over MQTT')
    .parserConfiguration({ 'greedy-arrays': false, 'dot-notation': false })
    .version(TOOL.version)
    .help()
    .alias('h', 'help')
    .wrap(Math.min(110, columns))
    .exitProcess(false)
    .fail(() => {});
  for (const command of commands) {
    const builder = (yargs: Argv): Argv => withFlags(yargs, command);
    parser.command(command.usage, command.describe, builder, (given) => choose(command, given));
  }
  return parser;
}

function withFlags(parser: Argv, { usage, flags, examples = [] }: Command): Argv {
  for (const facts of factsOf(flags.fields, usage)) {
    const { name, key, isPositional } = facts;
    if (isPositional) parser.positional(key, { ...optionOf(facts), type: 'string' });
    else parser.option(name, optionOf(facts));
  }
  for (const [line, meaning] of examples) parser.example(line, meaning);
  return parser;
}
