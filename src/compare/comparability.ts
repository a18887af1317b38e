/** What two runs must share for a difference between them to mean something, and where these two do not. Pure. */

import { suggestion } from '../input/nearest.ts';
import type { Summary } from '../metrics/summary.ts';
import type { Problem } from '../model/errors.ts';
import type { FinishedRun } from '../report/run/run-files.ts';
import {
  isWithin,
  loadDifferences,
  otherEndDifferences,
  type ScenarioDifference,
} from './scenario-difference.ts';

/** `what` is the name by which it is allowed: `client`, `connect.stages.0.rate`, `environment.cpu`. */
export interface RunDifference {
  what: string;
  base: string;
  head: string;
}

/** What the facts of the summary say for certain, a list file and its defaults included. */
const IN_FACTS = ['devices', 'client', 'protocol', 'auth.signmethod'];

/** What --allow can name, but for what is within these. */
const ALLOWABLE = [
  'all',
  'auth',
  'auth.signmethod',
  'auth.timestamp',
  'client',
  'connect',
  'devices',
  'environment',
  'gracefulStop',
  'hold',
  'protocol',
  'publish',
  'reconnect',
  'scenario.yaml',
  'subscribe',
  'target',
  'tool',
  'workers',
];

/** Each forbids a comparison until it is allowed. */
export function runDifferences(base: FinishedRun, head: FinishedRun): RunDifference[] {
  const facts = factsOf(head.summary);
  const differing = Object.entries(factsOf(base.summary)).flatMap(([what, value]): RunDifference[] =>
    value === facts[what] ? [] : [{ what, base: value, head: facts[what]! }],
  );
  if (base.asRun === undefined || head.asRun === undefined) {
    const said = ({ asRun }: FinishedRun): string => (asRun === undefined ? 'missing' : 'there');
    return [...differing, { what: 'scenario.yaml', base: said(base), head: said(head) }];
  }
  const load = loadDifferences(base.asRun, head.asRun).filter(({ path }) => !isWithin(path, IN_FACTS));
  return [...differing, ...load.map(named)];
}

/** They forbid nothing, but a reader must know them. */
export function differencesOfOtherEnd(base: FinishedRun, head: FinishedRun): RunDifference[] {
  if (base.asRun === undefined || head.asRun === undefined) return [];
  return otherEndDifferences(base.asRun, head.asRun).map(named);
}

function named({ path, ...values }: ScenarioDifference): RunDifference {
  return { what: path, ...values };
}

function factsOf({ scenario, tool, environment }: Summary): Record<string, string> {
  return {
    devices: String(scenario.devices),
    client: scenario.client,
    protocol: scenario.protocol,
    'auth.signmethod': scenario.signmethod,
    workers: String(scenario.workers),
    target: targetKind(scenario.target),
    tool: `${tool.name} ${major(tool.version)}`,
    'environment.cpu': String(environment.cpu),
    'environment.cores': String(environment.cores),
    'environment.platform': String(environment.platform),
    'environment.node': major(String(environment.node)),
  };
}

/** Two brokers may be compared; a broker and the platform, or TCP and TLS, are different journeys. */
function targetKind(target: string): string {
  const scheme = /^\w+(?=:\/\/)/.exec(target)?.[0];
  if (scheme === undefined) return target.split(' ')[0]!;
  return target.endsWith('(stand-in)') ? `${scheme} stand-in` : scheme;
}

function major(version: string): string {
  return version.split('.')[0]!;
}

function isAllowed({ what }: RunDifference, allowed: readonly string[]): boolean {
  return allowed.includes('all') || isWithin(what, allowed);
}

/** One for each difference that was not allowed, and each name in `allowed` that is none. */
export function refusals(found: RunDifference[], allowed: readonly string[], headPath: string): Problem[] {
  const wrongNames = allowed
    .filter((name) => !ALLOWABLE.includes(name) && !isWithin(name, ALLOWABLE))
    .map((name) => ({
      file: '--allow',
      message: `${JSON.stringify(name)} is nothing that runs differ in`,
      hint: suggestion(name, ALLOWABLE),
    }));
  const refused = found
    .filter((difference) => !isAllowed(difference, allowed))
    .map(({ what, base, head }) => ({
      file: headPath,
      message: `${what} differs: ${base} in base, ${head} in head`,
      hint: `--allow ${what}, if that is what is to be compared`,
    }));
  return [...wrongNames, ...refused];
}
