/** The figures of a comparison as tables: what stands in each cell, for every form of it to put together in its own way. Pure. */
import { kindOfMetric, type MetricKind } from '../model/metrics/metric-names.ts';
import { formatCount } from '../report/text/format.ts';
import { COMPARED_AGGREGATES, type Comparison } from './comparison.ts';
import { countersOf, halfWidth, number, signed, trendsOf } from './comparison-words.ts';
import type { FigureComparison } from './figure-comparison.ts';
import type { ChangeVerdict } from './verdict.ts';

/** One figure of both runs. */
export interface ComparedCell {
  base: string;
  head: string;
  change: string;
  /** Undefined of what is one value of the whole run, without an interval. */
  estimate?: { halfWidth: string; verdict: ChangeVerdict; exact: string };
}

/** One metric of both runs. */
export interface ComparedRow {
  metric: string;
  verdict: ChangeVerdict;
  cells: ComparedCell[];
}

export interface ComparedTable {
  about: 'Latency' | 'Throughput' | 'Counters';
  /** Of the figures, as a heading says it. */
  unit: '' | ' (ms)' | ' (/s)';
  heads: string[];
  rows: ComparedRow[];
}

export function comparedTables(
  comparison: Comparison,
): Record<'latency' | 'throughput' | 'counters', ComparedTable> {
  const trends = (kind: MetricKind): Pick<ComparedTable, 'heads' | 'rows'> => ({
    heads: [...COMPARED_AGGREGATES, 'max'],
    rows: trendsOf(comparison)
      .filter(([metric]) => kindOfMetric(metric) === kind)
      .map(([metric, trend]) => {
        const max = wholeCell(trend.max.base, trend.max.head, number);
        return {
          metric,
          verdict: trend.verdict,
          cells: [...COMPARED_AGGREGATES.map((name) => cellOf(trend[name])), max],
        };
      }),
  });
  const counters = countersOf(comparison).map(([metric, { count, rate, verdict }]) => ({
    metric,
    verdict,
    cells: [wholeCell(count.base, count.head, (value) => formatCount(value!)), cellOf(rate)],
  }));
  return {
    latency: { about: 'Latency', unit: ' (ms)', ...trends('time') },
    throughput: { about: 'Throughput', unit: ' (/s)', ...trends('rate') },
    counters: { about: 'Counters', unit: '', heads: ['count', 'per second'], rows: counters },
  };
}

function cellOf(figure: FigureComparison): ComparedCell {
  const { base, head, change, low, high, verdict } = figure;
  const exact = `${base} → ${head}, ${low === null ? 'too little data' : `${low} to ${high}`}`;
  return {
    base: number(base),
    head: number(head),
    change: signed(change),
    estimate: { halfWidth: halfWidth(figure), verdict, exact },
  };
}

function wholeCell(
  base: number | null,
  head: number | null,
  shown: (value: number | null) => string,
): ComparedCell {
  const change = base === null || head === null ? null : head - base;
  return { base: shown(base), head: shown(head), change: signed(change) };
}
