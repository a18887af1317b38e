/** `mqtt-fleet compare BASE HEAD`. */

import * as z from 'zod';
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
import { text } from '../../input/fields.ts';
import { quoted } from '../../input/quoted.ts';
import { badInput } from '../../model/errors.ts';
import { terminalJson } from '../../model/terminal-text.ts';
import { msFromUs, parseDurationUs, parsePercent } from '../../model/units.ts';
import { writePage } from '../../report/file/page-file.ts';
import { mergedTrends } from '../../report/run/merged-trends.ts';
import { readRun } from '../../report/run/read-run.ts';
import type { FinishedRun } from '../../report/run/run-files.ts';
import { paintFor } from '../../report/text/paint.ts';
import { seededRandom } from '../../statistics/random.ts';
import type { Command } from '../command.ts';
import { listOf, onOff, read, someText } from '../flags/flag-fields.ts';
import { flags, type Values } from '../flags/flags.ts';

/** The same two runs always give the same answer. */
const SEED = 1;
const DEFAULT_TOLERANCE: Tolerance = { share: 0.05, ms: 1 };

const MISSING = { missing: 'name two runs, BASE and HEAD' };

const FLAGS = flags({
  base: read(readRun).meta({ ...MISSING, description: 'Folder of a run, or its summary.json' }),
  head: read(readRun).meta({ ...MISSING, description: 'The run that is judged' }),
  failOn: listOf(text().transform(ruleOf)).meta({
    description: 'Exit 99 when it holds, e.g. "connect_latency.p99 > +10%"',
  }),
  tolerance: listOf(text().transform(toleranceOf)).transform(toleranceOfAll).meta({
    description:
      'Smaller differences are none: a share (10%) and, of times, a duration (2ms), whichever is more [5%, 1ms]',
  }),
  allow: listOf(text()).meta({
    description: 'What may differ between the runs, e.g. client, publish, environment, all',
  }),
  json: onOff('Print the comparison as JSON'),
  html: someText()
    .optional()
    .meta({ description: 'Write both runs, one drawn over the other, into this file' }),
  markdown: onOff('Print it as Markdown'),
}).rule(['json', 'markdown'], ({ json, markdown }, complain) => {
  if (json && markdown) complain([], '--json and --markdown exclude each other');
});

type CompareFlags = Values<typeof FLAGS.fields>;

export const compareCommand: Command<typeof FLAGS.fields> = {
  usage: 'compare <base> <head>',
  describe: 'Hold a run against an earlier one: what changed, and is it more than chance?',
  flags: FLAGS,
  examples: [
    ['$0 compare reports/before reports/after', 'two runs of one scenario'],
    ['$0 compare a b --fail-on "publish_ack.p99 > +20%"', 'a gate in CI'],
  ],
  run: compare,
};

async function compare(flags: CompareFlags, door: Door): Promise<void> {
  const { base, head } = flags;
  const differences = runDifferences(base.value, head.value);
  const refused = refusals(differences, flags.allow, head.name);
  if (refused.length > 0) throw badInput(refused);
  const comparison = compareRuns({
    base: { path: base.name, run: base.value },
    head: { path: head.name, run: head.value },
    differences: [...differences, ...differencesOfOtherEnd(base.value, head.value)],
    tolerance: flags.tolerance,
    rules: flags.failOn,
    random: seededRandom(SEED),
  });
  if (flags.html !== undefined) await drawPage(flags.html, comparison, base.value, head.value);
  door.stdout.write(`${shown(comparison, flags, door)}\n`);
  if (comparison.rules.some(isFailure)) door.finish(EXIT.threshold);
}

function ruleOf(given: string, context: z.core.$RefinementCtx<string>): ChangeRule {
  const reading = parseChangeRule(given);
  if ('rule' in reading) return reading.rule;
  const message = `${quoted(given)} is no rule`;
  context.addIssue({ code: 'custom', message, params: { hint: reading.wrong } });
  return z.NEVER;
}

function toleranceOf(given: string, context: z.core.$RefinementCtx<string>): Partial<Tolerance> {
  const [share, us] = [parsePercent(given), parseDurationUs(given)];
  if (share !== undefined) return { share };
  if (us !== undefined) return { ms: msFromUs(us) };
  const message = `${quoted(given)} is no tolerance`;
  context.addIssue({ code: 'custom', message, params: { hint: 'write a share (5%) or a duration (1ms)' } });
  return z.NEVER;
}

/** The last of each kind counts. */
function toleranceOfAll(given: readonly Partial<Tolerance>[]): Tolerance {
  return Object.assign({ ...DEFAULT_TOLERANCE }, ...given);
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
