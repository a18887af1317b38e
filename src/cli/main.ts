#!/usr/bin/env node
/** The one place that exits the process and handles its signals. */
import yargs, { type CommandModule } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { FleetError, formatProblem } from '../errors.ts';
import { TOOL } from '../tool.ts';
import { brokerCommand } from './broker.ts';
import { checkCommand } from './check.ts';
import { devicesCommand } from './devices.ts';
import type { Door } from './door.ts';
import { EXIT, type ExitCode, exitCodeOfFault } from './exit-code.ts';
import { runCommand } from './run.ts';
import { signCommand } from './sign.ts';

const commands: ((door: Door) => CommandModule)[] = [
  runCommand,
  checkCommand,
  signCommand,
  brokerCommand,
  devicesCommand,
];

async function main(args: string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const door: Door = {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    finish: (code) => {
      exitCode = code;
    },
    onStop,
  };
  const parser = yargs(args)
    .scriptName(TOOL.name)
    .usage('$0 COMMAND: load-test a fleet of devices that sign in to the Aliyun IoT Platform over MQTT')
    .demandCommand(1, 'Name a command; --help lists them.')
    .parserConfiguration({ 'greedy-arrays': false })
    .check(givenOnce)
    .strict()
    .recommendCommands()
    .version(TOOL.version)
    .help()
    .alias('h', 'help')
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .exitProcess(false)
    .fail((message, error) => {
      throw (
        error ??
        new FleetError('bad-input', message, { hint: `${TOOL.name} --help lists commands and flags` })
      );
    });
  for (const command of commands) parser.command(command(door));
  try {
    await parser.parseAsync();
    return exitCode;
  } catch (error) {
    printFault(error);
    return error instanceof FleetError ? exitCodeOfFault(error.code) : EXIT.harness;
  }
}

/** Flags that may be given several times; any other twice is a slip that yargs would turn into a list. */
const LIST_FLAGS = new Set(['_', 'set']);

function givenOnce(argv: Record<string, unknown>): true {
  const twice = Object.keys(argv).find((name) => Array.isArray(argv[name]) && !LIST_FLAGS.has(name));
  if (twice !== undefined) throw new FleetError('bad-input', `--${twice} was given more than once`);
  return true;
}

function onStop(listener: (signal: NodeJS.Signals) => void): () => void {
  let asked = false;
  const handle = (signal: NodeJS.Signals): void => {
    // The second signal is the hard stop, for whoever does not want to wait for the drain.
    if (asked) process.exit(EXIT.stopped);
    asked = true;
    listener(signal);
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return () => {
    process.off('SIGINT', handle);
    process.off('SIGTERM', handle);
  };
}

function printFault(error: unknown): void {
  const out = process.stderr;
  if (!(error instanceof FleetError)) {
    out.write(
      `${TOOL.name}: a fault of the harness: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    return;
  }
  if (error.problems.length > 0) {
    for (const problem of error.problems) out.write(`${formatProblem(problem)}\n`);
    out.write(`${TOOL.name}: ${error.problems.length} problem(s); nothing was opened\n`);
    return;
  }
  out.write(`${TOOL.name}: ${error.message}${error.hint ? `\n  ${error.hint}` : ''}\n`);
}

process.exitCode = await main(hideBin(process.argv));
