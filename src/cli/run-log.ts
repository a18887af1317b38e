/** run.log: what happened, as pino's JSON lines. Under a temporary name while the run lasts, as every file of a report is. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { FleetError } from '../errors.ts';
import { TOOL } from '../tool.ts';

export interface RunLog {
  log: Logger;
  /** Syncs the file and gives it its name. Throws `report-not-written` where a line could not be written; the file is gone then. */
  close(): void;
}

/** Writes its first line, so that a disk that is full already is found before any load. Throws `report-not-written`. The folder exists. */
export function openRunLog(folder: string): RunLog {
  const temporary = join(folder, '.run.log.partial');
  const named = join(folder, 'run.log');
  const file = tried(temporary, () => openSync(temporary, 'w'));
  let failure: Error | undefined;
  const destination = pino.destination({ fd: file, sync: true });
  // Unheard, a full disk would end the run.
  destination.on('error', (error: Error) => {
    failure ??= error;
  });
  const close = (): void => {
    try {
      tried(named, () => {
        if (failure !== undefined) throw failure;
        fsyncSync(file);
        renameSync(temporary, named);
      });
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
  };
  const log = pino({ base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  log.info(TOOL, 'opened');
  if (failure !== undefined) close();
  return { log, close };
}

function tried<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    throw new FleetError('report-not-written', `could not write ${file}: ${(cause as Error).message}`, {
      hint: 'name another folder with --out, or make room',
      cause,
    });
  }
}
