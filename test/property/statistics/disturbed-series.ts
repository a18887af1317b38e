/** Series of which some blocks are disturbed, and how often the intervals of their midmeans hold the truth. */
import { estimateMidmeans } from '../../../src/statistics/midmean.ts';
import { seededRandom } from '../../../src/statistics/random.ts';

export const OPTIONS = { resamples: 400, confidence: 0.95 };

/** Bell-shaped around 0, of spread 1; one block in ten is disturbed, to either side. */
function disturbedNoise(random: () => number): number {
  const bell = Array.from({ length: 12 }, random).reduce((sum, each) => sum + each, -6);
  return random() < 0.1 ? bell + (random() - 0.5) * 100 : bell;
}

const TRUTHS = [0, 3, -7];

/** The share of so many experiments in which three intervals hold the truth at once. */
export function shareHeld(experiments: number): number {
  let held = 0;
  for (let seed = 0; seed < experiments; seed++) {
    const random = seededRandom(seed);
    const series = TRUTHS.map((truth) =>
      Float64Array.from({ length: 150 }, () => truth + disturbedNoise(random)),
    );
    const estimates = estimateMidmeans(series, { random, ...OPTIONS });
    if (estimates.every(({ low, high }, index) => low <= TRUTHS[index]! && TRUTHS[index]! <= high)) held++;
  }
  return held / experiments;
}
