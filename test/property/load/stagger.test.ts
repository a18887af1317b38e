import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeInStagger } from '../../../src/load/time/stagger.ts';
import { cases } from '../../support/cases.ts';

const devices = fc.integer({ min: 1, max: 3000 });

it('devices take their turns in order, evenly, whichever row is the first of them', () => {
  fc.assert(
    fc.property(devices, fc.nat({ max: 1_000_000 }), (devices, first) => {
      const places = Array.from({ length: devices }, (_, nth) =>
        placeInStagger({ startUs: 0, devices }, first + nth, 0),
      );
      const wraps = places.filter((place, nth) => nth > 0 && place < places[nth - 1]!);
      expect(wraps.length).toBeLessThanOrEqual(1);
      const sorted = places.toSorted((a, b) => a - b);
      for (const [nth, place] of sorted.entries()) expect(place).toBeCloseTo((nth + 0.5) / devices, 9);
    }),
    cases(0.5),
  );
});

it('plans of one device have their turns apart, and every place is within the interval', () => {
  fc.assert(
    fc.property(devices, fc.nat({ max: 1_000_000 }), (devices, row) => {
      const places = Array.from({ length: 8 }, (_, plan) =>
        placeInStagger({ startUs: 0, devices }, row, plan),
      );
      for (const place of places) {
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThan(1);
      }
      const sorted = places.toSorted((a, b) => a - b);
      const gaps = sorted.map((place, nth) => (sorted[nth + 1] ?? sorted[0]! + 1) - place);
      expect(Math.min(...gaps)).toBeGreaterThan(0.05);
    }),
    cases(),
  );
});
