/** How many cases a property is tried with: FC_RUNS of the environment times the property's own weight, which says how much one costs and finds. */

/** Every push's; `npm run test:long` has ten times as many. */
const ORDINARY = 100;

/** For fast-check's `assert`. */
export function cases(weight = 1): { numRuns: number } {
  return { numRuns: casesOf(weight, process.env.FC_RUNS) };
}

/** `given` is the text of the variable. A property without a single case would say that all is well. */
export function casesOf(weight: number, given: string | undefined): number {
  const runs = given === undefined ? ORDINARY : Number(given);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`FC_RUNS is a whole number from 1, not "${given}"`);
  return Math.max(1, Math.round(weight * runs));
}
