/** The figures of a run that two runs are compared by, each worked out from any choice of the run's seconds. */
import {
  type Counter,
  kindOfMetric,
  type RateTrend,
  type TimeTrend,
} from '../../model/metrics/metric-names.ts';
import type { Resampleable } from '../../statistics/bootstrap.ts';
import { MergedSamples } from './merged-samples.ts';
import type { RunSecond } from './seconds.ts';

/** `mean` or `p99.9` of a trend, `rate` (per second) of a counter. */
export interface Figure {
  metric: TimeTrend | RateTrend | Counter;
  aggregate: string;
}

/** 99.9 of `p99.9`; undefined for any other aggregate. */
export function percentOf(aggregate: string): number | undefined {
  return /^p\d/.test(aggregate) ? Number(aggregate.slice(1)) : undefined;
}

/** Where in the list of all figures those of one trend are. */
interface TrendFigures {
  samples: MergedSamples;
  means: number[];
  /** Ascending by percent. */
  percentiles: { figure: number; percent: number }[];
}

export class RunFigures implements Resampleable {
  readonly seconds: number;
  private readonly trends = new Map<string, TrendFigures>();
  private readonly rates: { figure: number; counts: Float64Array }[] = [];
  private readonly lengthsSec: Float64Array;
  private readonly figureNames: readonly Figure[];

  constructor(pieces: readonly RunSecond[], figures: readonly Figure[]) {
    this.seconds = pieces.length;
    this.figureNames = figures;
    this.lengthsSec = Float64Array.from(pieces, ({ lengthUs }) => lengthUs / 1e6);
    figures.forEach(({ metric, aggregate }, figure) => {
      if (kindOfMetric(metric) === 'counter') {
        const counts = Float64Array.from(pieces, ({ counters }) => counters[metric as Counter] ?? 0);
        this.rates.push({ figure, counts });
      } else this.addTrendFigure(pieces, metric as TimeTrend | RateTrend, aggregate, figure);
    });
  }

  private addTrendFigure(
    pieces: readonly RunSecond[],
    metric: TimeTrend | RateTrend,
    aggregate: string,
    figure: number,
  ): void {
    let trend = this.trends.get(metric);
    if (trend === undefined) {
      const samples = new MergedSamples(pieces.map(({ trends }) => trends[metric]));
      trend = { samples, means: [], percentiles: [] };
      this.trends.set(metric, trend);
    }
    const percent = percentOf(aggregate);
    if (percent === undefined) trend.means.push(figure);
    else trend.percentiles.push({ figure, percent });
    trend.percentiles.sort((a, b) => a.percent - b.percent);
  }

  secondsWith(figure: number): number {
    const trend = this.trends.get(this.figureNames[figure]!.metric);
    return trend?.samples.secondsWithData ?? this.lengthsSec.filter((length) => length > 0).length;
  }

  figures(weights: Uint16Array): Float64Array {
    const values = new Float64Array(this.figureNames.length);
    for (const { samples, means, percentiles } of this.trends.values()) {
      samples.merge(weights);
      for (const figure of means) values[figure] = samples.mean();
      const found = samples.percentiles(percentiles.map(({ percent }) => percent));
      percentiles.forEach(({ figure }, index) => {
        values[figure] = found[index]!;
      });
    }
    const seconds = weighted(this.lengthsSec, weights);
    for (const { figure, counts } of this.rates) values[figure] = weighted(counts, weights) / seconds;
    return values;
  }
}

function weighted(amounts: Float64Array, weights: Uint16Array): number {
  return amounts.reduce((sum, amount, index) => sum + amount * weights[index]!, 0);
}
