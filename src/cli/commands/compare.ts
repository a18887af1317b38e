/** `mqtt-fleet compare BASE HEAD`. */

import type { CommandModule } from 'yargs';
import type { Door } from '../../app/door.ts';
import { EXIT } from '../../app/exit-code.ts';
import { differencesOfOtherEnd, refusals, runDifferences } from '../../compare/comparability.ts';
import { type Comparison, compareRuns } from '../../compare/comparison.ts';
import { comparisonMarkdown } from '../../compare/comparison-markdown.ts';
import { comparisonPage } from '../../compare/comparison-page.ts';
import { comparisonTable } from '../../compare/comparison-table.ts';
import { type ChangeRule, parseChangeRule } from '../../compare/evidence/change-rule.ts';
import { isFailure } from '../../compare/judge-rule.ts';
import type { Tolerance } from '../../compare/verdict.ts';
import { quoted } from '../../input/quoted.ts';
import { badInput, FleetError, type Problem } from '../../model/errors.ts';
import { terminalJson } from '../../model/terminal-text.ts';
import { msFromUs, parseDurationUs, parsePercent } from '../../model/units.ts';
import { writePage } from '../../report/file/page-file.ts';
import { mergedTrends } from '../../report/run/merged-trends.ts';
import { readRun } from '../../report/run/read-run.ts';
import type { FinishedRun } from '../../report/run/run-files.ts';
import { paintFor } from '../../report/text/paint.ts';
import { seededRandom } from '../../statistics/random.ts';

interface CompareFlags {
  base: string;
  head: string;
  failOn?: string[];
  tolerance?: string[];
  allow?: string[];
  json: boolean;
  markdown: boolean;
  html?: string;
}

/** The same two runs always give the same answer. */
const SEED = 1;
const DEFAULT_TOLERANCE: Tolerance = { share: 0.05, ms: 1 };

export function compareCommand(door: Door): CommandModule {
  return {
    command: 'compare <base> <head>',
    describe: 'Hold a run against an earlier one: what changed, and is it more than chance?',
    builder: (yargs) =>
      yargs
        .positional('base', {
          type: 'string',
          demandOption: true,
          describe: 'Folder of a run, or its summary.json',
        })
        .positional('head', { type: 'string', demandOption: true, describe: 'The run that is judged' })
        .option('fail-on', list('Exit 99 when it holds, e.g. "connect_latency.p99 > +10%"'))
        .option(
          'tolerance',
          list(
            'Smaller differences are none: a share (10%) and, of times, a duration (2ms), whichever is more [5%, 1ms]',
          ),
        )
        .option('allow', list('What may differ between the runs, e.g. client, publish, environment, all'))
        .option('json', { type: 'boolean', default: false, describe: 'Print the comparison as JSON' })
        .option('html', {
          type: 'string',
          describe: 'Write both runs, one drawn over the other, into this file',
        })
        .option('markdown', { type: 'boolean', default: false, describe: 'Print it as Markdown' })
        .check(({ json, markdown }) => {
          if (!(json && markdown)) return true;
          throw new Error('--json and --markdown exclude each other');
        })
        .example('$0 compare reports/before reports/after', 'two runs of one scenario')
        .example('$0 compare a b --fail-on "publish_ack.p99 > +20%"', 'a gate in CI'),
    handler: (argv) => compare(argv as unknown as CompareFlags, door),
  };
}

/** Given once for each value. */
function list(describe: string) {
  return { type: 'string', array: true, nargs: 1, describe } as const;
}

async function compare(flags: CompareFlags, door: Door): Promise<void> {
  const problems: Problem[] = [];
  const rules = (flags.failOn ?? []).flatMap((text) => ruleOf(text, problems));
  const tolerance = toleranceOf(flags.tolerance ?? [], problems);
  const [base, head] = [await runAt(flags.base, problems), await runAt(flags.head, problems)];
  if (base === undefined || head === undefined) throw badInput(problems);
  const differences = runDifferences(base, head);
  problems.push(...refusals(differences, flags.allow ?? [], flags.head));
  if (problems.length > 0) throw badInput(problems);
  const comparison = compareRuns({
    base: { path: flags.base, run: base },
    head: { path: flags.head, run: head },
    differences: [...differences, ...differencesOfOtherEnd(base, head)],
    tolerance,
    rules,
    random: seededRandom(SEED),
  });
  if (flags.html !== undefined) await drawPage(flags.html, comparison, base, head);
  door.stdout.write(`${shown(comparison, flags, door)}\n`);
  if (comparison.rules.some(isFailure)) door.finish(EXIT.threshold);
}

/** Undefined after adding to the problems. */
async function runAt(path: string, problems: Problem[]): Promise<FinishedRun | undefined> {
  try {
    return await readRun(path);
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== 'bad-input') throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function ruleOf(text: string, problems: Problem[]): ChangeRule[] {
  const reading = parseChangeRule(text);
  if ('rule' in reading) return [reading.rule];
  problems.push({ file: '--fail-on', message: `${quoted(text)} is no rule`, hint: reading.wrong });
  return [];
}

function toleranceOf(texts: string[], problems: Problem[]): Tolerance {
  const tolerance = { ...DEFAULT_TOLERANCE };
  for (const text of texts) {
    const [share, us] = [parsePercent(text), parseDurationUs(text)];
    if (share !== undefined) tolerance.share = share;
    else if (us !== undefined) tolerance.ms = msFromUs(us);
    else {
      const message = `${quoted(text)} is no tolerance`;
      problems.push({ file: '--tolerance', message, hint: 'write a share (5%) or a duration (1ms)' });
    }
  }
  return tolerance;
}

function shown(comparison: Comparison, { json, markdown }: CompareFlags, door: Door): string {
  if (json) return terminalJson(comparison);
  return markdown
    ? comparisonMarkdown(comparison)
    : comparisonTable(comparison, paintFor(door.stdout, door.env));
}

/** Throws `report-not-written`. */
async function drawPage(
  file: string,
  comparison: Comparison,
  base: FinishedRun,
  head: FinishedRun,
): Promise<void> {
  const drawn = [base, head].map(({ summary, intervals }) => ({
    summary,
    merged: mergedTrends(summary, intervals),
  }));
  try {
    const page = comparisonPage(comparison, { base: drawn[0]!, head: drawn[1]! });
    await writePage(file, page);
  } finally {
    for (const { merged } of drawn) for (const histogram of merged.values()) histogram.destroy();
  }
}
