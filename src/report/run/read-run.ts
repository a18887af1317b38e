/** A finished run back from its folder: the same as what the files were made of. Whatever is wrong with them is `bad-input`. */
import { constants } from 'node:buffer';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { lookAt, OPEN_FLAGS } from '../../input/given-file.ts';
import { defaultMessage } from '../../input/zod-message.ts';
import { SUMMARY_SCHEMA_VERSION, type Summary } from '../../metrics/summary.ts';
import { summarySchema } from '../../metrics/summary-schema.ts';
import type { Interval } from '../../metrics/timeline.ts';
import { badInput, messageOf, type Problem } from '../../model/errors.ts';
import { COUNTERS, RATE_TRENDS, TIME_TRENDS } from '../../model/metrics/metric-names.ts';
import { formMessages } from '../file/form-messages.ts';
import { JOURNAL } from '../journal/journal.ts';
import { parseHistogramLog } from './hlog.ts';
import type { FinishedRun } from './run-files.ts';

const SUMMARY = 'summary.json';
const HISTOGRAMS = 'histograms.hlog';
const MOST_PROBLEMS = 20;

/** `path` is a run's folder, or the summary.json in it. Throws `bad-input` with every problem. */
export async function readRun(path: string): Promise<FinishedRun> {
  const folder = folderOfRun(path);
  const problems: Problem[] = [];
  const summaryFile = join(folder, SUMMARY);
  const logFile = join(folder, HISTOGRAMS);
  const read = (file: string, hint: string): Promise<string | undefined> =>
    readText(file).catch((error) => {
      problems.push({ file, message: reasonOf(error), hint });
      return undefined;
    });
  const summaryText = await read(
    summaryFile,
    hasJournalOnly(folder)
      ? `the run was killed or its report found no room: \`mqtt-fleet report ${folder}\` makes one from its journal`
      : 'name the folder that a run wrote, as its last line says',
  );
  if (summaryText === undefined) throw badInput(problems);
  const logText = await read(logFile, 'it is written beside summary.json; keep the folder together');
  const asRun = await readText(join(folder, 'scenario.yaml')).catch(() => undefined);

  const summary = parseSummary(summaryText, summaryFile);
  const log = parseHistogramLog(logText ?? '', logFile);
  problems.push(...summary.problems, ...log.problems);
  if (problems.length === 0) problems.push(...disagreements(summary.value!, log.intervals, logFile));
  if (problems.length > 0) throw badInput(problems);
  return { summary: summary.value!, intervals: log.intervals, asRun };
}

/** The folder itself, or that of the summary.json or the journal that was named. */
export function folderOfRun(path: string): string {
  return [SUMMARY, JOURNAL].includes(basename(path)) ? dirname(path) : path;
}

/** The run was killed, or its report found no room: all there is of it is its journal. */
export function hasJournalOnly(folder: string): boolean {
  const has = (name: string): boolean => existsSync(join(folder, name));
  return has(JOURNAL) && !(has(SUMMARY) && has(HISTOGRAMS));
}

async function readText(file: string): Promise<string> {
  const looked = await lookAt(file);
  if ('wrong' in looked) throw new RangeError(looked.isMissing ? 'there is no such file' : looked.wrong);
  if (looked.info.size > constants.MAX_STRING_LENGTH) throw new RangeError('is too large to be read');
  return readFile(file, { encoding: 'utf8', flag: OPEN_FLAGS });
}

function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EISDIR':
      return 'is a folder';
    default:
      return messageOf(error);
  }
}

function parseSummary(text: string, file: string): { value: Summary | undefined; problems: Problem[] } {
  const wrong = (problems: Problem[]) => ({ value: undefined, problems });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong([{ file, message: 'is no JSON' }]);
  }
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version !== SUMMARY_SCHEMA_VERSION) {
    const is = typeof version === 'number' ? `has schemaVersion ${version}` : 'is no summary of a run';
    return wrong([{ file, message: is, hint: `this version reads schemaVersion ${SUMMARY_SCHEMA_VERSION}` }]);
  }
  const result = summarySchema.safeParse(value, { error: defaultMessage });
  // Not what zod made of it: the order of its keys is that in which it is written again.
  if (result.success) return { value: withEveryMetric(value as Summary), problems: [] };
  const messages = formMessages(result.error.issues, value);
  const shown = messages.slice(0, MOST_PROBLEMS).map((message) => ({ file, message }));
  const more = messages.length - shown.length;
  return wrong(more > 0 ? [...shown, { file, message: `and ${more} more places` }] : shown);
}

/** A run of before lacks those that were added since. */
function withEveryMetric(summary: Summary): Summary {
  const counters = Object.fromEntries(COUNTERS.map((name) => [name, summary.counters[name] ?? 0]));
  const trends = Object.fromEntries(
    [...TIME_TRENDS, ...RATE_TRENDS].map((name) => [name, summary.trends[name] ?? null]),
  );
  return { ...summary, counters: counters as Summary['counters'], trends: trends as Summary['trends'] };
}

/** Two files of different runs, or one that was cut off. */
function disagreements({ trends }: Summary, intervals: Interval[], file: string): Problem[] {
  const counts = new Map<string, number>();
  for (const { trend, histogram } of intervals) {
    counts.set(trend, (counts.get(trend) ?? 0) + histogram.encoded.count);
  }
  return TIME_TRENDS.flatMap((trend) => {
    const [logged, summed] = [counts.get(trend) ?? 0, trends[trend]?.count ?? 0];
    if (logged === summed) return [];
    return [{ file, message: `holds ${logged} values of ${trend}, where summary.json counts ${summed}` }];
  });
}
