import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { zeroCounters } from '../../../../src/metrics/recorder.ts';
import type { Summary } from '../../../../src/metrics/summary.ts';
import { reportPage } from '../../../../src/report/run/document.ts';
import { mergedTrends } from '../../../../src/report/run/merged-trends.ts';
import type { FinishedRun } from '../../../../src/report/run/run-files.ts';
import { finishedRun } from '../finished-run.ts';
import { summaryOf } from '../summaries.ts';

function pageOf(run: FinishedRun): string {
  const merged = mergedTrends(run.summary, run.intervals);
  const page = reportPage({ ...run, merged });
  for (const histogram of merged.values()) histogram.destroy();
  return page;
}

function pageOfSummary(part: Partial<Summary> = {}): string {
  return pageOf({ summary: summaryOf(part), intervals: [], asRun: undefined });
}

/** Without the tags, the entities read back. */
function textOf(page: string): string {
  const body = page.slice(page.indexOf('<body>'), page.indexOf('<script type="application/json"'));
  const text = body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

const HOSTILE = '</script><img src=x onerror=alert(1)>';

it('says the verdicts and what is behind each that is not good', () => {
  const text = textOf(pageOfSummary({ warnings: ['snapshots.jsonl was cut'] }));
  for (const said of [
    '✓ completed after 14.0 s',
    '✗ failed 1 failed, 1 without data of 3',
    '! suspect',
    'Warning snapshots.jsonl was cut',
    '✗ differs',
    'Generator connect_slip p99 is 25 ms: the generator itself was that late',
    'The books do not balance connects: 1200 scheduled, but 1199 have an outcome',
    "connects_ok is 1180, the stand-in's connects_ok is 1181",
  ])
    expect(text).toContain(said);
});

it('lists failures with what to do and whom they befell, and thresholds with what was measured', () => {
  const text = textOf(pageOfSummary());
  expect(text).toContain('9 connack: rejected CONNACK 5 not authorised e.g. d1, d2, d3');
  expect(text).toContain('✗ fail connects_failed share < 0.001 0.008333');
  expect(text).toContain('✗ no data connect_tls max < 1s n/a');
});

it('a stop, a lost worker and a run without thresholds or stand-in are said as such', () => {
  const stopped = textOf(pageOfSummary({ outcome: { state: 'aborted', reason: 'SIGINT' } }));
  expect(stopped).toContain('! aborted after 14.0 s: SIGINT');
  const lost = pageOfSummary({
    outcome: { state: 'partial', reason: HOSTILE },
    thresholds: [],
    standIn: null,
  });
  expect(textOf(lost)).toContain(`✗ partial after 14.0 s: ${HOSTILE}`);
  expect(textOf(lost)).toContain('– none set');
  expect(textOf(lost), 'whether there was one is not known').toContain('– no word');
  expect(textOf(pageOfSummary({ standIn: null }))).toContain('– not used');
});

it('a run in which nothing connected is marked bad though it completed', () => {
  const counters = { ...zeroCounters(), connects_scheduled: 20, connects_failed: 20 };
  const text = textOf(pageOfSummary({ counters, failures: [], thresholds: [] }));
  expect(text).toContain('✗ completed after 14.0 s: nothing connected: 0 of 20');
});

it('says n/a where nothing was measured', () => {
  const nothing = Object.fromEntries(Object.keys(summaryOf().trends).map((name) => [name, null]));
  const page = pageOfSummary({ trends: nothing as Summary['trends'], connectionsOpen: null, windows: [] });
  const text = textOf(page);
  expect(text).toContain('Connect latency, p99 n/a');
  expect(text).toContain('n/a : no device connected');
  expect(text).toContain('n/a : it was not kept');
  expect(text.match(/NaN|Infinity|undefined|null/)).toBeNull();
  expect(JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)![1]!).charts).toEqual([]);
});

it('the parts of a connect sum up to the whole', () => {
  const page = pageOf(finishedRun());
  const widths = [...page.matchAll(/<rect [^>]*width="([\d.]+)%"/g)].map((match) => Number(match[1]));
  expect(widths).toHaveLength(3);
  const { trends } = finishedRun().summary;
  const parts = [trends.connect_sign, trends.connect_tcp, trends.connect_connack].map((stats) => stats!.mean);
  for (const [index, width] of widths.entries())
    expect(width).toBeCloseTo((parts[index]! / trends.connect_service!.mean) * 100, 2);
});

describe('is one file that asks for nothing', () => {
  const page = pageOf(finishedRun());

  it('names no address', () => {
    const bare = page.replace(/<script>.*?<\/script>/s, '').replace(/<pre>.*?<\/pre>/s, '');
    expect(bare.match(/(?:src|href|action)=[^ >]*|url\(|@import|https?:/g)).toEqual(['href="data:,"']);
  });

  it('lets the browser run its own script and style and nothing else', () => {
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page)!;
    const hash = (tag: string): string => {
      const [, content] = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(page)!;
      return `&#39;sha256-${createHash('sha256').update(content!).digest('base64')}&#39;`;
    };
    expect(policy!.split('; ')).toEqual([
      'default-src &#39;none&#39;',
      `script-src ${hash('script')}`,
      `style-src ${hash('style')}`,
      'img-src data:',
      'base-uri &#39;none&#39;',
      'form-action &#39;none&#39;',
    ]);
  });

  it('carries the notice of the library that is in it', () => {
    expect(/uPlot [\d.]+\n.*?MIT.*?Permission is hereby granted/s.test(page)).toBe(true);
  });
});

it('every text of a run is text, wherever it comes from', () => {
  const base = finishedRun().summary;
  const summary: Summary = {
    ...base,
    tool: { name: HOSTILE, version: HOSTILE },
    scenario: {
      ...base.scenario,
      name: HOSTILE,
      target: HOSTILE,
      client: HOSTILE,
      protocol: HOSTILE,
      signmethod: HOSTILE,
    },
    outcome: { state: 'aborted', reason: HOSTILE },
    startedAt: HOSTILE,
    environment: { [HOSTILE]: HOSTILE },
    failures: [
      { phase: HOSTILE, kind: HOSTILE, code: HOSTILE, count: 1, hint: HOSTILE, examples: [HOSTILE] },
    ],
    thresholds: [{ metric: 'connect_latency', expression: HOSTILE, verdict: 'fail', actual: 1 }],
    health: { ...base.health, reasons: [HOSTILE] },
    imbalances: [HOSTILE],
    standIn: { counts: {}, truth: { [HOSTILE]: base.trends.publish_ack }, differences: [HOSTILE] },
  };
  const page = pageOf({ ...finishedRun(), summary, asRun: HOSTILE });
  expect(page.includes('<img')).toBe(false);
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  expect(textOf(page).split(HOSTILE).length - 1).toBeGreaterThanOrEqual(18);
});
