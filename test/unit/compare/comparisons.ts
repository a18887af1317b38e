/** Comparisons of made runs, as the command would make them. */

import type { RunDifference } from '../../../src/compare/comparability.ts';
import { type Comparison, compareRuns } from '../../../src/compare/comparison.ts';
import { type ChangeRule, parseChangeRule } from '../../../src/compare/evidence/change-rule.ts';
import type { FinishedRun } from '../../../src/report/run/run-files.ts';
import { seededRandom } from '../../../src/statistics/random.ts';

export function comparisonOf(
  base: FinishedRun,
  head: FinishedRun,
  rules: string[] = [],
  differences: RunDifference[] = [],
): Comparison {
  return compareRuns({
    base: { path: 'runs/base', run: base },
    head: { path: 'runs/head', run: head },
    differences,
    tolerance: { share: 0.05, ms: 1 },
    rules: rules.map(ruleOf),
    random: seededRandom(1),
  });
}

function ruleOf(text: string): ChangeRule {
  const reading = parseChangeRule(text);
  if ('wrong' in reading) throw new Error(reading.wrong);
  return reading.rule;
}
