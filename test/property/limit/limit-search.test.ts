import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Bounds, nextStep, type SearchGoal, type SearchTrial } from '../../../src/limit/limit-search.ts';
import { cases } from '../../support/cases.ts';

/** What is wrong with the n-th trial. */
type Slip = { nth: number; how: 'false' | 'spoiled' };

interface World {
  goal: SearchGoal;
  /** The highest value that truly holds. */
  truth: number;
  /** The highest value that the generator can carry, and whether it knows that it never will carry more. */
  carries: number;
  final: boolean;
  /** Of one value, no more than one takes effect. */
  slips: Slip[];
  /** What gets through above the truth, as a share of it; 1 is a plain quota. */
  through: number;
}

const slip = fc.record({
  nth: fc.nat({ max: 40 }),
  how: fc.constantFrom('false' as const, 'spoiled' as const),
});

const goal = fc
  .record({
    first: fc.integer({ min: 1, max: 200 }),
    max: fc.integer({ min: 1, max: 2_000_000 }),
    resolution: fc.constantFrom(0.001, 0.01, 0.1),
    exactWithin: fc.constantFrom(0, 64),
  })
  .map((goal): SearchGoal => goal);

function worlds(mostSlips: number) {
  return fc.record({
    goal,
    truth: fc.oneof(fc.nat({ max: 1000 }), fc.nat({ max: 3_000_000 })),
    carries: fc.oneof(
      { weight: 3, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
      { weight: 1, arbitrary: fc.nat({ max: 3_000_000 }) },
    ),
    final: fc.boolean(),
    slips: fc.array(slip, { maxLength: mostSlips }),
    through: fc.constantFrom(0, 0.3, 0.99, 1),
  });
}

interface Search {
  bounds: Bounds;
  trials: SearchTrial[];
  /** Values of which an outcome was wrong. */
  wrong: Set<number>;
}

function outcomeOf(world: World, value: number, how: Slip['how'] | undefined): SearchTrial {
  const { truth, carries, final, through } = world;
  if (value > carries) return { value, verdict: 'spoiled', carried: carries, final };
  if (how === 'spoiled') return { value, verdict: 'spoiled', carried: 0 };
  const held = value <= truth !== (how === 'false');
  const carried = held ? value : Math.min(value - 1, Math.floor(truth * through));
  return { value, verdict: held ? 'held' : 'failed', carried };
}

function search(world: World): Search {
  const trials: SearchTrial[] = [];
  const wrong = new Set<number>();
  for (;;) {
    const step = nextStep(world.goal, trials);
    if (step.type === 'result') return { bounds: step.bounds, trials, wrong };
    const { value } = step;
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThanOrEqual(world.goal.max);
    const slip = wrong.has(value) ? undefined : world.slips.find(({ nth }) => nth === trials.length);
    if (slip && value <= world.carries) wrong.add(value);
    trials.push(outcomeOf(world, value, slip?.how));
    if (trials.length > 300) throw new Error('no end');
  }
}

/** Climbing, then bisecting what one step of it spans down to the resolution, or from 0; then to whole numbers. */
function depth({ first, max, resolution, exactWithin }: SearchGoal): number {
  const climb = Math.max(1, Math.ceil(Math.log2(max / first)) + 1);
  const ofRatio = Math.ceil(Math.log2(1 / resolution)) + 1;
  const fromZero = Math.ceil(Math.log2(Math.min(first, max) + 1));
  return climb + ofRatio + fromZero + Math.ceil(Math.log2(exactWithin + 1));
}

function expectTruth({ goal, truth, carries }: World, { lower, upper, ceiling }: Bounds): void {
  expect(lower).toBeLessThanOrEqual(truth);
  if (upper !== null) expect(upper).toBeGreaterThan(truth);
  if (ceiling !== null) expect(ceiling).toBeGreaterThan(Math.min(truth, carries));
  const top = ceiling ?? upper;
  if (top === null) {
    expect(lower).toBe(goal.max);
    return;
  }
  const width = top - lower;
  if (width > 1) {
    expect(width).toBeLessThanOrEqual(goal.resolution * top);
    expect(width).toBeGreaterThan(goal.exactWithin);
  }
}

it('the bounds contain the truth and are as narrow as was asked for', () => {
  fc.assert(
    fc.property(worlds(0), (world) => {
      const { bounds, trials } = search(world);
      expectTruth(world, bounds);
      // Each bound and the end of the climb are measured twice, and two guesses may have been for nothing.
      const most = depth(world.goal) + 5;
      expect(trials.length).toBeLessThanOrEqual(world.final ? most : 2 * most);
    }),
    cases(3),
  );
});

it('so they do when outcomes are false or spoiled, one of any value at most', () => {
  fc.assert(
    fc.property(worlds(5), (world) => {
      const { bounds, trials, wrong } = search(world);
      expectTruth(world, bounds);
      // At worst each sends the bisection into the wrong half, and is found out at its end.
      expect(trials.length).toBeLessThanOrEqual((wrong.size + 1) * 2 * (depth(world.goal) + 5));
    }),
    cases(3),
  );
});

/** With a quota of connections and one of connects per second, above which hardly anyone gets in, as in the stand-in. */
const endpoint = fc.record({
  connections: fc.integer({ min: 1, max: 20_000 }),
  connectsPerSec: fc.integer({ min: 2, max: 1000 }),
  rampPerSec: fc.integer({ min: 1, max: 1000 }),
  max: fc.integer({ min: 1, max: 20_000 }),
});

it('a quota by rate on the way does not hide the quota by count: the search slows down and goes on', () => {
  fc.assert(
    fc.property(endpoint, ({ connections, connectsPerSec, rampPerSec, max }) => {
      const goal = { first: Math.min(100, max), max, resolution: 0.01, exactWithin: 64, rampPerSec };
      const trials: SearchTrial[] = [];
      let open = 0;
      for (;;) {
        const step = nextStep(goal, trials);
        if (step.type === 'result') {
          const { lower, upper } = step.bounds;
          expect([lower, upper]).toEqual(connections < max ? [connections, connections + 1] : [max, null]);
          break;
        }
        const missing = Math.max(0, step.value - open);
        const admitted = step.rampPerSec! > connectsPerSec ? Math.min(missing, connectsPerSec) : missing;
        open = Math.min(connections, step.value, open + admitted);
        const held = open === step.value;
        trials.push({ ...step, verdict: held ? 'held' : 'failed', carried: open });
        expect(trials.length).toBeLessThan(60);
      }
    }),
    cases(3),
  );
});
