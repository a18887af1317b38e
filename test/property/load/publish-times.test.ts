import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PublishTimes } from '../../../src/load/behaviour/telemetry/publish-times.ts';
import type { Jitter } from '../../../src/model/scenario.ts';
import { seededRandom } from '../../../src/statistics/random.ts';
import { cases } from '../../support/cases.ts';

const everyUs = fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 5000, max: 600_000_000 }));
const fromUs = fc.integer({ min: 0, max: 1e12 });
const phase = fc.nat({ max: 2 ** 32 - 1 }).map((n) => n / 2 ** 32);
const seed = fc.nat();
const share = fc.oneof(
  fc.constantFrom(0, 0.1, 0.5, 1),
  fc.nat({ max: 1000 }).map((n) => n / 1000),
);
const jitter: fc.Arbitrary<Jitter> = fc.oneof(
  fc.constant({ kind: 'none' } as const),
  share.map((share) => ({ kind: 'uniform', share }) as const),
  fc.constant({ kind: 'exponential' } as const),
);

function take(times: PublishTimes, count: number): number[] {
  return Array.from({ length: count }, () => {
    const { nextUs } = times;
    times.advance();
    return nextUs;
  });
}

it('without jitter: an exact grid, begun at its first place from then on, that asks for no random number', () => {
  const noRandom = () => {
    throw new Error('drawn');
  };
  fc.assert(
    fc.property(
      everyUs,
      fromUs,
      phase,
      fc.integer({ min: -1000, max: 1000 }),
      (every, from, phase, turns) => {
        const first = from + Math.floor(phase * every);
        const times = take(
          new PublishTimes({ kind: 'none' }, every, from, first + turns * every, noRandom),
          50,
        );
        expect(times).toEqual(Array.from({ length: 50 }, (_, n) => first + n * every));
        expect(first).toBeGreaterThanOrEqual(from);
        expect(first).toBeLessThan(from + every);
      },
    ),
    cases(),
  );
});

it('uniform: each within ± share of its grid place, so that n messages take n · every ± share', () => {
  fc.assert(
    fc.property(everyUs, fromUs, phase, share, seed, (every, from, phase, share, seed) => {
      const first = from + Math.floor(phase * every);
      const times = take(
        new PublishTimes({ kind: 'uniform', share }, every, from, first, seededRandom(seed)),
        200,
      );
      for (const [n, us] of times.entries()) {
        const off = us - (first + n * every);
        // Half a microsecond for rounding.
        if (!(Math.abs(off) <= share * every + 0.5)) expect.fail(`message ${n} is ${off} µs off its place`);
      }
    }),
    cases(),
  );
});

it('uniform: uses the whole width, on both sides', () => {
  const random = seededRandom(3);
  const times = take(new PublishTimes({ kind: 'uniform', share: 0.4 }, 10_000, 0, 9_000, random), 10_000);
  const off = times.map((us, n) => us - 9000 - n * 10_000);
  expect(Math.min(...off)).toBeLessThan(-3900);
  expect(Math.max(...off)).toBeGreaterThan(3900);
  expect(Math.abs(off.reduce((sum, one) => sum + one, 0) / off.length)).toBeLessThan(100);
});

it('times are whole, never go back and never lie before the beginning, whatever the jitter', () => {
  fc.assert(
    fc.property(jitter, everyUs, fromUs, fromUs, seed, (jitter, every, from, place, seed) => {
      const times = take(new PublishTimes(jitter, every, from, place, seededRandom(seed)), 200);
      let before = from;
      for (const us of times) {
        if (!Number.isInteger(us) || us < before) expect.fail(`${us} comes after ${before}`);
        before = us;
      }
    }),
    cases(2),
  );
});

it('exponential: independent gaps of the mean asked for, of which e⁻¹ are longer than it', () => {
  const draws = 100_000;
  for (const place of [0, 35_000]) {
    const times = [
      1e6,
      ...take(new PublishTimes({ kind: 'exponential' }, 50_000, 1e6, place, seededRandom(11)), draws),
    ];
    const gaps = times.slice(1).map((us, n) => us - times[n]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / draws;
    expect(Math.abs(mean / 50_000 - 1)).toBeLessThan(0.02);
    const longer = gaps.filter((gap) => gap > 50_000).length / draws;
    expect(Math.abs(longer - Math.exp(-1))).toBeLessThan(0.01);
    // Of two gaps in a row as often as chance has it: they know nothing of each other.
    const both = gaps.filter((gap, n) => gap > 50_000 && gaps[n - 1]! > 50_000).length / draws;
    expect(Math.abs(both - Math.exp(-2))).toBeLessThan(0.01);
  }
});

it('the same seed gives the same times, another seed others', () => {
  fc.assert(
    fc.property(jitter, seed, (jitter, seed) => {
      const of = (seed: number) => take(new PublishTimes(jitter, 1e6, 0, 500_000, seededRandom(seed)), 20);
      expect(of(seed)).toEqual(of(seed));
      const random = jitter.kind === 'exponential' || (jitter.kind === 'uniform' && jitter.share > 0);
      if (random) expect(of(seed)).not.toEqual(of(seed + 1));
    }),
    cases(0.5),
  );
});
