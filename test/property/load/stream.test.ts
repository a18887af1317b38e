import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Arrival, Stream } from '../../../src/load/behaviour/telemetry/delivery/stream.ts';
import { cases } from '../../support/cases.ts';

/** What happens to each message in turn; `late` by so many places, `again` after so many. */
const fate = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'arrives' as const, by: 0 }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'dropped' as const, by: 0 }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('late' as const), by: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('again' as const), by: fc.integer({ min: 1, max: 40 }) }),
  },
);

function deliveries(fates: { kind: string; by: number }[], from: number): number[] {
  const at = fates.flatMap(({ kind, by }, index) => {
    const seq = from + index;
    if (kind === 'dropped') return [];
    // A half place: behind the message that it was to come after.
    if (kind === 'late') return [{ place: index + by + 0.5, seq }];
    const arrival = { place: index, seq };
    return kind === 'again' ? [arrival, { place: index + by + 0.5, seq }] : [arrival];
  });
  return at.sort((a, b) => a.place - b.place || a.seq - b.seq).map(({ seq }) => seq);
}

/** Remembers every number that ever came. */
function naive(seqs: number[]): Arrival[] {
  const seen = new Set<number>();
  return seqs.map((seq) => {
    if (seen.has(seq)) return 'duplicate';
    const late = [...seen].some((other) => other > seq);
    seen.add(seq);
    return late ? 'late' : 'in order';
  });
}

it('every arrival is what an oracle that remembers them all says it is', () => {
  fc.assert(
    fc.property(
      fc.array(fate, { maxLength: 200 }),
      fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 5000 })),
      (fates, from) => {
        const stream = new Stream(0, 0);
        stream.begin(from);
        const seqs = deliveries(fates, from);
        expect(seqs.map((seq) => stream.arrive(seq, from))).toEqual(naive(seqs));
        const last = Math.max(from - 1, ...seqs);
        expect(stream.highest).toBe(last);
        expect(stream.missing).toBe(last - from + 1 - new Set(seqs).size);
      },
    ),
    cases(3),
  );
});

it('a gap is remembered for 1024 missing messages, and the oldest are forgotten first', () => {
  const stream = new Stream(0, 0);
  const arrive = (seq: number) => stream.arrive(seq, 1);
  arrive(1026);
  expect(arrive(1)).toBe('duplicate');
  expect(arrive(2)).toBe('late');
  // One place is free again; the next two gaps need two.
  arrive(1029);
  expect(arrive(3)).toBe('duplicate');
  expect(arrive(4)).toBe('late');
  expect(arrive(1028)).toBe('late');
  expect(stream.missing).toBe(1029 - 5);
});

it('a message from before the receiver was there is late at most, and is not among those expected', () => {
  const stream = new Stream(0, 0);
  stream.begin(10);
  expect(stream.arrive(10, 10)).toBe('in order');
  expect(stream.arrive(9, 10)).toBe('late');
  expect(stream.arrive(10, 10)).toBe('duplicate');
  expect(stream.missing).toBe(0);
});

it('of a gap only what is owed is missing, and the rest is late and no duplicate when it comes', () => {
  const stream = new Stream(0, 0);
  stream.begin(1);
  expect(stream.arrive(9, 6)).toBe('in order');
  expect(stream.missing).toBe(3);
  expect([stream.arrive(5, 1), stream.arrive(5, 1)]).toEqual(['late', 'duplicate']);
  expect(stream.missing).toBe(3);
  expect([stream.arrive(6, 1), stream.arrive(6, 1)]).toEqual(['late', 'duplicate']);
  expect(stream.missing).toBe(2);
});
