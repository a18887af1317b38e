import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { expect, it } from 'vitest';
import { comparisonMarkdown } from '../../../src/compare/comparison-markdown.ts';
import { comparisonPage } from '../../../src/compare/comparison-page.ts';
import { comparisonTable } from '../../../src/compare/comparison-table.ts';
import type { DrawnRun } from '../../../src/compare/overlay-charts.ts';
import type { Summary } from '../../../src/metrics/summary.ts';
import { terminalJson, terminalLines, terminalText, visible } from '../../../src/model/terminal-text.ts';
import { liveBlock } from '../../../src/report/live/live-block.ts';
import { reportPage } from '../../../src/report/run/document.ts';
import { junitXml } from '../../../src/report/run/junit.ts';
import { mergedTrends } from '../../../src/report/run/merged-trends.ts';
import type { FinishedRun } from '../../../src/report/run/run-files.ts';
import { summaryMarkdown } from '../../../src/report/run/summary-markdown.ts';
import { summaryTable } from '../../../src/report/run/summary-table.ts';
import { paintFor } from '../../../src/report/text/paint.ts';
import { workflowCommands } from '../../../src/report/text/workflow-commands.ts';
import { cases } from '../../support/cases.ts';
import { expectInert, HOSTILE, replaced } from '../../support/foreign-text.ts';
import { readJUnit } from '../../support/junit.ts';
import { madeRun } from '../../support/made-runs.ts';
import { comparisonOf } from '../../unit/compare/comparisons.ts';
import { anyText } from '../../unit/report/any-text.ts';
import { busyTotals, standing } from '../../unit/report/standing.ts';
import { summaryOf } from '../../unit/report/summaries.ts';

const PAINTS = [paintFor({}, { NO_COLOR: '1' }), paintFor({}, { FORCE_COLOR: '1' })];

/** Where only some words may stand: the schema of summary.json lets no others in. */
const WORDS = /^\.(outcome\.state|startedAt|health\.verdict|thresholds\.\.(metric|verdict))$/;

const hostileSummary = fc
  .tuple(fc.array(fc.oneof(anyText, fc.constant(HOSTILE)), { minLength: 5, maxLength: 5 }))
  .map(([texts]) => {
    let nth = 0;
    const summary = summaryOf({ outcome: { state: 'aborted', reason: 'x' } });
    return replaced(summary, () => texts[nth++ % texts.length]!, WORDS);
  });

/** Of GitHub's Markdown: what it is made of, but for its texts, which may be shown as code. */
function shapeOf(markdown: string): unknown[] {
  return marked.lexer(markdown).flatMap(shapeOfToken);
}

function shapeOfToken(token: Token): unknown[] {
  if (['text', 'escape', 'codespan', 'space'].includes(token.type) && !('tokens' in token)) return [];
  const parts = 'items' in token ? token.items : 'tokens' in token ? (token.tokens ?? []) : [];
  const cells = token.type === 'table' ? [token.header, ...token.rows].flat() : [];
  const inside = [...parts, ...cells].flatMap((part: Token) =>
    part.type === undefined ? (part as { tokens: Token[] }).tokens.flatMap(shapeOfToken) : shapeOfToken(part),
  );
  return [[token.type, cells.length, inside]];
}

