/** Random stages, and the slow but plain way to say when start k is due. */
import fc from 'fast-check';
import type { Stage } from '../../../src/model/scenario.ts';

const perSec = fc.oneof(
  fc.integer({ min: 1, max: 400 }),
  fc.integer({ min: 1, max: 4000 }).map((tenths) => tenths / 10),
  fc.integer({ min: 1, max: 9000 }).map((thousandths) => thousandths / 1000),
);
const durationUs = fc.oneof(
  fc.integer({ min: 1, max: 12 }).map((seconds) => seconds * 1e6),
  fc.integer({ min: 1, max: 8000 }).map((ms) => ms * 1e3),
);

const stage: fc.Arbitrary<Stage> = fc
  .record({
    kind: fc.constantFrom('constant', 'ramp', 'from zero', 'to zero', 'pause'),
    durationUs,
    a: perSec,
    b: perSec,
  })
  .map(({ kind, durationUs, a, b }) => {
    switch (kind) {
      case 'constant':
        return { durationUs, fromPerSec: a, toPerSec: a };
      case 'ramp':
        return { durationUs, fromPerSec: a, toPerSec: b };
      case 'from zero':
        return { durationUs, fromPerSec: 0, toPerSec: b };
      case 'to zero':
        return { durationUs, fromPerSec: a, toPerSec: 0 };
      default:
        return { durationUs, fromPerSec: 0, toPerSec: 0 };
    }
  });

/** Rates are whole thousandths and durations whole milliseconds, so that the oracle can count areas exactly. */
export const stages = fc.array(stage, { minLength: 1, maxLength: 6 });

/** Areas in whole units of half a millionth of a start: thousandths per second × milliseconds, twice. */
const UNITS_PER_START = 2e6;

function areaUnits({ fromPerSec, toPerSec, durationUs }: Stage): number {
  return (Math.round(fromPerSec * 1000) + Math.round(toPerSec * 1000)) * Math.round(durationUs / 1000);
}

/** Exact: whole numbers only. */
export function naiveStarts(stages: Stage[]): number {
  return Math.ceil(stages.reduce((sum, stage) => sum + areaUnits(stage), 0) / UNITS_PER_START);
}

/** Finds the stage by exact areas and the time within it by halving; no quadratic formula. */
export function naiveDueUs(stages: Stage[], k: number): number {
  let restUnits = k * UNITS_PER_START;
  let fromUs = 0;
  for (const stage of stages) {
    const units = areaUnits(stage);
    if (restUnits < units) return fromUs + 1e6 * secondsUntil(stage, restUnits / UNITS_PER_START);
    restUnits -= units;
    fromUs += stage.durationUs;
  }
  throw new RangeError(`no start ${k}`);
}

function secondsUntil({ fromPerSec, toPerSec, durationUs }: Stage, area: number): number {
  const slope = (toPerSec - fromPerSec) / (durationUs / 1e6);
  let low = 0;
  let high = durationUs / 1e6;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    const rateThen = fromPerSec + slope * middle;
    if (((fromPerSec + rateThen) / 2) * middle < area) low = middle;
    else high = middle;
  }
  return high;
}
