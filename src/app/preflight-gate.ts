/** The preflight on the command line: read the machine, show what was found, refuse what cannot go well. */

import { demandOf } from '../coordinator/demand.ts';
import type { Plan } from '../coordinator/plan.ts';
import { type Finding, preflight } from '../coordinator/preflight.ts';
import { readMachine } from '../machine/facts.ts';
import { FleetError, formatProblem, type Problem } from '../model/errors.ts';
import type { Scenario } from '../model/scenario.ts';
import { inert } from '../model/terminal-text.ts';
import { formatBytes, formatCount } from '../report/text/format.ts';
import type { Paint } from '../report/text/paint.ts';
import { plainTable } from '../report/text/plain-table.ts';
import type { Door } from './door.ts';

export async function findingsOn(scenario: Scenario, plan: Plan): Promise<Finding[]> {
  return preflight(demandOf(scenario, plan), await readMachine(scenario.localAddresses ?? []));
}

/** Throws `preflight` with everything that the plan exceeds, unless it is forced; the rest is said on stderr. */
export async function holdPreflight(
  scenario: Scenario,
  plan: Plan,
  force: boolean,
  { stderr }: Door,
): Promise<void> {
  const findings = await findingsOn(scenario, plan);
  const problemsOf = (...verdicts: Finding['verdict'][]): Problem[] =>
    findings.filter(({ verdict }) => verdicts.includes(verdict)).map(problemOf);
  const exceeded = problemsOf('exceeded');
  for (const problem of [...problemsOf('tight'), ...(force ? exceeded : [])]) {
    stderr.write(`warning: ${formatProblem(problem)}\n`);
  }
  if (exceeded.length === 0 || force) return;
  const message = `this machine cannot carry the scenario: ${exceeded.map(formatProblem).join('; ')}`;
  throw new FleetError('preflight', message, { problems: exceeded, hint: '--force runs anyway' });
}

function problemOf(finding: Finding): Problem {
  const { subject, needs, has, advice } = finding;
  const message = `${amount(needs, finding)} needed, ${has === undefined ? 'unknown' : amount(has, finding)} there`;
  return { file: subject, message, hint: advice };
}

export function preflightTable(found: Finding[], paint: Paint): string {
  const findings = inert(found);
  const rows = findings.map((finding) => [
    finding.subject,
    amount(finding.needs, finding),
    finding.has === undefined ? 'unknown' : amount(finding.has, finding),
    finding.verdict === 'exceeded' ? paint.bad(finding.verdict) : finding.verdict,
  ]);
  const said = findings
    .filter(({ advice }) => advice !== '')
    .map(({ subject, advice }) => `  ${subject}: ${advice}`);
  return [plainTable(['preflight', 'needed', 'there', ''].map(paint.dim), rows), ...said].join('\n');
}

function amount(value: number, { unit }: Finding): string {
  if (!Number.isFinite(value)) return 'unlimited';
  if (unit === 'cores') return `${Math.round(value * 100) / 100} cores`;
  return unit === 'bytes' ? formatBytes(value) : formatCount(value);
}
