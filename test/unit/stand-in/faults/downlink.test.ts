import { describe, expect, it } from 'vitest';
import { Wheel } from '../../../../src/load/time/wheel.ts';
import type { FaultPlan } from '../../../../src/model/scenario.ts';
import { zeroCounts } from '../../../../src/stand-in/endpoint/counts.ts';
import type { Session } from '../../../../src/stand-in/endpoint/session.ts';
import { Downlink } from '../../../../src/stand-in/faults/downlink.ts';
import type { Send } from '../../../../src/stand-in/faults/fault.ts';
import { seededRandom } from '../../../../src/statistics/random.ts';
import { ManualClock } from '../../load/manual-clock.ts';

function rig(shares: NonNullable<FaultPlan['downlink']>, random = seededRandom(3)) {
  const clock = new ManualClock();
  const wheel = new Wheel(clock);
  const counts = zeroCounts();
  const arrived: number[] = [];
  const downlink = new Downlink(shares, { clock, wheel, counts, random: () => random, at: () => {} });
  const arrive: Send = (_session, { topic }, copies) => {
    for (let copy = 0; copy < copies; copy++) arrived.push(Number(topic));
  };
  const session = {} as Session;
  return {
    arrived,
    counts,
    downlink,
    session,
    send: (number: number, to = session) =>
      downlink.deliver(to, { topic: String(number), payload: '', qos: 0 }, arrive),
    pass: (us: number) => {
      clock.advance(us);
      wheel.turn();
    },
  };
}

describe('Downlink', () => {
  it('gives an observer of the stream the counts it keeps itself, and each share its due', () => {
    const { arrived, counts, send, pass } = rig({ drop: 0.05, repeat: 0.1, swap: 0.2 });
    const total = 100_000;
    for (let number = 0; number < total; number++) send(number);
    pass(1_000_000);
    const seen = new Set(arrived);
    expect(total - seen.size).toBe(counts.messages_dropped);
    expect(arrived.length - seen.size).toBe(counts.messages_repeated);
    expect(arrived.filter((number, at) => number < arrived[at - 1]!)).toHaveLength(counts.messages_swapped);
    expect(arrived.filter((number, at) => number === arrived[at - 1])).toHaveLength(counts.messages_repeated);
    // Each is a share of the messages that do not overtake one.
    const drawn = total - counts.messages_swapped;
    expect(counts.messages_dropped / drawn).toBeCloseTo(0.05, 2);
    expect(counts.messages_repeated / drawn).toBeCloseTo(0.1, 2);
    expect(counts.messages_swapped / drawn).toBeCloseTo(0.2, 2);
  });

  it('sends a message that nothing overtakes a second later, and does not call it swapped', () => {
    const { arrived, counts, send, pass } = rig({ swap: 1 });
    send(1);
    pass(999_000);
    expect(arrived).toEqual([]);
    pass(1_000);
    expect(arrived).toEqual([1]);
    expect(counts.messages_swapped).toBe(0);
    send(2);
    send(3);
    pass(2_000_000);
    expect(arrived).toEqual([1, 3, 2]);
    expect(counts.messages_swapped).toBe(1);
  });

  it('lets only a message to the same device overtake', () => {
    const { arrived, send } = rig({ swap: 1 });
    send(1);
    send(2, {} as Session);
    expect(arrived).toEqual([]);
    send(3);
    expect(arrived).toEqual([3, 1]);
  });

  it('counts what it holds for a connection that ends as dropped, and sends it no more', () => {
    const { arrived, counts, downlink, session, send, pass } = rig({ swap: 1 });
    send(1);
    downlink.ended(session);
    downlink.ended(session);
    pass(5_000_000);
    expect(arrived).toEqual([]);
    expect(counts).toMatchObject({ messages_dropped: 1, messages_swapped: 0 });
  });
});
