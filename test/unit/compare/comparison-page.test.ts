import { expect, it } from 'vitest';
import { comparisonPage } from '../../../src/compare/comparison-page.ts';
import type { PageData } from '../../../src/report/page/chart.ts';
import { mergedTrends } from '../../../src/report/run/merged-trends.ts';
import type { FinishedRun } from '../../../src/report/run/run-files.ts';
import { madeRun } from '../../support/made-runs.ts';
import { comparisonOf } from './comparisons.ts';

const base = madeRun({ seed: 1 });
const slow = madeRun({ seed: 3, connackUs: 20_000 });

function pageOf(base: FinishedRun, head: FinishedRun, rules: string[] = []): string {
  const drawn = (run: FinishedRun) => ({
    summary: run.summary,
    merged: mergedTrends(run.summary, run.intervals),
  });
  const runs = { base: drawn(base), head: drawn(head) };
  const page = comparisonPage(comparisonOf(base, head, rules), runs);
  for (const { merged } of Object.values(runs)) for (const histogram of merged.values()) histogram.destroy();
  return page;
}

function dataOf(page: string): PageData {
  return JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)![1]!) as PageData;
}

/** Without the tags. */
function textOf(page: string): string {
  const body = page.slice(page.indexOf('<body>'), page.indexOf('<script type="application/json"'));
  return body
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
}

it('says the verdict, why, and every figure', () => {
  const text = textOf(pageOf(base, slow, ['connect_latency.p50 > +10%', 'publish_ack.p99 > +10%']));
  for (const said of [
    'Head is ✗ worse 3 worse, 11 no difference',
    'Fails on ✗ failed 1 of 2',
    '✗ worse connect_connack p50 1.04 → 21.1 ms (+20 ±',
    'Too little data for p99 of connect_latency',
    '✗ fail connect_latency.p50 > +10% 1.42 → 21.4 ms (+1,413 %)',
    'messages_acked 4,000 → 4,000',
  ])
    expect(text).toContain(said);
  expect(text.match(/NaN|Infinity|undefined|null/)).toBeNull();
});

it('draws both runs over each other, what differs first', () => {
  const { axes, charts } = dataOf(pageOf(base, slow));
  const percentiles = charts.filter(({ axis }) => axis === 'percentile').map(({ id }) => id);
  expect(percentiles).toEqual([
    'percentiles-connect_latency',
    'percentiles-connect_service',
    'percentiles-connect_connack',
    'percentiles-connect_tcp',
    'percentiles-publish_ack',
  ]);
  for (const { axis, series } of charts) {
    expect(new Set(series.map(({ label }) => label.split(' ')[0]))).toEqual(new Set(['base', 'head']));
    for (const { values } of series) expect(values).toHaveLength(axes[axis]!.length);
  }
  const latency = charts.find(({ id }) => id === 'latency-connect_latency')!;
  const { p50, p99 } = slow.summary.windows[7]!.trends.connect_latency!;
  const at = axes.time.indexOf(8);
  expect(latency.series.map(({ label, values }) => [label, values[at]])).toEqual([
    ['base p50', base.summary.windows[7]!.trends.connect_latency!.p50],
    ['head p50', p50],
    ['base p99', base.summary.windows[7]!.trends.connect_latency!.p99],
    ['head p99', p99],
  ]);
});

it('the curves pass through the percentiles of the summaries', () => {
  const { axes, charts } = dataOf(pageOf(base, slow));
  const at99 = axes.percentile.findIndex((odds) => Math.abs(odds - 100) < 1e-6);
  const { series } = charts.find(({ id }) => id === 'percentiles-connect_connack')!;
  expect(series.map(({ values }) => values[at99])).toEqual(
    [base, slow].map(({ summary }) => summary.trends.connect_connack!.p99),
  );
});

it('runs of different lengths and with a trend that one lacks share their axes', () => {
  const longer = madeRun({ seed: 4, seconds: 31 });
  const { axes, charts } = dataOf(pageOf(base, longer));
  expect(axes.time).toHaveLength(33);
  const { series } = charts.find(({ id }) => id === 'latency-publish_ack')!;
  expect(series[0]!.values.slice(21)).toEqual(new Array(12).fill(null));
  expect(series[1]!.values[31]).not.toBeNull();
  expect(series[1]!.values[32]).toBeNull();
  const without = dataOf(pageOf(base, madeRun({ seed: 2, connectsPerSec: 0 })));
  const tcp = without.charts.find(({ id }) => id === 'percentiles-connect_tcp')!;
  expect(tcp.series.map(({ label }) => label)).toEqual(['base']);
});

it('what is text in a run stays text', () => {
  const hostile = { ...slow, summary: structuredClone(slow.summary) };
  hostile.summary.scenario.name = '</script><img src=x onerror=alert(1)>';
  const page = pageOf(hostile, hostile);
  expect(page).not.toContain('<img');
  expect(textOf(page)).toContain('</script><img src=x onerror=alert(1)>');
});
