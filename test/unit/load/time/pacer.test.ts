import { describe, expect, it } from 'vitest';
import { createPacer } from '../../../../src/load/time/pacer.ts';

const constant = (perSec: number, seconds: number) => ({
  durationUs: seconds * 1e6,
  fromPerSec: perSec,
  toPerSec: perSec,
});
const ramp = (fromPerSec: number, toPerSec: number, seconds: number) => ({
  durationUs: seconds * 1e6,
  fromPerSec,
  toPerSec,
});

describe('starts', () => {
  it.each([
    ['50/s for 4 s', [constant(50, 4)], 200],
    ['1000/s for 10 s', [constant(1000, 10)], 10_000],
    ['0.1/s for 10 s', [constant(0.1, 10)], 1],
    ['0.1/s for 30 s', [constant(0.1, 30)], 3],
    ['0.1/s, 0.2/s and 0.7/s for 1 s each', [constant(0.1, 1), constant(0.2, 1), constant(0.7, 1)], 1],
    ['0.1/s for 1 s, thirty times', Array.from({ length: 30 }, () => constant(0.1, 1)), 3],
    ['a third per second for 9 s', [constant(20 / 60, 9)], 3],
    ['0 to 500/s in 10 s', [ramp(0, 500, 10)], 2500],
    ['500 to 0/s in 10 s', [ramp(500, 0, 10)], 2500],
    ['a million', [constant(10_000, 100)], 1_000_000],
    ['a part of a start counts as one, due within the stage', [constant(0.3, 1)], 1],
    ['a pause alone', [constant(0, 5)], 0],
  ])('%s', (_, stages, starts) => {
    expect(createPacer(stages).starts).toBe(starts);
  });

  it('lasts as long as all stages', () => {
    expect(createPacer([constant(1, 2), constant(0, 5), ramp(1, 9, 3)]).durationUs).toBe(10e6);
  });
});

describe('a pause', () => {
  const pacer = createPacer([constant(50, 4), constant(0, 5), constant(50, 4)]);

  it('holds no start; the next one is due when it ends', () => {
    expect(pacer.starts).toBe(400);
    expect(pacer.dueUs(199)).toBe(3_980_000);
    expect(pacer.dueUs(200)).toBe(9_000_000);
    expect(pacer.dueUs(201)).toBe(9_020_000);
  });

  it('may stand first and last, and may follow another', () => {
    const paused = createPacer([constant(0, 1), constant(2, 1), constant(0, 1), constant(0, 1)]);
    expect([paused.starts, paused.dueUs(0), paused.dueUs(1)]).toEqual([2, 1e6, 1.5e6]);
  });

  it('does not delay a start whose time comes just before it', () => {
    // The area is 1,000,000.0005 when the pause begins.
    const work = { durationUs: 2_000_000_001, fromPerSec: 500, toPerSec: 500 };
    expect(createPacer([work, constant(0, 5)]).starts).toBe(1_000_001);
    expect(createPacer([work, constant(0, 5), constant(1, 5)]).dueUs(1_000_000)).toBe(2_000_000_000);
  });
});

describe('ramps', () => {
  it('from zero: the first start is due at once, the k-th at √(2k / slope)', () => {
    const { dueUs } = createPacer([ramp(0, 100, 10)]);
    expect(dueUs(0)).toBe(0);
    expect(dueUs(5)).toBe(1_000_000);
    expect(dueUs(20)).toBe(2_000_000);
  });

  it('to zero: the last start is due when the area reaches it', () => {
    const { dueUs } = createPacer([ramp(100, 0, 10)]);
    expect(dueUs(495)).toBe(9_000_000);
    expect(dueUs(499)).toBe(Math.round((10 - Math.sqrt(0.2)) * 1e6));
  });

  it('from zero after stages whose areas only nearly sum to a whole number in floating point', () => {
    // Ten times 0.1 is 0.9999999999999999: taken for a real remainder, it would be 5 µs up this slow ramp.
    const tenths = Array.from({ length: 10 }, () => constant(0.1, 1));
    expect(createPacer([...tenths, ramp(0, 0.001, 100)]).dueUs(1)).toBe(10e6);
  });
});
