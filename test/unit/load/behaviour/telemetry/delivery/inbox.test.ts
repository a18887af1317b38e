import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Inbox } from '../../../../../../src/load/behaviour/telemetry/delivery/inbox.ts';
import {
  HEADER_BYTES,
  type MessageHeader,
  writeHeader,
} from '../../../../../../src/load/behaviour/telemetry/delivery/message-header.ts';
import { ShareGroups } from '../../../../../../src/load/behaviour/telemetry/delivery/share-group.ts';
import { Recorder } from '../../../../../../src/metrics/recorder.ts';
import type { Jitter } from '../../../../../../src/model/scenario.ts';

const NONE: Jitter = { kind: 'none' };
let recorder: Recorder;

beforeEach(() => {
  recorder = new Recorder();
});

afterEach(() => recorder.destroy());

function messageOf(part: Partial<MessageHeader> = {}): Buffer {
  const payload = Buffer.alloc(HEADER_BYTES + 8, 'x');
  writeHeader(payload, {
    run: 7,
    device: 3,
    plan: 0,
    seq: 1,
    before: 1e6,
    isRegular: true,
    intendedUs: 1_000_000,
    ...part,
  });
  return payload;
}

const TOPIC = 'up/d3';

/** It has subscribed to all, and that was granted at `subscribedUs`. */
function inboxOf(jitter = NONE, subscribedUs = 0, filters = ['#'], codes = filters.map(() => 0)): Inbox {
  const plan = { everyUs: 100_000, jitter, qos: 1 as const };
  const inbox = new Inbox({ recorder, run: 7, plans: [{ plan }, { plan }], groups: new ShareGroups() });
  inbox.subscribing(filters, subscribedUs);
  inbox.answered(codes, 0);
  inbox.inForce(subscribedUs);
  return inbox;
}

/** Device, plan, highest number: once per stream; and how many are missing below. */
function reportOf(inbox: Inbox): { streams: number[][]; missing: number } {
  const received: number[] = [];
  inbox.closed(60e6);
  const missing = inbox.report(received);
  const streams = [];
  for (let at = 0; at < received.length; at += 4) streams.push(received.slice(at, at + 3));
  return { streams, missing };
}

it('latency counts from the intended time', () => {
  inboxOf().received(TOPIC, messageOf(), 1_030_000);
  expect(recorder.trends.message_latency).toMatchObject({ count: 1, min: 30_000, max: 30_000 });
});

it('a sender whose clock is ahead does not make a time below zero', () => {
  inboxOf().received(TOPIC, messageOf(), 999_000);
  expect(recorder.trends.message_latency).toMatchObject({ count: 1, max: 0, clamped: 0 });
});

it('what another run or another program sent is not booked', () => {
  const inbox = inboxOf();
  inbox.received(TOPIC, messageOf({ run: 8 }), 2_000_000);
  inbox.received(TOPIC, Buffer.from('{"id":"1","version":"1.0","params":{"t":0.25}}'), 2_000_000);
  inbox.received(TOPIC, Buffer.alloc(0), 2_000_000);
  expect(recorder.take()).toMatchObject({ counters: {}, trends: {} });
  expect(reportOf(inbox)).toEqual({ streams: [], missing: 0 });
});

it('a duplicate is counted and has no latency of its own; a late one is counted and has', () => {
  const inbox = inboxOf(NONE, 500_000);
  inbox.expectOwn(3, 0, TOPIC, 1);
  for (const [seq, nowMs] of [
    [1, 1001],
    [1, 9000],
    [3, 1003],
    [2, 1004],
    [2, 9000],
  ]) {
    inbox.received(TOPIC, messageOf({ seq: seq! }), nowMs! * 1000);
  }
  expect(recorder.counters).toMatchObject({ messages_duplicated: 2, messages_reordered: 1 });
  expect(recorder.trends.message_latency).toMatchObject({ count: 3, max: 4000 });
  expect(reportOf(inbox)).toEqual({ streams: [[3, 0, 3]], missing: 0 });
});

it('devices and plans have books of their own', () => {
  const inbox = inboxOf();
  inbox.received(TOPIC, messageOf({ device: 3, plan: 0 }), 1_000_000);
  inbox.received(TOPIC, messageOf({ device: 3, plan: 1 }), 1_000_000);
  inbox.received(TOPIC, messageOf({ device: 4, plan: 0 }), 1_000_000);
  expect(recorder.counters.messages_duplicated).toBe(0);
  expect(reportOf(inbox).streams).toEqual([
    [3, 0, 1],
    [3, 1, 1],
    [4, 0, 1],
  ]);
});

