/** The commands, and what is said where one of them fails. */
import type { Door } from '../app/door.ts';
import { EXIT, type ExitCode, exitCodeOfFault, firstOf } from '../app/exit-code.ts';
import { FleetError, formatProblem } from '../model/errors.ts';
import { terminalLines, terminalText } from '../model/terminal-text.ts';
import { TOOL } from '../model/tool.ts';
import type { Command } from './command.ts';
import { runLine } from './command-line.ts';

/** What the command line asks for; never rejects. */
export async function runProgram(
  args: string[],
  commands: readonly Command[],
  outside: Omit<Door, 'finish'>,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const { stdout, stderr, env, onStop, onExit } = outside;
  const door: Door = {
    ...{ stdout, stderr, env, onStop, onExit },
    // Opened when it is asked for only.
    get stdin() {
      return outside.stdin;
    },
    finish: (code) => {
      exitCode = code;
    },
  };
  try {
    await runLine(args, commands, door);
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
