/** The files of a run's folder, by name: each a function of the summary, of the intervals, or of the scenario's text. Pure. */
import type { Summary } from '../metrics/summary.ts';
import type { Interval } from '../metrics/timeline.ts';
import { histogramLog } from './hlog.ts';

export interface FinishedRun {
  summary: Summary;
  intervals: Interval[];
  /** The scenario's text with what was set on the command line, without secrets; undefined where only the figures were kept. */
  asRun: string | undefined;
}

export function runFiles({ summary, intervals, asRun }: FinishedRun): Record<string, string> {
  return {
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
    'histograms.hlog': histogramLog(intervals, Date.parse(summary.startedAt)),
    ...(asRun === undefined ? {} : { 'scenario.yaml': asRun }),
  };
}
