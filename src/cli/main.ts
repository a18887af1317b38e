#!/usr/bin/env node
/**
 * The one place that exits the process and handles its signals. It loads the rest itself, so that a limit that is in the way of that is
 * told in words: modules are read many at a time, and each takes a file.
 */
import { EXIT, type ExitCode, firstOf } from '../app/exit-code.ts';
import { filesAllowed, tooFewFiles } from './open-files.ts';
import { Output } from './output.ts';
import { signalsOf } from './signals.ts';

async function main(): Promise<ExitCode> {
  const stdout = new Output(process.stdout);
  const stderr = new Output(process.stderr);
  const onStop = signalsOf(process);
  const limit = filesAllowed();
  const args = process.argv.slice(2);
  const program = await load(args).catch((error) => tooFewFiles(error, limit));
  if (typeof program === 'string') {
    process.stderr.write(`${program}\n`);
    return EXIT.preflight;
  }
  const code = await program.runProgram(args, program.commands, {
    stdout: process.stdout,
    stderr: process.stderr,
    // Opened when it is asked for only: a pipe that nobody reads would keep the process.
    get stdin() {
      return process.stdin;
    },
    env: process.env,
    onStop,
    onExit: (listener) => {
      process.on('exit', listener);
      return () => process.off('exit', listener);
    },
  });
  await Promise.all([stdout.flushed(), stderr.flushed()]);
  // What is said in passing may be lost, the result may not.
  if (stdout.failure === undefined) return code;
  process.stderr.write(`the result could not be written to stdout: ${stdout.failure}\n`);
  return firstOf([code, EXIT.reportNotWritten]);
}

/** The rest of the tool, as much of it as the line needs. */
async function load(args: readonly string[]) {
  const [{ runProgram }, { commandsFor }] = await Promise.all([
    import('./program.ts'),
    import('./command-table.ts'),
  ]);
  return { runProgram, commands: await commandsFor(args) };
}

process.exitCode = await main();
