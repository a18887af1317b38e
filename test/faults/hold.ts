/** What holds after every row, whatever its fault was: the end it came to, reports that are whole, books that balance. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect } from 'vitest';
import type { Summary } from '../../src/metrics/summary.ts';
import { parseHistogramLog } from '../../src/report/run/hlog.ts';
import { expectBalanced } from '../support/books.ts';
import { type Finished, ROOT, readSummary } from '../support/cli.ts';
import { readJUnit } from '../support/junit.ts';
import type { ExpectedFailure, Row } from './row.ts';

/** Exit code, and no file that is half there. */
export function holdEnd(row: Row, { code, stdout, stderr }: Finished, out: string): void {
  const said = `${stdout}\n${stderr}`;
  expect(code, said.slice(-3_000)).toBe(row.exit);
  expect(stderr, 'a stack trace').not.toMatch(/^ {4}at .*:\d+:\d+/m);
  const files = existsSync(out) ? (readdirSync(out, { recursive: true }) as string[]) : [];
  expect(files.filter((file) => file.endsWith('.partial'))).toEqual(row.leaves ?? []);
  if (row.outcome !== 'unwritten') return;
  if (row.because !== undefined) expect(said).toMatch(row.because);
  // What was written before there was no more room is whole.
  if (files.includes('summary.json')) holdSchema(out);
  expect(files.includes('report.html') && files.includes('junit.xml'), `${files}`).toBe(false);
}

export function holdReport(row: Row, { code }: Finished, out: string): Summary {
  const summary = holdSchema(out);
  expect(summary.outcome.state, `${summary.outcome.reason}`).toBe(row.outcome);
  if (row.because !== undefined) expect(summary.outcome.reason).toMatch(row.because);
  expectBalanced(out);
  holdFailures(row.failures ?? [], summary.failures);
  expect(summary.counters).toMatchObject(row.counters ?? {});
  holdFiles(out, summary, code);
  return summary;
}

function holdSchema(out: string): Summary {
  const summary = readSummary(out);
  VALIDATE(summary);
  expect(VALIDATE.errors, JSON.stringify(VALIDATE.errors)).toBeNull();
  return summary;
}

const VALIDATE = new Ajv({
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  formats: { 'date-time': true },
}).compile(JSON.parse(readFileSync(join(ROOT, 'dist/schemas/summary.schema.json'), 'utf8')));

/** Each that was expected is there, and no other. */
function holdFailures(expected: ExpectedFailure[], found: Summary['failures']): void {
  const named = found.map(({ phase, kind, code, hint }) => ({
    is: `${phase}: ${kind} ${code}`.trim(),
    hint,
  }));
  const seen = `the failures are ${JSON.stringify(named)}`;
  for (const { is, hint } of named) {
    const fitting = expected.filter((each) => fits(each.is, is));
    expect(fitting, `not expected: ${is}; ${seen}`).not.toEqual([]);
    expect(
      fitting.some((each) => each.hint.test(hint)),
      `the hint of ${is}: ${hint}`,
    ).toBe(true);
  }
  for (const { is, perhaps } of expected) {
    if (!perhaps)
      expect(
        named.some((each) => fits(is, each.is)),
        `missing: ${is}; ${seen}`,
      ).toBe(true);
  }
}

function fits(expected: string | RegExp, found: string): boolean {
  return typeof expected === 'string' ? expected === found : expected.test(found);
}

function holdFiles(out: string, summary: Summary, code: number | null): void {
  const text = (file: string): string => readFileSync(join(out, file), 'utf8');
  const log = parseHistogramLog(text('histograms.hlog'), 'histograms.hlog');
  expect(log.problems).toEqual([]);
  expect(text('report.html').trimEnd()).toMatch(/<\/html>$/);
  expect(text('summary.md')).toContain(summary.scenario.name);
  expect(text('summary.md')).toMatch(/\n$/);
  const { failures, errors } = readJUnit(text('junit.xml'));
  // It tells of the run; that stdout took no table is another matter.
  const isBad = code !== 0 && code !== 112;
  expect(failures + errors > 0, `JUnit: ${failures} failures, ${errors} errors; exit code ${code}`).toBe(
    isBad,
  );
}
