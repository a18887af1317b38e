/**
 * `mqtt-fleet report RUN`: a finished run's reports once more, from its summary.json and histograms.hlog; of a run that was killed, its
 * first, from its journal.
 */
import { realpathSync } from 'node:fs';
import type { Door } from '../../app/door.ts';
import { EXIT } from '../../app/exit-code.ts';
import { replayRun } from '../../app/record/replay-run.ts';
import { stopRequestOf } from '../../app/stop-request.ts';
import { terminalJson, terminalText } from '../../model/terminal-text.ts';
import { expectUnlocked, isLocked } from '../../report/file/folder-lock.ts';
import { claimFolder, dropJournal, dropPercentiles, writeFiles } from '../../report/file/write.ts';
import { folderOfRun, hasJournalOnly, readRun } from '../../report/run/read-run.ts';
import { runFiles } from '../../report/run/run-files.ts';
import { summaryTable } from '../../report/run/summary-table.ts';
import { paintFor } from '../../report/text/paint.ts';
import type { Command } from '../command.ts';
import { onOff, someText } from '../flags/flag-fields.ts';
import { flags, type Values } from '../flags/flags.ts';

const FLAGS = flags({
  run: someText().meta({
    description: "The run's folder, or the summary.json in it",
    missing: 'name a scenario file, or for report the folder of a run',
  }),
  out: someText().optional().meta({ alias: 'o', description: "Folder to write into [the run's own]" }),
  json: onOff('Print the summary as JSON'),
  allowInvalid: onOff('Let JUnit and Markdown accept a generator that was overloaded'),
});

export const reportCommand: Command<typeof FLAGS.fields> = {
  usage: 'report <run>',
  describe: 'Render the reports of a run once more, or make those of a run that was killed',
  flags: FLAGS,
  examples: [['$0 report reports/20261123T033315Z-quickstart', 'the table again, and report.html anew']],
  run: report,
};

/** It reports and does not judge: a threshold that failed is no failure of this command. That a run is only a part of one is said. */
async function report(flags: Values<typeof FLAGS.fields>, door: Door): Promise<void> {
  const home = folderOfRun(flags.run);
  const isReplayed = hasJournalOnly(home);
  const read = isReplayed ? await replayRun(home, isLocked(home)) : await readRun(flags.run);
  const run = { ...read, allowInvalid: flags.allowInvalid };
  const folder = flags.out === undefined ? home : await claimFolder(flags.out);
  if (isReplayed) expectUnlocked(folder);
  // A folder of which half was made anew would contradict itself.
  const stop = stopRequestOf(door);
  const files = runFiles(run);
  await writeFiles(folder, files).finally(() => stop.close());
  if (!isSameFolder(folder, home)) {
    await dropPercentiles(folder, files);
    await dropJournal(folder);
  }
  const table = summaryTable(run.summary, paintFor(door.stdout, door.env));
  door.stdout.write(
    flags.json ? `${terminalJson(run.summary)}\n` : `${table}\n\nReport      ${terminalText(folder)}\n`,
  );
  if (run.summary.outcome.state === 'partial') door.finish(EXIT.workerLost);
}

function isSameFolder(one: string, other: string): boolean {
  return realpathSync(one) === realpathSync(other);
}
