/**
 * How sure is a difference between two runs? Each run is put together anew, many times, from a random choice of its own seconds, and how
 * far its figures stray in that is how well it knows them (a bootstrap). Pure: the random numbers are an argument.
 *
 * - Blocks of neighbouring seconds are drawn rather than single ones, since what happens in a second lasts into the next.
 * - Both runs draw the same places: second 7 of a ramp is then held against second 7, and the ramp itself does not count as chance.
 * - What a figure strays in 19 of 20 draws is its interval if it were alone: two quantiles rather than a standard error, since one bad second
 *   that is drawn again and again now and then would rule that.
 * - Of many intervals one fails soon. Each is widened to the level at which, by Bonferroni's inequality, all of them hold at once; and, as few
 *   blocks know their own spread badly, from the normal distribution's quantile to that of Student's.
 */
import { normalQuantile, studentQuantile } from './quantiles.ts';

/** A run as the bootstrap sees it. */
export interface Resampleable {
  /** How many pieces of equal weight it can be cut into. */
  readonly seconds: number;
  /** Its figures when second k is taken `weights[k]` times; NaN for one without data. Of both runs the same, in the same order. */
  figures(weights: Uint16Array): Float64Array;
  /** In how many of the seconds the figure has data. */
  secondsWith(figure: number): number;
}

/** head minus base, ± halfWidth; NaN where a run has no data. */
export interface Difference {
  base: number;
  head: number;
  change: number;
  halfWidth: number;
}

export interface BootstrapOptions {
  /** Uniform in [0, 1). */
  random(): number;
  resamples: number;
  /** That all intervals hold at once, 0 to 1. */
  confidence: number;
}

export function differences(
  base: Resampleable,
  head: Resampleable,
  { random, resamples, confidence }: BootstrapOptions,
): Difference[] {
  const baseFigures = base.figures(new Uint16Array(base.seconds).fill(1));
  const headFigures = head.figures(new Uint16Array(head.seconds).fill(1));
  const changes = headFigures.map((figure, index) => figure - baseFigures[index]!);
  const blocks = Math.max(blocksOf(base.seconds), blocksOf(head.seconds));
  const deviations = Array.from({ length: resamples }, () => {
    const places = Float64Array.from({ length: blocks }, random);
    const drawnBase = base.figures(weightsAt(places, base.seconds));
    return head
      .figures(weightsAt(places, head.seconds))
      .map((figure, index) => figure - drawnBase[index]! - changes[index]!);
  });
  const strays = changes.map((_, figure) => strayOf(deviations, figure));
  const moving = strays.filter((stray) => stray > 0).length;
  const tail = (1 - confidence) / 2 / Math.max(1, moving);
  return Array.from(changes, (change, figure) => {
    const seconds = Math.min(base.secondsWith(figure), head.secondsWith(figure));
    const halfWidth = strays[figure]! * widening(tail, seconds);
    return { base: baseFigures[figure]!, head: headFigures[figure]!, change, halfWidth };
  });
}

/** Grows with the cube root of the seconds, the rate at which the error of a block bootstrap is least. */
function blockLength(seconds: number): number {
  return Math.max(1, Math.round(Math.cbrt(seconds)));
}

function blocksOf(seconds: number): number {
  return Math.ceil(seconds / blockLength(seconds));
}

/** How often each second is taken. A place is a share of the run; blocks go round its end, so that no second is rarer than others. */
function weightsAt(places: Float64Array, seconds: number): Uint16Array {
  const weights = new Uint16Array(seconds);
  const length = blockLength(seconds);
  let left = seconds;
  for (let block = 0; left > 0; block++) {
    const from = Math.floor(places[block]! * seconds);
    for (let k = 0; k < length && left > 0; k++, left--) weights[(from + k) % seconds]!++;
  }
  return weights;
}

const ALONE = 0.95;

/** How far from the change itself, on the side where it is further, a figure is in 95 % of the draws. A bias is an error too. */
function strayOf(deviations: Float64Array[], figure: number): number {
  const known = Float64Array.from(deviations, (drawn) => drawn[figure]!)
    .filter((deviation) => !Number.isNaN(deviation))
    .sort();
  const least = Math.floor(((1 - ALONE) / 2) * known.length);
  return Math.max(-(known[least] ?? Number.NaN), known[known.length - 1 - least] ?? Number.NaN, 0);
}

/**
 * From the interval of one figure by normal quantiles to one with so much in each tail by Student's. A circular block bootstrap of n
 * seconds sees 1 - length/n of the variance, and knows it about as well as so many blocks do that do not overlap.
 */
function widening(tail: number, seconds: number): number {
  const length = blockLength(seconds);
  const freedom = seconds / length - 1;
  const alone = normalQuantile((1 - ALONE) / 2);
  return studentQuantile(tail, freedom) / alone / Math.sqrt(1 - length / seconds);
}
