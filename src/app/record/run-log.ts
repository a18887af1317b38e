/** run.log: what happened, as pino's JSON lines. Under a temporary name while the run lasts, as every file of a report is. */
import { closeSync, fsyncSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import type { RunEvent } from '../../coordinator/fleet.ts';
import { TOOL } from '../../model/tool.ts';
import { openFresh } from '../../report/file/fresh-file.ts';
import { notWritten } from '../../report/file/not-written.ts';

export interface RunLog {
  log: Logger;
  /** Syncs the file and gives it its name. Where a line could not be written the file is gone, and why is returned: it is no reason to fail. */
  close(): string | undefined;
  /** As if it had never been. */
  discard(): void;
}

/** Of what happens, not of how it goes on: a line per second is in the summary. */
export function logRun({ log }: RunLog): (event: RunEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'progress':
      case 'message':
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

/** Writes its first line, so that a disk that is full already is found before any load. Throws `report-not-written`. The folder exists. */
export function openRunLog(folder: string): RunLog {
  const temporary = join(folder, '.run.log.partial');
  const named = join(folder, 'run.log');
  const file = openedFile(temporary);
  let failure: Error | undefined;
  const destination = pino.destination({ fd: file, sync: true });
  // Unheard, a full disk would end the run.
  destination.on('error', (error: Error) => {
    failure ??= error;
  });
  const discard = (): void => {
    rmSync(temporary, { force: true });
    closeSync(file);
  };
  const close = (): string | undefined => {
    try {
      if (failure !== undefined) throw failure;
      fsyncSync(file);
      renameSync(temporary, named);
    } catch (error) {
      discard();
      return (error as Error).message;
    }
    closeSync(file);
    return undefined;
  };
  const log = pino({ base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  log.info(TOOL, 'opened');
  if (failure !== undefined) {
    discard();
    throw notWritten(named, failure);
  }
  return { log, close, discard };
}

function openedFile(path: string): number {
  try {
    return openFresh(path, 'wx');
  } catch (error) {
    throw notWritten(path, error);
  }
}
