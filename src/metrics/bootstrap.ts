/**
 * How sure is a difference between two runs? Each run is put together anew, many times, from a random choice of its own seconds, and how
 * far its figures stray in that is how well it knows them (a bootstrap). Pure: the random numbers are an argument.
 *
 * - Blocks of neighbouring seconds are drawn rather than single ones, since what happens in a second lasts into the next.
 * - Both runs draw the same places: second 7 of a ramp is then held against second 7, and the ramp itself does not count as chance.
 * - All figures are worked out on the same draws. The band is as wide as the figure that strays furthest, in units of its own standard
 *   error, needs in `confidence` of all draws: so all intervals hold at once, and figures that move together are not paid for twice.
 * - Few seconds know their own spread badly. The band is widened from the normal distribution's to Student's with that many degrees of
 *   freedom.
 */

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
  const errors = changes.map((_, figure) => standardError(deviations, figure));
  const band = simultaneousBand(deviations, errors, confidence);
  return Array.from(changes, (change, figure) => {
    const seconds = Math.min(base.secondsWith(figure), head.secondsWith(figure));
    return {
      base: baseFigures[figure]!,
      head: headFigures[figure]!,
      change,
      halfWidth: widened(band, seconds) * errors[figure]!,
    };
  });
}

/** Grows with the cube root of the seconds, the rate at which the error of a block bootstrap is least. */
export function blockLength(seconds: number): number {
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

/** Around the change itself rather than the mean of the draws: a bias is an error too. */
function standardError(deviations: Float64Array[], figure: number): number {
  const known = deviations.map((drawn) => drawn[figure]!).filter((deviation) => !Number.isNaN(deviation));
  return Math.sqrt(known.reduce((sum, deviation) => sum + deviation ** 2, 0) / known.length);
}

function simultaneousBand(deviations: Float64Array[], errors: Float64Array, confidence: number): number {
  const furthest = deviations
    .map((drawn) =>
      drawn.reduce((most, deviation, figure) => {
        const strayed = Math.abs(deviation) / errors[figure]!;
        return strayed > most ? strayed : most;
      }, 0),
    )
    .sort((a, b) => a - b);
  return furthest[Math.min(furthest.length - 1, Math.floor(confidence * furthest.length))]!;
}

/**
 * A circular block bootstrap of n seconds sees 1 - length/n of the variance. Of Student's quantile the expansion by Cornish and Fisher
 * (Abramowitz and Stegun 26.7.5) is used; it needs no tables and is within a few per cent from 3 degrees of freedom.
 */
function widened(z: number, seconds: number): number {
  const length = blockLength(seconds);
  const freedom = seconds / length - 1;
  const terms = [
    z,
    (z ** 3 + z) / 4 / freedom,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96 / freedom ** 2,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384 / freedom ** 3,
  ];
  const quantile = terms.reduce((sum, term) => sum + term, 0);
  return quantile / Math.sqrt(1 - length / seconds);
}