it('of itself a device expects all from the first, though nothing has come', () => {
  const inbox = inboxOf();
  inbox.expectOwn(3, 0, TOPIC, 1);
  expect(reportOf(inbox)).toEqual({ streams: [[3, 0, 0]], missing: 0 });
  inbox.received(TOPIC, messageOf({ seq: 6 }), 2_000_000);
  expect(reportOf(inbox)).toEqual({ streams: [[3, 0, 6]], missing: 5 });
});

describe('a receiver that subscribed late', () => {
  /** Subscribed at `subscribedUs`, first hears message `seq` that was meant for 1 s. */
  function expectedFrom(subscribedUs: number, seq: number, jitter = NONE, before = seq - 1): number {
    const inbox = inboxOf(jitter, subscribedUs);
    inbox.received(TOPIC, messageOf({ seq, before }), 1_010_000);
    const { streams, missing } = reportOf(inbox);
    return streams.length === 0 ? seq : streams[0]![2]! - missing;
  }

  it.each([
    ['after the message before it', 900_001, 10, 10],
    ['at the very time of the message before it', 900_000, 10, 9],
    ['with three messages still to come before it', 650_000, 10, 7],
    ['before the sender began', 0, 4, 1],
    ['after the message itself was meant, which was slow', 1_005_000, 10, 10],
  ])('%s', (_, subscribedUs, seq, from) => {
    expect(expectedFrom(subscribedUs, seq)).toBe(from);
  });

  it('expects, of messages that stray from their places, only those that cannot have come before', () => {
    // Each up to 50 ms off: the one before may have been meant for 200 ms earlier.
    const uniform: Jitter = { kind: 'uniform', share: 0.5 };
    expect(expectedFrom(800_001, 10, uniform)).toBe(10);
    expect(expectedFrom(799_990, 10, uniform)).toBe(9);
    expect(expectedFrom(200_000, 10, { kind: 'exponential' })).toBe(10);
  });

  it('expects none of what another connection of the sender carried', () => {
    expect(expectedFrom(0, 10)).toBe(1);
    expect(expectedFrom(0, 10, NONE, 3)).toBe(7);
    expect(expectedFrom(0, 10, NONE, 0)).toBe(10);
  });

  it('expects only what came, of a sender that left out what it had no room for', () => {
    const inbox = inboxOf(NONE, 0);
    inbox.received(TOPIC, messageOf({ seq: 10, isRegular: false }), 1_010_000);
    expect(reportOf(inbox)).toEqual({ streams: [[3, 0, 10]], missing: 0 });
  });

  it('what was sent before and arrives after is late, and no duplicate', () => {
    const inbox = inboxOf(NONE, 950_000);
    inbox.received(TOPIC, messageOf({ seq: 10 }), 1_010_000);
    inbox.received(TOPIC, messageOf({ seq: 9, intendedUs: 900_000 }), 1_011_000);
    expect(recorder.counters).toMatchObject({ messages_duplicated: 0, messages_reordered: 1 });
    expect(recorder.trends.message_latency.count).toBe(2);
    expect(reportOf(inbox)).toEqual({ streams: [[3, 0, 10]], missing: 0 });
  });
});

describe('before the last SUBACK', () => {
  it('nothing is owed, whatever has come by then', () => {
    const inbox = new Inbox({
      recorder,
      run: 7,
      plans: [{ plan: { everyUs: 100_000, jitter: NONE, qos: 1 } }],
      groups: new ShareGroups(),
    });
    inbox.subscribing(['#'], 0);
    for (const seq of [1, 4]) inbox.received(TOPIC, messageOf({ seq, intendedUs: seq * 100_000 }), 500_000);
    inbox.answered([0], 0);
    inbox.inForce(550_000);
    for (const seq of [7, 9]) inbox.received(TOPIC, messageOf({ seq, intendedUs: seq * 100_000 }), 1_000_000);
    // The sixth was sent after SUBACK; so was the eighth.
    expect(reportOf(inbox)).toEqual({ streams: [[3, 0, 9]], missing: 2 });
    expect(recorder.trends.message_latency.count).toBe(4);
  });
});

