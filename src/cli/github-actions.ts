/** What a run tells GitHub Actions, where it runs there. Trouble with that is a warning: the run is not the worse for it. */

import type { Door } from '../app/door.ts';
import type { Summary } from '../metrics/summary.ts';
import { terminalText } from '../model/terminal-text.ts';
import { appendBelow } from '../report/file/write.ts';
import { summaryMarkdown } from '../report/run/summary-markdown.ts';
import { workflowCommands } from '../report/text/workflow-commands.ts';

/** The runner throws a job summary away that is larger. */
const MOST_SUMMARY_BYTES = 1024 * 1024;

/** Annotations go to stderr, which the runner reads as well: stdout may be JSON for another program. */
export async function tellGitHub(summary: Summary, door: Door, allowInvalid = false): Promise<void> {
  const { stderr, env } = door;
  if (env.GITHUB_ACTIONS === 'true') {
    for (const command of workflowCommands(summary, allowInvalid)) stderr.write(`${command}\n`);
  }
  const file = env.GITHUB_STEP_SUMMARY;
  if (!file) return;
  try {
    const isWhole = await appendBelow(file, summaryMarkdown(summary, allowInvalid), MOST_SUMMARY_BYTES);
    if (!isWhole) stderr.write('warning: the job summary is full, not all of this run is in it\n');
  } catch (error) {
    stderr.write(
      `warning: the job summary could not be written: ${terminalText((error as Error).message)}\n`,
    );
  }
}
