/** What is to be said against a run, from its summary alone: exit code, JUnit and headlines go by it. */
import type { Summary } from '../summary.ts';

/**
 * `books`: the harness contradicts itself. `worker-lost`: part of the load was missing. `stopped`: by a signal, not by a threshold.
 * `generator`: it was overloaded. `nothing-connected`: not one device got in, so that nothing was measured. `threshold`: at least one
 * failed, ended the run, or had no data.
 */
export type ObjectionKind =
  | 'books'
  | 'worker-lost'
  | 'stopped'
  | 'generator'
  | 'nothing-connected'
  | 'threshold';

export interface Objection {
  kind: ObjectionKind;
  /** The objection in one sentence, without a full stop. */
  said: string;
}

/** Objections to a run, the gravest first; none to one that passed. `allowInvalid`: an overloaded generator is accepted. */
export function objectionsTo(summary: Summary, allowInvalid = false): Objection[] {
  const { outcome, health, imbalances, thresholds } = summary;
  const missed = thresholds.filter(({ verdict }) => verdict !== 'pass');
  const unconnected = nothingConnected(summary);
  const objections: (Objection | false)[] = [
    imbalances.length > 0 && { kind: 'books', said: `the books do not balance: ${imbalances.join('; ')}` },
    outcome.state === 'partial' && { kind: 'worker-lost', said: outcome.reason ?? 'a worker was lost' },
    outcome.state === 'aborted' &&
      !thresholds.some(({ abortedRun }) => abortedRun) && {
        kind: 'stopped',
        said: `the run was stopped: ${outcome.reason}`,
      },
    health.verdict === 'invalid' &&
      !allowInvalid && {
        kind: 'generator',
        said: `the generator was overloaded, the measurement is invalid: ${health.reasons.join('; ')}`,
      },
    unconnected !== undefined && { kind: 'nothing-connected', said: unconnected },
    missed.length > 0 && {
      kind: 'threshold',
      said: `${missed.length} of ${thresholds.length} ${thresholds.length === 1 ? 'threshold' : 'thresholds'} failed`,
    },
  ];
  return objections.filter((objection) => objection !== false);
}

/** Words on a run into which no device got, with the most frequent reason; undefined where one did, and where none was to. */
export function nothingConnected({ counters, failures }: Summary): string | undefined {
  const { connects_scheduled: scheduled, connects_ok: ok } = counters;
  if (scheduled === 0 || ok > 0) return undefined;
  const [most] = failures;
  const said = `nothing connected: 0 of ${scheduled}`;
  if (most !== undefined)
    return `${said}, ${most.count} × ${most.phase}: ${most.kind} ${most.code}`.trimEnd();
  return counters.connects_dropped > 0 ? `${said}, ${counters.connects_dropped} dropped` : said;
}
