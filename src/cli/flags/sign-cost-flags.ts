/** The flags of `mqtt-fleet sign-cost`. */
import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { parsed, text } from '../../input/fields.ts';
import { parseDurationUs } from '../../model/units.ts';
import { JSON_RESULT, onOff, someText, wholeNumberOr, YES } from './flag-fields.ts';
import { flags, type Values } from './flags.ts';
import { SCENARIO_FLAGS } from './scenario-flags.ts';

const LEAST_DURATION_US = 2e6;
const MOST_DURATION_US = 600e6;
const MOST_THREADS = 1024;
const MOST_ROUNDS = 100;
const MAX_SEED = 2 ** 32 - 1;

const wholeNumberFrom = (least: number, most: number) =>
  wholeNumberOr(`is not a whole number from ${least} to ${most}`, least, most);

export const SIGN_COST_FLAGS = flags({
  ...SCENARIO_FLAGS,
  scenario: someText()
    .optional()
    .meta({ description: 'Scenario file: its devices sign; without it, generated ones' }),
  online: text().optional().meta({
    mayStandAlone: true,
    description: 'Also sign the fleet of the scenario in, with each method in turn',
  }),
  duration: parsed(durationOf, 'is not a duration from 2s to 10m')
    .prefault('10s')
    .meta({ description: 'Of all that is not online, 2s to 10m' }),
  threads: parsed(threadsOf, `is not a list of numbers from 1 to ${MOST_THREADS}, as 1,2,4`)
    .optional()
    .meta({ description: 'Numbers of threads, one after the other [1 and the number of cores]' }),
  rounds: wholeNumberFrom(2, MOST_ROUNDS)
    .prefault(5)
    .meta({ description: 'Online: sign-ins of the fleet per method' }),
  seed: wholeNumberFrom(0, MAX_SEED)
    .prefault(1)
    .meta({ description: 'Of the order in which the methods take turns' }),
  openssl: z.boolean().prefault(true).meta({
    description: 'Ask `openssl speed` too, 1s per method, from a duration of 6s on; --no-openssl does not',
  }),
  html: someText().optional().meta({ description: 'Also write a page with the distributions to this file' }),
  json: JSON_RESULT,
  quiet: onOff('No plan and no progress on stderr'),
  allowInvalid: onOff(
    'Do not fail (exit 114) when the machine was too busy to tell or, online, the generator was overloaded',
  ),
  yes: YES,
}).rule(['online', 'scenario'], ({ online, scenario }, complain) => {
  if (online && scenario !== undefined) complain(['online'], 'names a second scenario; one is enough');
  else if (online === '' && scenario === undefined)
    complain(['online'], 'needs a scenario: its target and its devices');
});

export interface SignCostSettings {
  /** The file of the scenario whose devices sign; generated ones without it. */
  scenario: string | undefined;
  online: boolean;
  durationUs: number;
  threads: number[];
  rounds: number;
  seed: number;
}

/** The scenario may stand at either place. */
export function settingsOf(given: Values<typeof SIGN_COST_FLAGS.fields>): SignCostSettings {
  const { online, duration, threads, rounds, seed } = given;
  return {
    scenario: online || given.scenario,
    online: online !== undefined,
    durationUs: duration,
    threads: threads ?? [...new Set([1, availableParallelism()])],
    rounds,
    seed,
  };
}

function durationOf(given: string): number | undefined {
  const us = parseDurationUs(given);
  return us !== undefined && us >= LEAST_DURATION_US && us <= MOST_DURATION_US ? us : undefined;
}

function threadsOf(given: string): number[] | undefined {
  const numbers = given.split(',').map(Number);
  const sound = numbers.every((each) => Number.isInteger(each) && each >= 1 && each <= MOST_THREADS);
  return sound ? [...new Set(numbers)] : undefined;
}
