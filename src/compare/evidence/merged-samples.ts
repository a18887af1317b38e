/** One trend of a run, ready to be merged again and again from other choices of its seconds. */
import type { Buckets } from '../../metrics/histogram/buckets.ts';

/**
 * Every second refers to the distinct values of the whole run by their rank, so that a merge is one addition per bucket of a second, and no
 * histogram of 70 KB is touched.
 */
export class MergedSamples {
  private readonly values: Float64Array;
  /** Of each second: the ranks of its values, and their counts. */
  private readonly ranks: Uint32Array[];
  private readonly counts: Float64Array[];
  private readonly merged: Float64Array;
  /** How many values the last merge had. */
  total = 0;

  constructor(seconds: readonly (Buckets | undefined)[]) {
    const distinct = new Set(seconds.flatMap((buckets) => buckets?.values ?? []));
    this.values = Float64Array.from(distinct).sort();
    const rankOf = new Map(Array.from(this.values, (value, rank) => [value, rank]));
    this.ranks = seconds.map((buckets) => Uint32Array.from(buckets?.values ?? [], (one) => rankOf.get(one)!));
    this.counts = seconds.map((buckets) => Float64Array.from(buckets?.counts ?? []));
    this.merged = new Float64Array(this.values.length);
  }

  /** In how many of the seconds there is a value. */
  get secondsWithData(): number {
    return this.ranks.filter(({ length }) => length > 0).length;
  }

  /** Takes second k `weights[k]` times: what `total`, `mean` and `percentiles` are of from here on. */
  merge(weights: Uint16Array): void {
    this.merged.fill(0);
    this.total = 0;
    for (let second = 0; second < weights.length; second++) {
      const weight = weights[second]!;
      if (weight === 0) continue;
      const [ranks, counts] = [this.ranks[second]!, this.counts[second]!];
      for (let k = 0; k < ranks.length; k++) {
        const count = weight * counts[k]!;
        this.merged[ranks[k]!]! += count;
        this.total += count;
      }
    }
  }

  /** NaN without values. */
  mean(): number {
    const sum = this.merged.reduce((so, count, rank) => so + count * this.values[rank]!, 0);
    return sum / this.total;
  }

  /** By nearest rank; `percents` in ascending order, since one pass finds them all. NaN without values. */
  percentiles(percents: readonly number[]): number[] {
    if (this.total === 0) return percents.map(() => Number.NaN);
    let [rank, through] = [0, this.merged[0]!];
    return percents.map((percent) => {
      // 1e-9: 2.2 % of 1500 is 33, not the 33.00000000000001 of floating point.
      const wanted = Math.max(1, Math.ceil((percent * this.total) / 100 - 1e-9));
      while (through < wanted) through += this.merged[++rank]!;
      return this.values[rank]!;
    });
  }
}
