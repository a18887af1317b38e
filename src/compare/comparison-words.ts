/** How the parts of a comparison are said, the same in every form of it. Pure. */
import { kindOfMetric, type MetricName } from '../model/metrics/metric-names.ts';
import { formatCount, formatMs } from '../report/text/format.ts';
import {
  COMPARED_AGGREGATES,
  type Comparison,
  type CounterComparison,
  type TrendComparison,
} from './comparison.ts';
import type { FigureComparison } from './figure-comparison.ts';
import type { RuleResult } from './judge-rule.ts';
import { type ChangeVerdict, DIFFERING, VERDICTS } from './verdict.ts';

/** Three significant digits; `–` without data. */
export function number(value: number | null): string {
  if (value === null) return '–';
  return value < 0 ? `-${formatMs(-value)}` : formatMs(value);
}

export function signed(value: number | null): string {
  return value !== null && value > 0 ? `+${number(value)}` : number(value);
}

/** Half of the interval, in two digits; `?` with too little data. */
export function halfWidth({ low, high }: Pick<FigureComparison, 'low' | 'high'>): string {
  return low === null || high === null ? '?' : formatMs(Number(((high - low) / 2).toPrecision(2)));
}

export function trendsOf({ trends }: Comparison): [MetricName, TrendComparison][] {
  return Object.entries(trends) as [MetricName, TrendComparison][];
}

export function countersOf({ counters }: Comparison): [MetricName, CounterComparison][] {
  return Object.entries(counters) as [MetricName, CounterComparison][];
}

/**
 * The verdict on the whole. Where nothing is shown to differ, but figures with too little data moved by more than the tolerance, that is
 * no word for the all-clear.
 */
export function overallVerdict(comparison: Comparison): { verdict: ChangeVerdict; words: string } {
  const { verdict } = comparison;
  const moved = movedWithoutProof(comparison);
  const unconnected = unconnectedRuns(comparison);
  if (verdict === 'no difference' && unconnected.length > 0)
    return { verdict: 'too little data', words: `undecided: ${unconnected.join(', ')}` };
  if (verdict !== 'no difference' || moved.length === 0) return { verdict, words: verdict };
  const words = `undecided: ${moved.join(', ')} moved by more than the tolerance, with too little data to tell that from chance`;
  return { verdict: 'too little data', words };
}

function movedWithoutProof(comparison: Comparison): MetricName[] {
  const { tolerance } = comparison;
  return trendsOf(comparison).flatMap(([metric, trend]) => {
    const leastMs = kindOfMetric(metric) === 'time' ? tolerance.ms : 0;
    const hasMoved = (['p50', 'mean'] as const).some((name) => {
      const { verdict, base, change } = trend[name];
      if (verdict !== 'too little data' || base === null || change === null) return false;
      return Math.abs(change) > Math.max(leastMs, tolerance.share * Math.abs(base));
    });
    return hasMoved ? [metric] : [];
  });
}

/** `3 worse, 21 no difference` */
export function countedVerdicts(comparison: Comparison): string {
  const metrics = [...trendsOf(comparison), ...countersOf(comparison)];
  return VERDICTS.flatMap((verdict) => {
    const count = metrics.filter(([, metric]) => metric.verdict === verdict).length;
    return count > 0 ? [`${count} ${verdict}`] : [];
  }).join(', ');
}

export interface MetricDifference {
  verdict: ChangeVerdict;
  metric: MetricName;
  /** Those it is because of. */
  figures: string;
}

/** The gravest first. */
export function metricDifferences(comparison: Comparison): MetricDifference[] {
  return DIFFERING.flatMap((verdict) => [
    ...trendsOf(comparison)
      .filter(([, trend]) => trend.verdict === verdict)
      .map(([metric, trend]) => {
        const because = COMPARED_AGGREGATES.filter((name) => trend[name].verdict === verdict);
        const figures = because.map((name) => figureText(metric, name, trend[name])).join(', ');
        return { verdict, metric, figures };
      }),
    ...countersOf(comparison)
      .filter(([, counter]) => counter.verdict === verdict)
      .map(([metric, { rate }]) => ({ verdict, metric, figures: figureText(metric, 'rate', rate) })),
  ]);
}

