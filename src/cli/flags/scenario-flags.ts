/** The flags of every command that takes a scenario file. */
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';

/** A thread takes some 50 MB, and no machine has so many cores. */
const MAX_WORKERS = 1024;

export interface ScenarioFlags {
  scenario: string;
  workers?: number;
  client?: string;
  set?: string[];
}

export function scenarioFlags(yargs: Argv): Argv {
  return yargs
    .positional('scenario', {
      type: 'string',
      demandOption: true,
      describe: 'Scenario file (YAML or JSON), or the name of one that comes with the tool',
    })
    .option('workers', {
      alias: 'w',
      type: 'number',
      describe: 'Worker threads [one less than the cores]',
    })
    .option('client', { type: 'string', describe: 'Instead of `client` in the scenario: mqtt or wire' })
    .option('set', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'Replace a value of the scenario: path=value, e.g. devices.count=50',
    })
    .check(({ workers }) => {
      const isSound =
        Number.isInteger(workers) && (workers as number) >= 1 && (workers as number) <= MAX_WORKERS;
      if (workers === undefined || isSound) return true;
      throw new Error(`--workers takes a whole number from 1 to ${MAX_WORKERS}`);
    });
}

/** One core is left to the coordinator and whatever else the machine does. */
export function workersOf({ workers }: Pick<ScenarioFlags, 'workers'>): number {
  return workers ?? Math.max(1, availableParallelism() - 1);
}

/** As path=value; --client is no more than a short way to write one. */
export function overridesOf({ client, set }: Pick<ScenarioFlags, 'client' | 'set'>): string[] {
  return [...(client === undefined ? [] : [`client=${client}`]), ...(set ?? [])];
}
