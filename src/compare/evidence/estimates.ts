/** The same figures of two runs, each with what is known of its difference. */
import { type BootstrapOptions, differences } from '../../statistics/bootstrap.ts';
import { amountOf, secondsNeeded } from './data-needed.ts';
import { type Figure, RunFigures } from './run-figures.ts';
import { piecesOf, type RunSecond } from './seconds.ts';

/** µs, or units per second. NaN for a run without data. */
export interface EstimatedChange {
  base: number;
  head: number;
  /** The change is head - base ± this; undefined with too little data. All of a list hold at once. */
  halfWidth: number | undefined;
  /** 0 where the data is enough; else seconds with as much as there is now in the poorer run, infinite without any. */
  secondsNeeded: number;
}

/** In the order of `wanted`. */
export function estimates(
  base: RunSecond[],
  head: RunSecond[],
  wanted: readonly Figure[],
  options: BootstrapOptions,
): EstimatedChange[] {
  const needed = wanted.map(({ metric, aggregate }) =>
    Math.max(...[base, head].map((seconds) => secondsNeeded(aggregate, amountOf(seconds, metric)))),
  );
  const [basePieces, headPieces] = [piecesOf(base), piecesOf(head)];
  const known = wanted.filter((_, index) => needed[index] === 0);
  const intervals = differences(
    new RunFigures(basePieces, known),
    new RunFigures(headPieces, known),
    options,
  );
  const unknown = wanted.filter((_, index) => needed[index] !== 0);
  const [basePoints, headPoints] = [basePieces, headPieces].map((pieces) =>
    Array.from(new RunFigures(pieces, unknown).figures(new Uint16Array(pieces.length).fill(1))),
  ) as [number[], number[]];
  return needed.map((secondsNeeded) => {
    if (secondsNeeded === 0) return { ...intervals.shift()!, secondsNeeded };
    return { base: basePoints.shift()!, head: headPoints.shift()!, halfWidth: undefined, secondsNeeded };
  });
}
