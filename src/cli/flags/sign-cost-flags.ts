/** The flags of `mqtt-fleet sign-cost`, and what they mean. */
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import { YES_OPTION } from '../../app/target-owner.ts';
import { badInput, type Problem } from '../../model/errors.ts';
import { parseDurationUs } from '../../model/units.ts';
import { type ScenarioFlags, scenarioFlags } from './scenario-flags.ts';

export interface SignCostFlags extends Omit<ScenarioFlags, 'scenario'> {
  scenario?: string;
  /** '' where the flag stands alone. */
  online?: string;
  duration: string;
  threads?: string;
  rounds: number;
  seed: number;
  openssl: boolean;
  html?: string;
  json: boolean;
  quiet: boolean;
  allowInvalid: boolean;
  yes: boolean;
}

export interface SignCostSettings {
  /** The scenario whose devices sign; generated ones without it. */
  scenario: string | undefined;
  online: boolean;
  durationUs: number;
  threads: number[];
  rounds: number;
  seed: number;
}

const LEAST_DURATION_US = 2e6;
const MOST_DURATION_US = 600e6;
const MOST_THREADS = 1024;
const MOST_ROUNDS = 100;
const MAX_SEED = 2 ** 32 - 1;

export function signCostFlags(yargs: Argv): Argv {
  return scenarioFlags(yargs)
    .positional('scenario', {
      type: 'string',
      demandOption: false,
      describe: 'Scenario file: its devices sign; without it, generated ones',
    })
    .option('online', {
      type: 'string',
      describe: 'Also sign the fleet of the scenario in, with each method in turn',
    })
    .option('duration', {
      type: 'string',
      default: '10s',
      describe: 'Of all that is not online, 2s to 10m',
    })
    .option('threads', {
      type: 'string',
      describe: 'Numbers of threads, one after the other [1 and the number of cores]',
    })
    .option('rounds', { type: 'number', default: 5, describe: 'Online: sign-ins of the fleet per method' })
    .option('seed', { type: 'number', default: 1, describe: 'Of the order in which the methods take turns' })
    .option('openssl', {
      type: 'boolean',
      default: true,
      describe: 'Ask `openssl speed` too, 1s per method, from a duration of 6s on; --no-openssl does not',
    })
    .option('html', {
      type: 'string',
      requiresArg: true,
      describe: 'Also write a page with the distributions to this file',
    })
    .option('json', { type: 'boolean', default: false, describe: 'Print the result as JSON' })
    .option('quiet', { type: 'boolean', default: false, describe: 'No plan and no progress on stderr' })
    .option('allow-invalid', {
      type: 'boolean',
      default: false,
      describe: 'Online: do not fail (exit 114) when the generator was overloaded',
    })
    .option('yes', YES_OPTION)
    .example('$0 sign-cost', 'hmacsha1, hmacmd5 and hmacsha256 on this machine, in 10 s')
    .example('$0 sign-cost fleet.yaml --online', 'what signing is of the whole connect');
}

/** Throws `bad-input` with all that is wrong. */
export function settingsOf(flags: SignCostFlags): SignCostSettings {
  const problems: Problem[] = [];
  const problem = (flag: string, message: string): void => {
    problems.push({ file: `--${flag}`, message });
  };
  const whole = (flag: 'rounds' | 'seed', least: number, most: number): number => {
    const value = flags[flag];
    if (!Number.isInteger(value) || value < least || value > most)
      problem(flag, `is not a whole number from ${least} to ${most}`);
    return value;
  };
  const durationUs = parseDurationUs(flags.duration);
  if (durationUs === undefined || durationUs < LEAST_DURATION_US || durationUs > MOST_DURATION_US)
    problem('duration', 'is not a duration from 2s to 10m');
  const threads = threadsOf(flags.threads);
  if (threads === undefined)
    problem('threads', `is not a list of numbers from 1 to ${MOST_THREADS}, as 1,2,4`);
  const online = flags.online !== undefined;
  const scenario = flags.online || flags.scenario;
  if (flags.online && flags.scenario !== undefined)
    problem('online', 'names a second scenario; one is enough');
  else if (online && scenario === undefined)
    problem('online', 'needs a scenario: its target and its devices');
  const rounds = whole('rounds', 2, MOST_ROUNDS);
  const seed = whole('seed', 0, MAX_SEED);
  if (problems.length > 0) throw badInput(problems);
  return { scenario, online, durationUs: durationUs!, threads: threads!, rounds, seed };
}

function threadsOf(text: string | undefined): number[] | undefined {
  if (text === undefined) return [...new Set([1, availableParallelism()])];
  const numbers = text.split(',').map(Number);
  const sound = numbers.every((each) => Number.isInteger(each) && each >= 1 && each <= MOST_THREADS);
  return sound ? [...new Set(numbers)] : undefined;
}
