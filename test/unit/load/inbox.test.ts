import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Inbox } from '../../../src/load/inbox.ts';
import { HEADER_BYTES, type MessageHeader, writeHeader } from '../../../src/load/message-header.ts';
import { Recorder } from '../../../src/metrics/recorder.ts';
import type { Jitter } from '../../../src/scenario/scenario.ts';

const NONE: Jitter = { kind: 'none' };
let recorder: Recorder;

beforeEach(() => {
  recorder = new Recorder();
});

afterEach(() => recorder.destroy());

function messageOf(part: Partial<MessageHeader> = {}): Buffer {
  const payload = Buffer.alloc(HEADER_BYTES + 8, 'x');
  writeHeader(payload, { run: 7, device: 3, plan: 0, seq: 1, intendedUs: 1_000_000, ...part });
  return payload;
}

function inboxOf(jitter = NONE, subscribedUs = 0): Inbox {
  const plan = { everyUs: 100_000, jitter };
  return new Inbox(recorder, 7, [{ plan }, { plan }], subscribedUs);
}

/** Device, plan, first expected, different received: once per stream. */
function reportOf(inbox: Inbox): number[] {
  const received: number[] = [];
  inbox.report(received);
  return received;
}

it('latency counts from the intended time', () => {
  inboxOf().received(messageOf(), 1_030_000);
  expect(recorder.trends.message_latency).toMatchObject({ count: 1, min: 30_000, max: 30_000 });
});

it('a sender whose clock is ahead does not make a time below zero', () => {
  inboxOf().received(messageOf(), 999_000);
  expect(recorder.trends.message_latency).toMatchObject({ count: 1, max: 0, clamped: 0 });
});

it('what another run or another program sent is not booked', () => {
  const inbox = inboxOf();
  inbox.received(messageOf({ run: 8 }), 2_000_000);
  inbox.received(Buffer.from('{"id":"1","version":"1.0","params":{"t":0.25}}'), 2_000_000);
  inbox.received(Buffer.alloc(0), 2_000_000);
  expect(recorder.take()).toMatchObject({ counters: {}, trends: {} });
  expect(reportOf(inbox)).toEqual([]);
});

it('a duplicate is counted and has no latency of its own; a late one is counted and has', () => {
  const inbox = inboxOf(NONE, 500_000);
  inbox.expectOwn(3, 0);
  for (const [seq, nowMs] of [
    [1, 1001],
    [1, 9000],
    [3, 1003],
    [2, 1004],
    [2, 9000],
  ]) {
    inbox.received(messageOf({ seq: seq! }), nowMs! * 1000);
  }
  expect(recorder.counters).toMatchObject({ messages_duplicated: 2, messages_reordered: 1 });
  expect(recorder.trends.message_latency).toMatchObject({ count: 3, max: 4000 });
  expect(reportOf(inbox)).toEqual([3, 0, 1, 3]);
});

it('devices and plans have books of their own', () => {
  const inbox = inboxOf();
  inbox.received(messageOf({ device: 3, plan: 0 }), 1_000_000);
  inbox.received(messageOf({ device: 3, plan: 1 }), 1_000_000);
  inbox.received(messageOf({ device: 4, plan: 0 }), 1_000_000);
  expect(recorder.counters.messages_duplicated).toBe(0);
  expect(reportOf(inbox)).toEqual([3, 0, 1, 1, 3, 1, 1, 1, 4, 0, 1, 1]);
});

it('of itself a device expects all from the first, though nothing has come', () => {
  const inbox = inboxOf();
  inbox.expectOwn(3, 0);
  expect(reportOf(inbox)).toEqual([3, 0, 1, 0]);
  inbox.received(messageOf({ seq: 6 }), 2_000_000);
  inbox.expectOwn(3, 0);
  expect(reportOf(inbox)).toEqual([3, 0, 1, 1]);
});

describe('a receiver that subscribed late', () => {
  /** Subscribed at `subscribedUs`, first hears message `seq` that was meant for 1 s. */
  function expectedFrom(subscribedUs: number, seq: number, jitter = NONE): number {
    const inbox = inboxOf(jitter, subscribedUs);
    inbox.received(messageOf({ seq }), 1_010_000);
    return reportOf(inbox)[2]!;
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
    expect(expectedFrom(800_000, 10, uniform)).toBe(9);
    expect(expectedFrom(200_000, 10, { kind: 'exponential' })).toBe(10);
  });

  it('what was sent before and arrives after is late, and no duplicate', () => {
    const inbox = inboxOf(NONE, 950_000);
    inbox.received(messageOf({ seq: 10 }), 1_010_000);
    inbox.received(messageOf({ seq: 9, intendedUs: 900_000 }), 1_011_000);
    expect(recorder.counters).toMatchObject({ messages_duplicated: 0, messages_reordered: 1 });
    expect(recorder.trends.message_latency.count).toBe(2);
    expect(reportOf(inbox)).toEqual([3, 0, 10, 1]);
  });
});
