#!/usr/bin/env node
/** The one place that exits the process and handles its signals. */
import type { CommandModule } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { FleetError, formatProblem } from '../errors.ts';
import { TOOL } from '../tool.ts';
import { brokerCommand } from './broker.ts';
import { checkCommand } from './check.ts';
import { parserOf } from './command-line.ts';
import { compareCommand } from './compare.ts';
import { devicesCommand } from './devices.ts';
import type { Door } from './door.ts';
import { EXIT, type ExitCode, exitCodeOfFault, firstOf } from './exit-code.ts';
import { limitCommand } from './limit.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { signCommand } from './sign.ts';
import { signCostCommand } from './sign-cost.ts';
import { signalsOf } from './signals.ts';

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

async function main(args: string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const door: Door = {
    stdout: process.stdout,
    stderr: process.stderr,
    // Opened when it is asked for only: a pipe that nobody reads would keep the process.
    get stdin() {
      return process.stdin;
    },
    env: process.env,
    finish: (code) => {
      exitCode = code;
    },
    onStop: signalsOf(process),
    onExit: (listener) => {
      process.on('exit', listener);
      return () => process.off('exit', listener);
    },
  };
  // A reader that went away (`| head`) is no reason to lose a run: its report is still written.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreBrokenPipe);
  const modules = commands.map((command) => command(door));
  try {
    await parserOf(args, modules, process.stdout.columns).parseAsync();
    return exitCode;
  } catch (error) {
    printFault(error);
    // A command may have given a code already: the report of a run with a fault of its own could not be written, say.
    return firstOf([exitCode, error instanceof FleetError ? exitCodeOfFault(error.code) : EXIT.harness]);
  }
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
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
    const { length } = error.problems;
    const hint = error.hint === undefined ? '' : `; ${error.hint}`;
    out.write(
      `${TOOL.name}: ${length} ${length === 1 ? 'problem' : 'problems'}; nothing was opened${hint}\n`,
    );
    return;
  }
  out.write(`${TOOL.name}: ${error.message}${error.hint ? `\n  ${error.hint}` : ''}\n`);
}

process.exitCode = await main(hideBin(process.argv));
