/**
 * Where is the limit? The next trial, or the result, as a pure function of the goal and the trials so far. One climbing pass in geometric
 * steps, then bisection of the interval between what held and what did not, as MLRsearch does it. What a trial says is not taken for
 * granted: the failure that ended the climb and both bounds of the result are measured again, and where two trials at one value disagree
 * a third decides. A wrong outcome on the way thus costs trials, not the truth.
 */

export interface SearchGoal {
  /** Values are whole numbers: connections, or a rate per second. The first one tried. */
  first: number;
  max: number;
  /** The interval is narrow enough at this share of its upper end. */
  resolution: number;
  /** One of at most so many values is searched to its end all the same; then what got through a failed trial is taken as exact. */
  exactWithin: number;
  /** Connects per second to begin with, where that is not what is searched. */
  rampPerSec?: number;
}

export interface SearchTrial {
  value: number;
  rampPerSec?: number;
  /** A spoiled trial proves nothing about the target. */
  verdict: 'held' | 'failed' | 'spoiled';
  /** How much got through: `value` of one that held. */
  carried: number;
  /** Failed, which may have been by chance: it is tried again before anything is made of it. */
  doubtful?: boolean;
  /** Spoiled by what would spoil it again. */
  final?: boolean;
}

export type NextStep =
  | { type: 'trial'; value: number; rampPerSec?: number }
  | { type: 'result'; bounds: Bounds };

export interface Bounds {
  /** The highest value that held below `upper`; 0 where none did. */
  lower: number;
  /** The lowest that did not. */
  upper: number | null;
  /** The lowest that the generator could not carry, where that is below `upper`. */
  ceiling: number | null;
}

const STEP = 2;
/** A failed connect is tried again this much more slowly: a quota by rate heals, one by count does not. */
const SLOWER = 4;
const SLOWEST_PER_SEC = 1;

export function nextStep(goal: SearchGoal, trials: readonly SearchTrial[]): NextStep {
  const bounds = boundsOf(trials);
  const value = nextValue(goal, trials, bounds);
  if (value === undefined) return { type: 'result', bounds };
  if (goal.rampPerSec === undefined) return { type: 'trial', value };
  return { type: 'trial', value, rampPerSec: rampFor(value, goal.rampPerSec, trials) };
}

/** What the trials say so far; also where a search was stopped. */
export function boundsOf(trials: readonly SearchTrial[]): Bounds {
  const tallies = tallyOf(trials);
  const valuesOf = (verdict: Tally['verdict']): number[] =>
    [...tallies].filter(([, tally]) => tally.verdict === verdict).map(([value]) => value);
  const upper = Math.min(...valuesOf('failed'));
  const lower = Math.max(0, ...valuesOf('held').filter((value) => value < upper));
  const ceiling = Math.min(...valuesOf('spoiled').filter((value) => value > lower));
  return {
    lower,
    upper: Number.isFinite(upper) ? upper : null,
    ceiling: ceiling < upper ? ceiling : null,
  };
}

function nextValue(goal: SearchGoal, trials: readonly SearchTrial[], bounds: Bounds): number | undefined {
  const { lower, upper, ceiling } = bounds;
  const top = ceiling ?? upper;
  const tallies = tallyOf(trials);
  const settled = (value: number): boolean => tallies.get(value)?.settled ?? false;
  const lowest = (verdict: Tally['verdict'], above: number): number | undefined =>
    [...tallies.keys()]
      .filter((value) => value > above && tallies.get(value)!.verdict === verdict)
      .sort((a, b) => a - b)[0];

  const last = trials.at(-1);
  if (last?.doubtful && !settled(last.value)) return last.value;
  const undecided = lowest('open', lower);
  if (undecided !== undefined && undecided < (top ?? Number.POSITIVE_INFINITY)) return undecided;
  if (upper !== null) {
    // One that held above one that failed: each is to be sure of itself. Where both are, the lower one counts.
    const contradicting = lowest('held', upper);
    if (contradicting !== undefined && !settled(upper)) return upper;
    if (contradicting !== undefined && !settled(contradicting)) return contradicting;
  }
  if (top === null) {
    if (lower < goal.max) return Math.min(goal.max, lower === 0 ? goal.first : lower * STEP);
    return settled(lower) ? undefined : lower;
  }
  const narrow = isNarrow(goal, lower, top);
  // Where what got through is exact, the exact limit is two trials away.
  const near = narrow && goal.exactWithin === 0 ? undefined : nearCarried(goal, trials, lower, top);
  if (near !== undefined) return near;
  if (!narrow) {
    const endsClimb = lowest('failed', top) === undefined && lowest('spoiled', top) === undefined;
    return endsClimb && !settled(top) ? top : middle(lower, top);
  }
  if (!settled(top)) return top;
  return lower === 0 || settled(lower) ? undefined : lower;
}

