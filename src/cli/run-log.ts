/** run.log: what happened, as pino's JSON lines. Under a temporary name while the run lasts, as every file of a report is. */
import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { RunEvent } from '../coordinator/fleet-run.ts';
import { FleetError } from '../errors.ts';

export interface RunLog {
  log: Logger;
  /** Syncs the file and gives it its name. */
  close(): void;
}

/** Of what happens, not of how it goes on: a line per second is in the summary. */
export function logRun({ log }: RunLog): (event: RunEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'progress':
      case 'ended':
        break;
      case 'stopping':
        log.warn(event, 'stopping');
        break;
      case 'lost':
        log.error(event, 'worker lost');
        break;
      default:
        log.info(event, event.type);
    }
  };
}

/** Throws `report-not-written`. The folder exists. */
export function openRunLog(folder: string): RunLog {
  const temporary = join(folder, '.run.log.partial');
  try {
    const file = openSync(temporary, 'w');
    const log = pino(
      { base: undefined, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination({ fd: file, sync: true }),
    );
    return {
      log,
      close() {
        fsyncSync(file);
        closeSync(file);
        renameSync(temporary, join(folder, 'run.log'));
      },
    };
  } catch (cause) {
    throw new FleetError('report-not-written', `could not write ${temporary}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
