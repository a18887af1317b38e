import { describe, expect, it } from 'vitest';
import { KeptRoom, Outgoing } from '../../../../src/stand-in/sessions/outgoing.ts';

const DAY_US = 24 * 3_600 * 1e6;

/** Of the bytes beside its own that a message is taken to need. */
const KEPT_BYTES = 200;

function rig(room = new KeptRoom()) {
  const counts = { messages_stored: 0, messages_resent: 0, messages_dropped_away: 0 };
  const outgoing = new Outgoing(counts, room);
  const add = (payload: string | Buffer, nowUs = 0, expiresUs?: number): boolean =>
    outgoing.add({ topic: 't', payload, qos: 1, ...(expiresUs !== undefined && { expiresUs }) }, 1, nowUs);
  /** What is sent now: packet id, payload, and whether it says DUP. */
  const sent = (most = 65_535, nowUs = 0): [number, string, boolean][] => {
    const all: [number, string, boolean][] = [];
    for (let kept = outgoing.next(most, nowUs); kept !== undefined; kept = outgoing.next(most, nowUs))
      all.push([kept.packetId, kept.message.payload.toString(), kept.isRepeated]);
    return all;
  };
  return { counts, outgoing, add, sent };
}

describe('Outgoing', () => {
  it('has no more on their way than the device takes, and goes on with each acknowledgement', () => {
    const { outgoing, add, sent } = rig();
    for (const payload of ['a', 'b', 'c', 'd']) add(payload);
    expect(sent(2)).toEqual([
      [1, 'a', false],
      [2, 'b', false],
    ]);
    outgoing.done(2);
    outgoing.done(77);
    expect(sent(2)).toEqual([[3, 'c', false]]);
  });

  it('begins after an interruption with what was not acknowledged, under the same ids, and then the rest', () => {
    const { outgoing, add, sent } = rig();
    for (const payload of ['a', 'b', 'c']) add(payload);
    sent(2);
    outgoing.done(1);
    outgoing.interrupted();
    add('d');
    expect(sent()).toEqual([
      [2, 'b', true],
      [3, 'c', false],
      [4, 'd', false],
    ]);
    outgoing.interrupted();
    outgoing.interrupted();
    expect(sent().map(([id, , dup]) => [id, dup])).toEqual([
      [2, true],
      [3, true],
      [4, true],
    ]);
  });

  it('never gives one id to two messages, however the ids go round', () => {
    const { outgoing, add, sent } = rig();
    add('old');
    sent();
    for (let n = 1; n < 65_535; n++) {
      add('x');
      const [[id] = [0]] = sent();
      outgoing.done(id);
    }
    outgoing.interrupted();
    // Id 1 would be the next.
    add('new');
    expect(sent(1)).toEqual([[1, 'old', true]]);
    expect(sent(2)).toEqual([[2, 'new', false]]);
  });

  it('keeps a thousand messages and some megabytes, and counts what comes on top', () => {
    const many = rig();
    for (let n = 0; n < 1_005; n++) expect(many.add(String(n))).toBe(n < 1_000);
    expect(many.counts.messages_dropped_away).toBe(5);
    expect(many.sent()).toHaveLength(1_000);
    many.outgoing.done(1);
    expect(many.add('room again')).toBe(true);
    const large = rig();
    const kept = Array.from({ length: 20 }, () => large.add(Buffer.alloc(512 * 1024)));
    expect(kept.filter(Boolean)).toHaveLength(7);
  });

  it('counts what comes with a message of MQTT 5 too', () => {
    const { outgoing } = rig();
    const message = { topic: 't', payload: '', qos: 1, properties: Buffer.alloc(512 * 1024) } as const;
    const kept = Array.from({ length: 20 }, () => outgoing.add(message, 1, 0));
    expect(kept.filter(Boolean)).toHaveLength(7);
  });

  it('shares its room with those of all other sessions, and gives it back', () => {
    const room = new KeptRoom(3 * (KEPT_BYTES + 10));
    const [one, other] = [rig(room), rig(room)];
    const nine = 'x'.repeat(9);
    expect([one.add(nine), one.add(nine), other.add(nine), other.add(nine), one.add('')]).toEqual([
      ...[true, true, true],
      ...[false, false],
    ]);
    expect([one, other].map(({ counts }) => counts.messages_dropped_away)).toEqual([1, 1]);
    one.sent(1);
    one.outgoing.done(1);
    expect([other.add(nine), other.add(nine)]).toEqual([true, false]);
    expect(one.sent(1, 8 * DAY_US)).toEqual([]);
    expect([other.add(nine), other.add(nine)]).toEqual([true, false]);
    expect(other.sent(1)).toHaveLength(1);
    other.outgoing.clear();
    // One of the three had been sent; the two others, and those for which there was no room, are lost.
    expect(other.counts.messages_dropped_away).toBe(3 + 2);
    expect([one.add(nine), one.add(nine), one.add(nine), one.add(nine)]).toEqual([true, true, true, false]);
  });

  it('drops what is older than seven days, or than its own expiry', () => {
    const { counts, add, sent } = rig();
    add('forgotten', 0);
    add('expired', 5 * DAY_US, 6 * DAY_US);
    add('kept', 5 * DAY_US);
    expect(sent(10, 7 * DAY_US)).toEqual([[1, 'kept', false]]);
    expect(counts.messages_dropped_away).toBe(2);
  });

  it('keeps bytes of its own', () => {
    const { add, sent } = rig();
    const read = Buffer.from('as it came');
    add(read);
    read.fill(0);
    expect(sent()).toEqual([[1, 'as it came', false]]);
  });
});
