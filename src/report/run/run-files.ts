/** The files of a run's folder, by name: each a function of the summary, of the intervals, or of the scenario's text. Pure. */
import type { Histogram } from '../../metrics/histogram/histogram.ts';
import type { Summary } from '../../metrics/summary.ts';
import type { Interval } from '../../metrics/timeline.ts';
import type { TimeTrend } from '../../model/metrics/metric-names.ts';
import { reportPage } from './document.ts';
import { histogramLog } from './hlog.ts';
import { junitXml } from './junit.ts';
import { mergedTrends } from './merged-trends.ts';
import { summaryMarkdown } from './summary-markdown.ts';

export interface FinishedRun {
  summary: Summary;
  intervals: Interval[];
  /** The scenario's text with what was set on the command line, without secrets; undefined where only the figures were kept. */
  asRun: string | undefined;
  /** The trends of the whole run, where it has just been measured: those that are read back are merged of the intervals. */
  merged?: ReadonlyMap<TimeTrend, Histogram>;
  /** An overloaded generator is accepted. */
  allowInvalid?: boolean;
}

/** The names of those that every run has. Without the first there is no report. */
export const RUN_FILES = [
  ...['summary.json', 'histograms.hlog', 'scenario.yaml'],
  ...['summary.md', 'junit.xml', 'report.html', 'run.log'],
];

/** Folder with a file of percentiles for each trend. */
export const PERCENTILES_FOLDER = 'percentiles';

/** Text of every file, by its path in the folder. */
export function runFiles(run: FinishedRun): Record<string, string> {
  return { ...recordFiles(run), ...renderedFiles(run) };
}

/** What cannot be made again. Written first, so that no trouble with the rest loses it. */
export function recordFiles({ summary, intervals, asRun }: FinishedRun): Record<string, string> {
  return {
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
    'histograms.hlog': histogramLog(intervals, Date.parse(summary.startedAt)),
    ...(asRun === undefined ? {} : { 'scenario.yaml': asRun }),
  };
}

/** What `mqtt-fleet report` makes of these. */
export function renderedFiles(run: FinishedRun): Record<string, string> {
  if (run.merged !== undefined) return renderedOf(run, run.merged);
  const merged = mergedTrends(run.summary, run.intervals);
  try {
    return renderedOf(run, merged);
  } finally {
    for (const histogram of merged.values()) histogram.destroy();
  }
}

function renderedOf(
  { summary, asRun, allowInvalid }: FinishedRun,
  merged: ReadonlyMap<TimeTrend, Histogram>,
): Record<string, string> {
  const percentiles = [...merged].map(([trend, histogram]) => [hgrmOf(trend), distribution(histogram)]);
  return {
    'summary.md': summaryMarkdown(summary, allowInvalid),
    'junit.xml': junitXml(summary, allowInvalid),
    'report.html': reportPage({ summary, merged, asRun }),
    ...Object.fromEntries(percentiles),
  };
}

function hgrmOf(trend: string): string {
  return `${PERCENTILES_FOLDER}/${trend}.hgrm`;
}

/** Percentile distribution in milliseconds. */
function distribution(histogram: Histogram): string {
  return histogram.percentileDistribution(1000);
}
