/** The files of a run's folder, by name: each a function of the summary, of the intervals, or of the scenario's text. Pure. */
import type { Summary } from '../metrics/summary.ts';
import type { Interval } from '../metrics/timeline.ts';
import { histogramLog } from './hlog.ts';
import { junitXml } from './junit.ts';
import { summaryMarkdown } from './summary-markdown.ts';

export interface FinishedRun {
  summary: Summary;
  intervals: Interval[];
  /** The scenario's text with what was set on the command line, without secrets. */
  asRun: string;
  /** An overloaded generator is accepted. */
  allowInvalid?: boolean;
}

export function runFiles({ summary, intervals, asRun, allowInvalid }: FinishedRun): Record<string, string> {
  return {
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
    'summary.md': summaryMarkdown(summary, allowInvalid),
    'junit.xml': junitXml(summary, allowInvalid),
    'histograms.hlog': histogramLog(intervals, Date.parse(summary.startedAt)),
    'scenario.yaml': asRun,
  };
}
