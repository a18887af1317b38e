/** The commands, and what is said where one of them fails. */
import type { CommandModule } from 'yargs';
import type { Door } from '../app/door.ts';
import { EXIT, type ExitCode, exitCodeOfFault, firstOf } from '../app/exit-code.ts';
import { FleetError, formatProblem } from '../model/errors.ts';
import { terminalLines, terminalText } from '../model/terminal-text.ts';
import { TOOL } from '../model/tool.ts';
import { parserOf } from './command-line.ts';
import { brokerCommand } from './commands/broker.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { devicesCommand } from './commands/devices.ts';
import { limitCommand } from './commands/limit.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { signCommand } from './commands/sign.ts';
import { signCostCommand } from './commands/sign-cost.ts';

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
  const modules = commands.map((command) => command(door));
  try {
    await parserOf(args, modules, door.stdout.columns).parseAsync();
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
