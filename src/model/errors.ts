/**
 * The two ways the harness itself speaks of trouble. A device's failure is neither: it is data (client/failure).
 */
import { terminalText } from './terminal-text.ts';

/** One thing wrong with what the user gave, with the place to mend it. Lines and columns count from 1. */
export interface Problem {
  file: string;
  line?: number;
  column?: number;
  message: string;
  /** What to do about it: the nearest valid name, the accepted range. */
  hint?: string;
}

/** Stable names; cli/exit-code maps each to an exit code of the contract. */
export type FaultCode =
  | 'bad-input'
  | 'preflight'
  | 'worker-lost'
  | 'report-not-written'
  | 'overloaded'
  | 'stopped'
  | 'broker-failed'
  | 'stand-in-lost'
  | 'harness';

/** The one error class the harness throws. `problems` is filled for `bad-input` and `preflight`: all of them at once. */
export class FleetError extends Error {
  readonly code: FaultCode;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];

  constructor(
    code: FaultCode,
    message: string,
    options: { hint?: string; problems?: Problem[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'FleetError';
    this.code = code;
    this.hint = options.hint;
    this.problems = options.problems ?? [];
  }
}

/** `bad-input` from a list of problems; the message names the first so that a bare log line is useful. */
export function badInput(problems: Problem[]): FleetError {
  const first = problems[0];
  const rest = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new FleetError('bad-input', first ? formatProblem(first) + rest : 'bad input', { problems });
}

/** `file:line:column: message (hint)`, the form editors and terminals make clickable; safe for a terminal, whatever was quoted. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  return terminalText(`${place}: ${problem.message}${problem.hint ? ` (${problem.hint})` : ''}`);
}

/** What a caught error says; anything may be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