function isNarrow({ resolution, exactWithin }: SearchGoal, lower: number, top: number): boolean {
  const width = top - lower;
  return width <= 1 || (width > exactWithin && width <= resolution * top);
}

/** What got through the trial at the top is where the limit may well be: that value, and if it holds, its neighbour. */
function nearCarried(
  { resolution, exactWithin }: SearchGoal,
  trials: readonly SearchTrial[],
  lower: number,
  top: number,
): number | undefined {
  const { carried } = trials.findLast(({ value }) => value === top)!;
  // Nothing got through, or all of it: too late, or with the generator out of breath.
  if (carried === 0 || carried >= top) return undefined;
  const isExact = exactWithin > 0;
  const guess = isExact ? carried : Math.floor(carried * (1 - resolution / 2));
  if (guess > lower && guess < top) return guess;
  const neighbour = isExact ? lower + 1 : Math.max(lower + 1, Math.floor(lower / (1 - resolution)));
  return guess === lower && neighbour < top ? neighbour : undefined;
}

/** Geometric, for widths are relative. */
function middle(lower: number, top: number): number {
  const between = lower > 0 ? Math.round(Math.sqrt(lower * top)) : Math.floor(top / 2);
  return Math.min(Math.max(between, lower + 1), top - 1);
}

interface Tally {
  /** By majority; `spoiled` where the generator could not do it again either; `open` where one more trial has to decide. */
  verdict: 'held' | 'failed' | 'spoiled' | 'open';
  /** Another trial would not be worth it. */
  settled: boolean;
}

const MOST_SPOILED = 2;

function tallyOf(trials: readonly SearchTrial[]): Map<number, Tally> {
  const valid = trials.filter((trial) => !trials.some((other) => heals(other, trial)));
  const at = (value: number): Tally => {
    const here = valid.filter((trial) => trial.value === value);
    const held = here.filter(({ verdict }) => verdict === 'held').length;
    const failed = here.filter(({ verdict }) => verdict === 'failed').length;
    const spoiled = here.length - held - failed;
    const hopeless = spoiled >= MOST_SPOILED || here.some(({ final }) => final);
    return {
      verdict: held > failed ? 'held' : failed > held ? 'failed' : hopeless ? 'spoiled' : 'open',
      settled: Math.abs(held - failed) >= 2 || held + failed >= 3 || hopeless,
    };
  };
  return new Map(valid.map(({ value }) => [value, at(value)]));
}

/** Did notably more get through when it went more slowly? Then the one that went faster says nothing about the value. */
export function heals(slower: SearchTrial, faster: SearchTrial): boolean {
  if (slower.value !== faster.value || faster.verdict === 'held') return false;
  if (!(slower.rampPerSec! < faster.rampPerSec!)) return false;
  return slower.carried > faster.carried + Math.max(1, faster.carried * 0.01);
}

/** The slowest that was found to heal; slower still where a value is to be tried again. */
function rampFor(value: number, beginPerSec: number, trials: readonly SearchTrial[]): number {
  const healing = trials.filter((trial) => trials.some((other) => heals(trial, other)));
  const rampPerSec = Math.min(beginPerSec, ...healing.map((trial) => trial.rampPerSec!));
  const here = trials.filter((trial) => trial.value === value);
  const last = here.at(-1);
  if (last === undefined || last.verdict === 'held') return rampPerSec;
  // Slowing down has been of no use.
  const before = here.at(-2);
  if (before !== undefined && !heals(last, before)) return last.rampPerSec!;
  return Math.max(Math.min(SLOWEST_PER_SEC, rampPerSec), last.rampPerSec! / SLOWER);
}
