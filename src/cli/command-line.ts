/** The commands and flags, as yargs reads them, and our words for what it refuses. */
import yargs, { type Argv, type CommandModule } from 'yargs';
import { FleetError } from '../model/errors.ts';
import { TOOL } from '../model/tool.ts';
import { flagsOf, noValues, soundFlags, usageError, withValues } from './flags/usage.ts';

export function parserOf(args: readonly string[], commands: readonly CommandModule[], columns = 110): Argv {
  const modules = commands.map(withValues);
  const names = modules.map(({ command }) => String(command).split(' ', 1)[0]!);
  const parser: Argv = yargs([...args])
    .scriptName(TOOL.name)
    .usage('$0 COMMAND: load-test a fleet of devices that sign in to the Aliyun IoT Platform over MQTT')
    .demandCommand(1, 'name a command')
    .parserConfiguration({ 'greedy-arrays': false })
    .check((argv, known) => {
      noValues(args, known);
      return soundFlags(argv, known);
    })
    .strict()
    .version(TOOL.version)
    .help()
    .alias('h', 'help')
    .wrap(Math.min(110, columns))
    .exitProcess(false)
    // A message is yargs' or a check's word on the command line; an error alone comes from a command.
    .fail((message, error) => {
      throw message && !(error instanceof FleetError)
        ? usageError(message, { args, commands: names, known: flagsOf(parser) })
        : error;
    });
  for (const module of modules) parser.command(module);
  return parser;
}
