/** What a row of the fault matrix is: a fault, the proof that it happened, and what the product should make of it. */

import type { Summary } from '../../src/metrics/summary.ts';
import type { Counter } from '../../src/model/metrics/metric-names.ts';
import type { Scenario } from '../../src/model/scenario.ts';
import type { Finished, Running } from '../support/cli.ts';
import type { Need } from './needs.ts';

export type Client = Scenario['client'];

/** For faults that a client may meet in its own way. */
export const BOTH: Client[] = ['wire', 'mqtt'];
/** For faults that have nothing to do with the client. */
export const ONE: Client[] = ['wire'];

/** Each row's fleet; they connect 30 to the second, and send a message of QoS 1 every 100 ms. */
export const DEVICES = 6;

/** Where a row plays. */
export interface Stage {
  client: Client;
  /** For the row's own files; the run's folder is `out` in it. */
  folder: string;
  out: string;
  /** What is done when the row is over, the last first. */
  atEnd(undo: () => unknown): void;
}

/** A fault that has been set up. */
export interface Provoked {
  /** Where nothing is said, the embedded stand-in. */
  target?: string;
  /** As --set takes them. */
  set?: string[];
  flags?: string[];
  env?: Record<string, string>;
  /** A command under which the run is started. */
  under?: string[];
  /** Where the run writes, if not to `stage.out`. */
  out?: string;
  /** What happens while it runs. */
  during?(run: Running): Promise<void>;
  /** From the other side: throws unless the fault happened. A fault that does nothing makes its row red. */
  proof(finished: Finished, pid: number): unknown;
}

export type Fault = (stage: Stage) => Provoked | Promise<Provoked>;

/** `phase: kind code`, as the reports have it, and what its hint must say. */
export interface ExpectedFailure {
  is: string | RegExp;
  hint: RegExp;
  /** May be missing: it depends on who was faster. */
  perhaps?: true;
}

export interface Row {
  name: string;
  clients: Client[];
  fault: Fault;
  /** What the scenario has beside what all rows have. */
  set?: string[];
  /** `unwritten`: there must be no report. */
  outcome: Summary['outcome']['state'] | 'unwritten';
  /** What the outcome's reason, or where there is no report stderr, says. */
  because?: RegExp;
  exit: number;
  failures?: ExpectedFailure[];
  counters?: Partial<Record<Counter, number>>;
  /** From the start of the process to its end, on a machine with other things to do as well. */
  endsInSec: number;
  /** Under its temporary name, of a process that had no time to give it its own. */
  leaves?: string[];
  /** The process is killed, and `mqtt-fleet report` is asked for what it had measured: outcome and exit code are that one's. */
  reportedAfterwards?: true;
  look?(summary: Summary, finished: Finished): void;
  needs?: Need[];
  /** Not beside other rows: it, or they, would not be what they are. */
  alone?: true;
  /** One of the few that `npm cit` plays too. */
  inCit?: true;
}
