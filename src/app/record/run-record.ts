/** What a run leaves on the disk while it lasts: its lock, run.log, and the journal. From its start line on no trouble with them hurts it. */
import type { RunEvent } from '../../coordinator/fleet.ts';
import { lockFolder } from '../../report/file/folder-lock.ts';
import { clearRun } from '../../report/file/write.ts';
import type { JournalHead } from '../../report/journal/entry.ts';
import { JOURNAL, Journal } from '../../report/journal/journal.ts';
import { logRun, openRunLog, type RunLog } from './run-log.ts';

export interface RunRecord {
  runLog: RunLog;
  journal: Journal;
  /** Writes down every event of the run. */
  onEvent(event: RunEvent): void;
  /** `isWhole`: the report of all that was measured has been written. */
  close(isWhole: boolean): void;
}

/** Throws `report-not-written` where the folder is taken or cannot be written; nothing of it is left then, nor lost of an earlier run. */
export function openRunRecord(folder: string, head: JournalHead, warn: (text: string) => void): RunRecord {
  const unlock = lockFolder(folder);
  try {
    const runLog = openRunLog(folder);
    try {
      const journal = Journal.open(folder, head, () => clearRun(folder), {
        onCut: (reason) => {
          runLog.log.error({ reason }, 'journal cut');
          warn(
            `${JOURNAL} is cut, the run goes on without it: ${reason}; if it is killed, what follows is lost`,
          );
        },
      });
      return recordOf(runLog, journal, unlock, warn);
    } catch (error) {
      runLog.discard();
      throw error;
    }
  } catch (error) {
    unlock();
    throw error;
  }
}

function recordOf(
  runLog: RunLog,
  journal: Journal,
  unlock: () => void,
  warn: (text: string) => void,
): RunRecord {
  const listeners = [journalRun(journal), logRun(runLog)];
  return {
    runLog,
    journal,
    onEvent: (event) => {
      for (const listener of listeners) listener(event);
    },
    close(isWhole) {
      journal.close(!isWhole);
      const failure = runLog.close();
      if (failure !== undefined) warn(`run.log could not be written: ${failure}`);
      unlock();
    },
  };
}

/** Of what the totals are made of, and of what ends a run. */
export function journalRun(journal: Pick<Journal, 'append'>): (event: RunEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'started':
      case 'stopping':
      case 'lost':
        journal.append(event);
        break;
      case 'message':
        if (event.message.type === 'snapshot') {
          const { shard, message } = event;
          journal.append({ type: 'snapshot', shard, snapshot: message.snapshot });
        } else if (event.message.type === 'settled') {
          const { shard, message } = event;
          journal.append({ type: 'done', shard, ledger: message.ledger });
        }
        break;
    }
  };
}
