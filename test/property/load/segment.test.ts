import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planRun } from '../../../src/coordinator/plan.ts';
import { createPacer } from '../../../src/load/time/pacer.ts';
import { globalIndex, shareOf } from '../../../src/load/time/segment.ts';
import { cases } from '../../support/cases.ts';
import { devicesOf, scenarioOf } from '../../unit/load/fleet.ts';
import { stages } from './stages.ts';

const workers = fc.integer({ min: 1, max: 16 });

function segments(of: number) {
  return Array.from({ length: of }, (_, index) => ({ index, of }));
}

it('shares sum to the whole and differ by one at most', () => {
  fc.assert(
    fc.property(fc.nat({ max: 1_000_000 }), workers, (total, of) => {
      const shares = segments(of).map((segment) => shareOf(segment, total));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }),
    cases(3),
  );
});

it('as many workers as the plan makes share the slots of maxInFlight without a rest, and none has none', () => {
  const device = fc.integer({ min: 1, max: 60 });
  const slots = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 20, max: 5000 }));
  fc.assert(
    fc.property(stages, device, slots, workers, (drawn, count, maxInFlight, wanted) => {
      const scenario = scenarioOf();
      scenario.connect = { ...scenario.connect, stages: drawn, maxInFlight };
      const plan = planRun(scenario, devicesOf(count), wanted);
      const shares = plan.segments.map((segment) => shareOf(segment, maxInFlight));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(maxInFlight);
      expect(Math.min(...shares)).toBeGreaterThan(0);
      expect(plan.segments.length).toBeLessThanOrEqual(wanted);
      expect(plan.shares.reduce((sum, share) => sum + share, 0)).toBe(plan.starts);
    }),
    cases(),
  );
});

it('every number of workers makes the same schedule of the same devices', () => {
  fc.assert(
    fc.property(stages, fc.integer({ min: 1, max: 1500 }), workers, (drawn, devices, of) => {
      const pacer = createPacer(drawn);
      const starts = Math.min(pacer.starts, devices);
      const whole = Array.from({ length: starts }, (_, k) => [k, pacer.dueUs(k)]);
      const union = segments(of).flatMap((segment) =>
        Array.from({ length: shareOf(segment, starts) }, (_, nth) => {
          const k = globalIndex(segment, nth);
          // Each segment has a pacer of its own, as each worker has.
          return [k, createPacer(drawn).dueUs(k)];
        }),
      );
      expect(union.sort(([a], [b]) => a! - b!)).toEqual(whole);
    }),
    cases(0.3),
  );
});

it('a segment’s own schedule never goes back', () => {
  fc.assert(
    fc.property(stages, workers, (drawn, of) => {
      const pacer = createPacer(drawn);
      for (const segment of segments(of)) {
        let beforeUs = 0;
        for (let nth = 0; nth < shareOf(segment, pacer.starts); nth++) {
          const atUs = pacer.dueUs(globalIndex(segment, nth));
          if (atUs < beforeUs) expect.fail(`start ${nth} of segment ${segment.index}/${of} goes back`);
          beforeUs = atUs;
        }
      }
    }),
    cases(0.3),
  );
});
