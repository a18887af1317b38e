/**
 * Summary → JUnit XML in the dialect that Jenkins' junit-10.xsd and GitLab share: a testcase per threshold and one per way in which a run
 * can be worth nothing. A failure is the system under test's, an error the harness's. `skipped` would read as green and is never used.
 */

import Builder from 'fast-xml-builder';
import type { Summary } from '../../metrics/summary.ts';
import { type ObjectionKind, objectionsTo } from '../../metrics/threshold/verdict.ts';
import { visible } from '../../model/terminal-text.ts';
import { paintFor } from '../text/paint.ts';
import { summaryTable } from './summary-table.ts';
import { thresholdName, thresholdOutcome } from './threshold-text.ts';

interface TestCase {
  name: string;
  /** What is wrong; absent where the case passed. */
  problem?: { tag: 'failure' | 'error'; type: string; message: string };
}

/** What is asked of the run itself, beside its thresholds. */
const OF_THE_RUN: [Exclude<ObjectionKind, 'threshold'>, string][] = [
  ['nothing-connected', 'devices connected'],
  ['worker-lost', 'no worker was lost'],
  ['generator', 'the generator kept up'],
  ['books', 'the books balance'],
];
const TO_ITS_END = 'the run came to its end';

const PLAIN = paintFor({}, { NO_COLOR: '1' });

const BUILDER = new Builder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  format: true,
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
  attributeValueProcessor: (_name, value) => xmlText(value),
  tagValueProcessor: (_name, value) => xmlText(value),
});

export function junitXml(summary: Summary, allowInvalid = false): string {
  const { scenario, startedAt, tool } = summary;
  const cases = testCasesOf(summary, allowInvalid);
  const time = (summary.durationMs / 1e3).toFixed(3);
  const counts = {
    '@tests': cases.length,
    '@failures': countOf(cases, 'failure'),
    '@errors': countOf(cases, 'error'),
  };
  const facts = { tool: `${tool.name} ${tool.version}`, ...scenario };
  const testsuite = {
    '@name': scenario.name,
    ...counts,
    '@skipped': 0,
    '@time': time,
    // As Ant writes it: UTC without saying so.
    '@timestamp': startedAt.slice(0, 19),
    properties: {
      property: Object.entries(facts).map(([name, value]) => ({ '@name': name, '@value': value })),
    },
    testcase: cases.map(({ name, problem }) => ({
      '@name': name,
      // GitLab names its suites by this.
      '@classname': `${tool.name}.${scenario.name}`,
      '@time': name === TO_ITS_END ? time : '0',
      ...(problem && { [problem.tag]: problemElement(problem) }),
    })),
    'system-out': summaryTable(summary, PLAIN),
  };
  const testsuites = { '@name': tool.name, ...counts, '@time': time, testsuite };
  return BUILDER.build({ '?xml': { '@version': '1.0', '@encoding': 'UTF-8' }, testsuites });
}

/** Jenkins shows the message, GitLab the text alone. */
function problemElement({ type, message }: NonNullable<TestCase['problem']>) {
  return { '@type': type, '@message': message, '#text': message };
}

/** What XML 1.0 has no way to say, escaped or not (production [2] Char), is shown as on a terminal; lines stay lines. */
function xmlText(value: unknown): string {
  return String(value).split(/\r?\n/).map(visible).join('\n');
}

function testCasesOf(summary: Summary, allowInvalid: boolean): TestCase[] {
  const objections = new Map(objectionsTo(summary, allowInvalid).map(({ kind, said }) => [kind, said]));
  const ofRun = OF_THE_RUN.map(([kind, name]): TestCase => {
    const message = objections.get(kind);
    return { name, ...(message === undefined ? {} : { problem: { tag: tagOf(kind), type: kind, message } }) };
  });
  return [...thresholdCases(summary), ...ofRun, endCase(summary)];
}

/** The tag of an objection: that nobody gets in is the target's doing, or of how it was spoken to. */
function tagOf(kind: ObjectionKind): 'failure' | 'error' {
  return kind === 'nothing-connected' ? 'failure' : 'error';
}

/** GitLab ignores the second of two cases of one name. */
function thresholdCases(summary: Summary): TestCase[] {
  const seen = new Map<string, number>();
  return summary.thresholds.map((result): TestCase => {
    const plain = thresholdName(result);
    const times = (seen.get(plain) ?? 0) + 1;
    seen.set(plain, times);
    const name = times === 1 ? plain : `${plain} (${times})`;
    if (result.verdict === 'pass') return { name };
    const type = result.verdict === 'fail' ? 'threshold' : 'no-data';
    return { name, problem: { tag: 'failure', type, message: thresholdOutcome(result, summary) } };
  });
}

/** The case of how the run ended: a threshold is the system's fault, a signal or a loss is not. */
function endCase({ outcome, thresholds }: Summary): TestCase {
  if (outcome.state === 'completed') return { name: TO_ITS_END };
  const tag = thresholds.some(({ abortedRun }) => abortedRun) ? 'failure' : 'error';
  const message = `${outcome.state}: ${outcome.reason ?? 'for no known reason'}`;
  return { name: TO_ITS_END, problem: { tag, type: outcome.state, message } };
}

function countOf(cases: TestCase[], tag: 'failure' | 'error'): number {
  return cases.filter(({ problem }) => problem?.tag === tag).length;
}