/** `p50 0.995 → 21.6 ms (+20.6 ±0.49)` */
function figureText(metric: MetricName, name: string, figure: FigureComparison): string {
  const { base, head, change } = figure;
  return `${name} ${number(base)} → ${number(head)}${unitOf(metric)} (${signed(change)} ±${halfWidth(figure)})`;
}

function unitOf(metric: MetricName): string {
  return kindOfMetric(metric) === 'time' ? ' ms' : '/s';
}

/**
 * What more data would tell: `p99 of connect_latency, connect_tcp: 50 s`. Of a throughput trend, which has one value a second, only p50 and
 * the mean are expected to be known.
 */
export function scarceFigures(comparison: Comparison): string[] {
  const metricsOf = new Map<string, MetricName[]>();
  const add = (name: string, needs: string, metric: MetricName): void => {
    const key = `${name} ${needs}`;
    metricsOf.set(key, [...(metricsOf.get(key) ?? []), metric]);
  };
  for (const [metric, trend] of trendsOf(comparison)) {
    for (const name of COMPARED_AGGREGATES) {
      const isRare = kindOfMetric(metric) === 'rate' && (name === 'p90' || name === 'p99');
      if (trend[name].verdict === 'too little data' && !isRare) add(name, needsOf(trend[name]), metric);
    }
  }
  for (const [metric, { verdict, rate }] of countersOf(comparison)) {
    if (verdict === 'too little data') add('rate', needsOf(rate), metric);
  }
  return [...metricsOf].map(([key, metrics]) => {
    const [, name, needs] = /^(\S+) (.*)$/.exec(key)!;
    return `${name} of ${metrics.join(', ')}: ${needs}`;
  });
}

/** Seconds with as much data as those that are there. */
function needsOf({
  base,
  head,
  secondsNeeded,
}: Pick<FigureComparison, 'base' | 'head' | 'secondsNeeded'>): string {
  if (secondsNeeded !== null) return `${formatCount(secondsNeeded)} s`;
  if (base === null) return 'no values in base';
  return head === null ? 'no values in head' : 'known at the end of a run only';
}

/** Why the figures of a run may not be those of what it was to measure; empty when they are. */
export function doubts(comparison: Comparison): string[] {
  const { base, head } = comparison;
  const ofRuns = (['base', 'head'] as const).flatMap((name) => {
    const { outcome, health } = { base, head }[name];
    const state =
      outcome.state === 'completed'
        ? []
        : [`${name} is ${outcome.state}: ${outcome.reason ?? 'no reason given'}`];
    const [reason] = health.reasons;
    const generator =
      health.verdict === 'valid'
        ? []
        : [`the generator of ${name} was ${health.verdict}: ${reason ?? 'no reason given'}`];
    return [...state, ...generator];
  });
  return [...unconnectedRuns(comparison), ...ofRuns];
}

function unconnectedRuns({ base, head }: Comparison): string[] {
  return Object.entries({ base, head }).flatMap(([which, { connects }]) => {
    const isDead = connects.scheduled > 0 && connects.ok === 0;
    return isDead ? [`nothing connected in ${which}: 0 of ${formatCount(connects.scheduled)}`] : [];
  });
}

export function ruleText(result: RuleResult): string {
  const { verdict, unit, base, head, change, low, high, lack } = result;
  const share =
    base !== null && base !== 0 && change !== null ? ` (${signed((100 * change) / Math.abs(base))} %)` : '';
  const values = `${number(base)} → ${number(head)}${unit}${share}`;
  switch (verdict) {
    case 'no-data':
      return lack === null ? `too little data: ${needsOf(result)}` : `no data: ${lack}`;
    case 'by chance':
      return `${values}, but the change is ${signed(low)} to ${signed(high)}${unit}: it may be none`;
    default:
      return values;
  }
}

/** What the verdicts rest on, in two sentences. */
export function basis({ seconds, tolerance, confidence }: Comparison): [string, string] {
  const compared =
    seconds.base === seconds.head ? `${seconds.base} s of each` : `${seconds.base} s and ${seconds.head} s`;
  return [
    `Compared: ${compared}; what differs by less than ${tolerance.share * 100} % or, of times, ${tolerance.ms} ms is no difference.`,
    `All intervals (±) hold at once in ${confidence * 100} of 100 comparisons.`,
  ];
}
