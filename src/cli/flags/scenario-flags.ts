/** The flags of every command that takes a scenario file. */
import { availableParallelism } from 'node:os';
import { text } from '../../input/fields.ts';
import { listOf, someText, wholeNumberOr } from './flag-fields.ts';
import type { Values } from './flags.ts';

/** A thread takes some 50 MB, and no machine has so many cores. */
const MAX_WORKERS = 1024;

export const SCENARIO_FLAGS = {
  scenario: someText().meta({
    description: 'Scenario file (YAML or JSON), or the name of one that comes with the tool',
    missing: 'name a scenario file, or for report the folder of a run',
  }),
  workers: wholeNumberOr(`takes a whole number from 1 to ${MAX_WORKERS}`, 1, MAX_WORKERS)
    .optional()
    .meta({ alias: 'w', description: 'Worker threads [one less than the cores]' }),
  client: text().optional().meta({ description: 'Instead of `client` in the scenario: mqtt or wire' }),
  set: listOf(text()).meta({
    description: 'Replace a value of the scenario: path=value, e.g. devices.count=50',
  }),
};

export type ScenarioValues = Values<typeof SCENARIO_FLAGS>;

/** How many threads: one core is left to the coordinator and whatever else the machine does. */
export function workersOf({ workers }: Pick<ScenarioValues, 'workers'>): number {
  return workers ?? Math.max(1, availableParallelism() - 1);
}

/** Replaced values as path=value; --client is no more than a short way to write one. */
export function overridesOf({ client, set }: Pick<ScenarioValues, 'client' | 'set'>): string[] {
  return [...(client === undefined ? [] : [`client=${client}`]), ...set];
}