describe('a subscription', () => {
  const missingOf = (filters: string[], codes: number[]): number => {
    const inbox = inboxOf(NONE, 0, filters, codes);
    inbox.expectOwn(3, 0, TOPIC, 1);
    for (const seq of [3, 5]) inbox.received(TOPIC, messageOf({ seq, intendedUs: seq * 100_000 }), 600_000);
    const { streams, missing } = reportOf(inbox);
    return streams.length === 0 && missing === 0 ? 0 : missing;
  };

  it.each([
    ['that was granted owes', ['up/+'], [0], 3],
    ['that was granted with less owes', ['up/+'], [0, 1], 3],
    ['that was refused owes nothing', ['up/+'], [128], 0],
    ['that was not answered owes nothing', ['up/+'], [], 0],
    ['to something else owes nothing', ['down/+'], [0], 0],
    ['beside one that was refused owes', ['up/#', 'up/+'], [128, 0], 3],
  ])('%s', (_, filters, codes, missing) => {
    expect(missingOf(filters, codes)).toBe(missing);
  });

  it('that was refused brings no copy: what comes twice is a duplicate', () => {
    const inbox = inboxOf(NONE, 0, ['up/+', 'up/#'], [0, 128]);
    for (const seq of [1, 1]) inbox.received(TOPIC, messageOf({ seq }), 1_000_000);
    expect(recorder.counters.messages_duplicated).toBe(1);
  });

  it('beside another that matches may bring a second copy, which is no duplicate', () => {
    for (const [filters, duplicated] of [
      [['up/+', 'up/#'], 0],
      [['up/+', 'down/#'], 1],
    ] as const) {
      const inbox = inboxOf(NONE, 0, [...filters]);
      for (const seq of [1, 1]) inbox.received(TOPIC, messageOf({ seq }), 1_000_000);
      expect(recorder.take().counters.messages_duplicated ?? 0).toBe(duplicated);
    }
  });
});

describe('a connection that was lost', () => {
  function cutOff(): Inbox {
    const inbox = inboxOf();
    for (const seq of [1, 2, 4])
      inbox.received(TOPIC, messageOf({ seq, intendedUs: seq * 100_000 }), 500_000);
    inbox.broke();
    return inbox;
  }

  it('owes nothing after the last that came by it', () => {
    expect(reportOf(cutOff())).toEqual({ streams: [], missing: 1 });
  });

  it.each([
    ['nothing that was sent while the device was away', [20, 21], 0],
    ['all that was sent once it was back', [22], 2],
  ])('and came back owes %s', (_, seqs, missing) => {
    const inbox = cutOff();
    inbox.subscribing(['#'], 1_900_000);
    inbox.answered([0], 0);
    inbox.inForce(1_950_000);
    for (const seq of seqs) inbox.received(TOPIC, messageOf({ seq, intendedUs: seq * 100_000 }), 2_500_000);
    expect(reportOf(inbox)).toEqual({ streams: [[3, 0, seqs.at(-1)]], missing: 1 + missing });
  });

  it('and came back owes nothing that a connection of the sender held which broke meanwhile', () => {
    const inbox = cutOff();
    inbox.subscribing(['#'], 1_900_000);
    inbox.answered([0], 0);
    inbox.inForce(1_950_000);
    inbox.received(TOPIC, messageOf({ seq: 24, before: 1, intendedUs: 2_900_000 }), 2_950_000);
    expect(reportOf(inbox)).toEqual({ streams: [[3, 0, 24]], missing: 2 });
  });

  it('and came back to silence owes what its senders must have sent since', () => {
    const inbox = cutOff();
    inbox.subscribing(['#'], 1_900_000);
    inbox.answered([0], 0);
    inbox.inForce(1_950_000);
    // The twentieth is meant for 2 s, at the earliest.
    expect(reportOf(inbox)).toEqual({ streams: [[3, 0, 19]], missing: 1 });
  });

  it('and came back without its subscription owes no more', () => {
    const inbox = cutOff();
    inbox.subscribing(['#'], 1_900_000);
    inbox.answered([128], 0);
    inbox.inForce(1_950_000);
    expect(reportOf(inbox)).toEqual({ streams: [], missing: 1 });
  });
});