/** Of a page: its elements and their attributes in order. */
function tagsOf(page: string): string[] {
  return page
    .replace(/<script type="application\/json"[\s\S]*?<\/script>/, '')
    .match(/<[^>]*>/g)!
    .map((tag) => tag.replace(/"[^"]*"/g, '""'));
}

function plainOf(summary: Summary): Summary {
  return replaced(summary, (text) => (text === '' ? '' : 'x'), WORDS);
}

function pageOf(summary: Summary): string {
  return reportPage({ summary, merged: new Map(), asRun: summary.scenario.name });
}

function drawnOf({ summary, intervals }: FinishedRun): DrawnRun {
  return { summary, merged: mergedTrends(summary, intervals) };
}

it('no text in a summary steers the terminal, ends a command or breaks the XML', () => {
  fc.assert(
    fc.property(hostileSummary, (summary: Summary) => {
      for (const paint of PAINTS) expectInert(summaryTable(summary, paint));
      const markdown = summaryMarkdown(summary);
      expectInert(markdown);
      expect(shapeOf(markdown)).toEqual(shapeOf(summaryMarkdown(plainOf(summary))));
      const xml = junitXml(summary);
      expect(xml).not.toMatch(/[^\P{Cc}\n]/u);
      readJUnit(xml);
      for (const command of workflowCommands(summary)) {
        expect(command).toMatch(/^::error title=[^,:]*::/);
        expect(command).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }
      const json = terminalJson(summary);
      expectInert(json);
      expect(JSON.parse(json)).toEqual(summary);
    }),
    cases(),
  );
});

it('nor adds an element to the page', () => {
  fc.assert(
    fc.property(hostileSummary, (summary: Summary) => {
      expect(tagsOf(pageOf(summary))).toEqual(tagsOf(pageOf(plainOf(summary))));
    }),
    cases(0.25),
  );
});

it('nor one in two runs that are compared', () => {
  const [base, head] = [madeRun({ seed: 1 }), madeRun({ seed: 2, connackUs: 20_000 })];
  const comparison = comparisonOf(base, head, ['connect_latency.p50 > +10%', 'messages_lost.count > 0']);
  const state = { state: 'aborted', reason: 'x' } as const;
  const health = { verdict: 'invalid', reasons: ['late'] } as const;
  const doubted = {
    ...comparison,
    base: { ...comparison.base, outcome: state },
    head: { ...comparison.head, health: { ...health, reasons: ['late'] } },
    differences: [{ what: 'client', base: 'a', head: 'b' }],
  };
  const words = /verdict$|\.outcome\.state$|\.unit$|startedAt$/;
  const plain = replaced(doubted, () => 'x', words);
  const drawn = { base: drawnOf(base), head: drawnOf(head) };
  const [shape, tags] = [shapeOf(comparisonMarkdown(plain)), tagsOf(comparisonPage(plain, drawn))];
  fc.assert(
    fc.property(fc.oneof(anyText, fc.constant(HOSTILE)), (text) => {
      const foreign = replaced(doubted, () => text, words);
      for (const paint of PAINTS) expectInert(comparisonTable(foreign, paint));
      expectInert(comparisonMarkdown(foreign));
      expect(shapeOf(comparisonMarkdown(foreign))).toEqual(shape);
      expect(tagsOf(comparisonPage(foreign, drawn))).toEqual(tags);
    }),
    cases(0.5),
  );
});

it('nor one in a failure while the run goes on, whatever the width', () => {
  const totals = busyTotals();
  fc.assert(
    fc.property(
      fc.oneof(anyText, fc.constant(HOSTILE)),
      fc.integer({ min: 1, max: 200 }),
      (text, columns) => {
        const facts = standing(totals, 10e6);
        const figures = { ...facts.figures, troubles: [{ text, count: 3 }] };
        for (const paint of PAINTS)
          for (const line of liveBlock({ ...facts, figures }, columns, paint)) expectInert(line);
      },
    ),
    // Cut in the middle of a character.
    { ...cases(0.5), examples: [['\u{10000}\u0000', 20]] },
  );
});

it('text that steers nothing is shown as it is', () => {
  for (const text of ['', 'd1', '设备 é 😀', 'a: b :: c', '# [x]', '👩‍🔧', 'fe80::1'])
    expect([terminalText(text), visible(text), terminalLines(text)]).toEqual([text, text, text]);
  expect(terminalText(' ::error::x')).toBe(' \\u003a:error::x');
  expect(terminalText('a\u001b[31mb\r\n\tc\u202e')).toBe('a\\u001b[31mb\\r\\n\\tc\\u202e');
  expect(terminalLines('a\r\nb\u0007\n::c')).toBe('a\nb\\u0007\n\\u003a:c');
});
