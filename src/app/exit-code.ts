/** The exit codes of the tool; 0, 99, 104 and 105 mean what they mean in k6. */

import type { Summary } from '../metrics/summary.ts';
import { type ObjectionKind, objectionsTo } from '../metrics/threshold/verdict.ts';
import type { FaultCode } from '../model/errors.ts';

export const EXIT = {
  ok: 0,
  harness: 1,
  threshold: 99,
  badInput: 104,
  stopped: 105,
  workerLost: 111,
  reportNotWritten: 112,
  preflight: 113,
  invalid: 114,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each exit code means, in words for the documentation. */
export const MEANING_OF_EXIT: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done, thresholds passed',
  harness: 'a fault of the harness',
  threshold:
    'a threshold or a rule of `compare` failed, ended the run, or had no data; or nothing connected at all',
  badInput:
    'bad scenario, device list or flag, or runs that are not comparable: all problems are listed, nothing was opened',
  stopped:
    'stopped by SIGINT, SIGTERM or SIGHUP; the report of what was done is written (unless it was stopped twice)',
  workerLost:
    'a worker or the stand-in was lost; the partial report is written; and of `report`: the run had been killed, this is the part of it that there is',
  reportNotWritten: 'the report, or the result on stdout, could not be written',
  preflight:
    'this machine cannot carry the scenario: it says what is short and what to do; nothing was opened; `--force` runs anyway',
  invalid: 'the generator was overloaded, the measurement is invalid; `--allow-invalid` lets it pass',
};

/** Where several hold, the first of these is given. */
const PRECEDENCE: ExitCode[] = [
  EXIT.harness,
  EXIT.badInput,
  EXIT.preflight,
  EXIT.reportNotWritten,
  EXIT.workerLost,
  EXIT.stopped,
  EXIT.invalid,
  EXIT.threshold,
];

const OF_FAULT: Record<FaultCode, ExitCode> = {
  'bad-input': EXIT.badInput,
  preflight: EXIT.preflight,
  'worker-lost': EXIT.workerLost,
  'report-not-written': EXIT.reportNotWritten,
  overloaded: EXIT.invalid,
  stopped: EXIT.stopped,
  'broker-failed': EXIT.harness,
  'stand-in-lost': EXIT.workerLost,
  harness: EXIT.harness,
};

const OF_OBJECTION: Record<ObjectionKind, ExitCode> = {
  books: EXIT.harness,
  'worker-lost': EXIT.workerLost,
  stopped: EXIT.stopped,
  generator: EXIT.invalid,
  'nothing-connected': EXIT.threshold,
  threshold: EXIT.threshold,
};

/** Of a run, from its summary as it was built or as it was read from its file. */
export function exitCodeOf(summary: Summary, allowInvalid = false): ExitCode {
  return firstOf(objectionsTo(summary, allowInvalid).map(({ kind }) => OF_OBJECTION[kind]));
}

export function exitCodeOfFault(code: FaultCode): ExitCode {
  return OF_FAULT[code];
}

export function firstOf(codes: ExitCode[]): ExitCode {
  return PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.ok;
}
