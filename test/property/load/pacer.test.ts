import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPacer } from '../../../src/load/time/pacer.ts';
import { cases } from '../../support/cases.ts';
import { naiveDueUs, naiveStarts, stages } from './stages.ts';

const RUNS = cases(2);

it('starts is the area under the rate, rounded up', () => {
  fc.assert(
    fc.property(stages, (drawn) => {
      expect(createPacer(drawn).starts).toBe(naiveStarts(drawn));
    }),
    cases(3),
  );
});

it('due times never go back and lie within the stages', () => {
  fc.assert(
    fc.property(stages, (drawn) => {
      const { starts, durationUs, dueUs } = createPacer(drawn);
      let beforeUs = 0;
      for (let k = 0; k < starts; k++) {
        const atUs = dueUs(k);
        if (!Number.isInteger(atUs) || atUs < beforeUs || atUs > durationUs) {
          expect.fail(`start ${k} is due at ${atUs} µs, the one before at ${beforeUs} of ${durationUs}`);
        }
        beforeUs = atUs;
      }
    }),
    RUNS,
  );
});

it('due times are those of the naive oracle, within 2 µs', () => {
  fc.assert(
    fc.property(stages, fc.integer({ min: 1, max: 40 }), (drawn, stride) => {
      const { starts, dueUs } = createPacer(drawn);
      for (let k = 0; k < starts; k += k < 5 || k > starts - 5 ? 1 : stride) {
        const [said, expected] = [dueUs(k), naiveDueUs(drawn, k)];
        if (!(Math.abs(said - expected) <= 2)) expect.fail(`start ${k}: ${said} µs, should be ${expected}`);
      }
    }),
    RUNS,
  );
});

it('at a constant rate start k is due at k / rate', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 20 }), (perSec, seconds) => {
      const pacer = createPacer([{ durationUs: seconds * 1e6, fromPerSec: perSec, toPerSec: perSec }]);
      expect(pacer.starts).toBe(perSec * seconds);
      for (let k = 0; k < pacer.starts; k += 1 + Math.floor(pacer.starts / 200)) {
        expect(pacer.dueUs(k)).toBe(Math.round((k / perSec) * 1e6));
      }
    }),
    cases(),
  );
});
