/** The commands, and what is said where one of them fails. */
import yargs, { type CommandModule } from 'yargs';
import { FleetError, formatProblem } from '../errors.ts';
import { terminalLines, terminalText } from '../terminal-text.ts';
import { TOOL } from '../tool.ts';
import { brokerCommand } from './broker.ts';
import { checkCommand } from './check.ts';
import { compareCommand } from './compare.ts';
import { devicesCommand } from './devices.ts';
import type { Door } from './door.ts';
import { EXIT, type ExitCode, exitCodeOfFault, firstOf } from './exit-code.ts';
import { limitCommand } from './limit.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { signCommand } from './sign.ts';
import { signCostCommand } from './sign-cost.ts';
import { givenOnce, usageError } from './usage.ts';

const commands: ((door: Door) => CommandModule)[] = [
  runCommand,
  checkCommand,
  limitCommand,
  signCommand,
  signCostCommand,
  brokerCommand,
  devicesCommand,
  reportCommand,
  compareCommand,
];

/** What the command line asks for; never rejects. */
export async function runProgram(args: string[], outside: Omit<Door, 'finish'>): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const door: Door = {
    ...outside,
    finish: (code) => {
      exitCode = code;
    },
  };
  const parser = yargs(args)
    .scriptName(TOOL.name)
    .usage('$0 COMMAND: load-test a fleet of devices that sign in to the Aliyun IoT Platform over MQTT')
    .demandCommand(1, 'name a command')
    .parserConfiguration({ 'greedy-arrays': false })
    .check(givenOnce)
    .strict()
    .recommendCommands()
    .version(TOOL.version)
    .help()
    .alias('h', 'help')
    .wrap(Math.min(110, door.stdout.columns ?? 110))
    .exitProcess(false)
    // A message is yargs' or a check's word on the command line; an error alone comes from a command.
    .fail((message, error) => {
      throw message ? usageError(message) : error;
    });
  for (const command of commands) parser.command(command(door));
  try {
    await parser.parseAsync();
    return exitCode;
  } catch (error) {
    printFault(error, door.stderr);
    // A command may have given a code already: the report of a run with a fault of its own could not be written, say.
    return firstOf([exitCode, error instanceof FleetError ? exitCodeOfFault(error.code) : EXIT.harness]);
  }
}

function printFault(error: unknown, out: NodeJS.WriteStream): void {
  if (!(error instanceof FleetError)) {
    out.write(
      `${TOOL.name}: a fault of the harness: ${terminalLines(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
    );
    return;
  }
  if (error.problems.length > 0) {
    for (const problem of error.problems) out.write(`${formatProblem(problem)}\n`);
    const { length } = error.problems;
    const hint = error.hint === undefined ? '' : `; ${terminalText(error.hint)}`;
    out.write(
      `${TOOL.name}: ${length} ${length === 1 ? 'problem' : 'problems'}; nothing was opened${hint}\n`,
    );
    return;
  }
  const hint = error.hint ? `\n  ${terminalText(error.hint)}` : '';
  out.write(`${TOOL.name}: ${terminalText(error.message)}${hint}\n`);
}
