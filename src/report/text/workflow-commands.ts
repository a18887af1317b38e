/** Summary → workflow commands of GitHub Actions, which shows each as an annotation of the run. */

import type { Summary } from '../../metrics/summary.ts';
import { objectionsTo } from '../../metrics/threshold/verdict.ts';
import { visible } from '../../model/terminal-text.ts';
import { thresholdName, thresholdOutcome } from '../run/threshold-text.ts';

/** Commands, one line each without its end: what speaks against the run as a whole, then every threshold that failed or had no data. */
export function workflowCommands(summary: Summary, allowInvalid = false): string[] {
  const { scenario, thresholds } = summary;
  const ofRun = objectionsTo(summary, allowInvalid)
    .filter(({ kind }) => kind !== 'threshold')
    .map(({ said }) => error(scenario.name, said));
  const ofThresholds = thresholds
    .filter(({ verdict }) => verdict !== 'pass')
    .map((result) => error(scenario.name, `${thresholdName(result)}: ${thresholdOutcome(result, summary)}`));
  return [...ofRun, ...ofThresholds];
}

function error(title: string, message: string): string {
  return `::error title=${escapedProperty(title)}::${escaped(message)}`;
}

/**
 * The message so that the runner reads it back: only what would end the command or look like an escape; line ends stay line ends. What would
 * steer a terminal is shown instead, since these lines go to one as well.
 */
function escaped(message: string): string {
  const shown = message.split(/\r?\n/).map(visible).join('\n');
  return shown.replaceAll('%', '%25').replaceAll('\n', '%0A');
}

function escapedProperty(value: string): string {
  return escaped(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
