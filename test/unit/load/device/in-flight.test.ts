import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { InFlight } from '../../../../src/load/device/in-flight.ts';
import { cases } from '../../../support/cases.ts';

const MOST_ID = 0xffff;
const OWNERS = 5;

it('knows what is on its way as a Map would, whatever is acknowledged in whatever order', () => {
  const step = fc.oneof(fc.constant('send' as const), fc.nat(), fc.constant('stray' as const));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MOST_ID }), fc.array(step, { maxLength: 400 }), (first, steps) => {
      const inFlight = new InFlight();
      const model = new Map<number, number>();
      let id = first;
      for (const each of steps) {
        if (each === 'send') {
          id = (id % MOST_ID) + 1;
          inFlight.add(id, id * 1e9 + 0.25, id % OWNERS);
          model.set(id, id * 1e9 + 0.25);
        } else {
          const ids = [...model.keys()];
          const acked = each === 'stray' ? (id % MOST_ID) + 1 : (ids[each % ids.length] ?? 0);
          expect(inFlight.ownerOf(acked)).toBe(model.has(acked) ? acked % OWNERS : undefined);
          if (model.has(acked)) expect(inFlight.take(acked)).toBe(model.get(acked));
          model.delete(acked);
        }
        expect(inFlight.size).toBe(model.size);
      }
    }),
    cases(),
  );
});

it('forgets all at once', () => {
  const inFlight = new InFlight();
  for (let id = 1; id <= 100; id++) inFlight.add(id, id, 0);
  inFlight.clear();
  expect(inFlight.size).toBe(0);
  expect(inFlight.ownerOf(50)).toBeUndefined();
  inFlight.add(50, 1, 2);
  expect(inFlight.ownerOf(50)).toBe(2);
  expect(inFlight.take(50)).toBe(1);
});
