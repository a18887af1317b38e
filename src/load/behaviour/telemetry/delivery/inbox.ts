/**
 * What one device receives of the run's own messages: their latency, and the stream of each sender. It has stays, one per connection: from
 * the last SUBACK to the loss or the close. What is sent outside of them owes it nothing.
 */

import type { Doubt } from '../../../../metrics/ledger.ts';
import type { Recorder } from '../../../../metrics/recorder.ts';
import { HeardTopics, type Hearing } from './heard-topics.ts';
import { type MessageHeader, readHeader } from './message-header.ts';
import { fewestWithin, type Pace, surelyAfter } from './pace-bounds.ts';
import type { ShareGroup, ShareGroups } from './share-group.ts';
import { type Arrival, Stream } from './stream.ts';

/** A device that hears more senders than this keeps no books of the rest: their latency counts, their losses do not. */
const MOST_STREAMS = 100_000;

/** What all inboxes of a shard share, for a run or for one trial. */
export interface InboxContext {
  recorder: Recorder;
  run: number;
  /** The pace of each plan: how its messages follow each other. */
  plans: readonly { plan: Pace }[];
  groups: ShareGroups;
}

type Shared = ReturnType<ShareGroup['arrive']>;

export class Inbox {
  private readonly recorder: Recorder;
  private readonly run: number;
  private readonly plans: InboxContext['plans'];
  private readonly groups: ShareGroups;
  /** Senders' messages, by device and plan. */
  private readonly streams = new Map<number, Stream>();
  private heard: HeardTopics;
  /** The subscriptions of the last stay. */
  private heardBefore: HeardTopics | undefined = undefined;
  /** Counts the stays, and what is before each: from SUBSCRIBE to the last SUBACK nobody knows what is in force. */
  private stay = 0;
  /** The first stay with the subscriptions of this one. */
  private sameSince = 0;
  /** Start of this stay (µs); Infinity outside of one. */
  private fromUs = Number.POSITIVE_INFINITY;
  private closedUs = Number.POSITIVE_INFINITY;
  /** Latest intended time of the messages received on this connection (µs). */
  private heardUs = 0;
  /** Doubts of its groups since it was last a member. */
  private doubts: Doubt[] = [];

  constructor({ recorder, run, plans, groups }: InboxContext) {
    this.recorder = recorder;
    this.run = run;
    this.plans = plans;
    this.groups = groups;
    this.heard = new HeardTopics([], groups);
  }

  // --- its stays

  /** SUBSCRIBE goes out. */
  subscribing(filters: readonly string[], nowUs: number): void {
    this.subscribingAs(new HeardTopics(filters, this.groups), nowUs);
  }

  /** Goes on with the subscriptions of the trial before. */
  inherit({ heard }: Inbox, nowUs: number): void {
    this.subscribingAs(heard.renewed(this.groups), nowUs);
  }

  private subscribingAs(heard: HeardTopics, nowUs: number): void {
    this.heard = heard;
    this.heardUs = nowUs;
    this.stay++;
  }

  /** A SUBACK for the filters from `from` on. */
  answered(returnCodes: readonly number[], from: number): void {
    this.heard.answered(returnCodes, from);
  }

  /** The device waits for no more SUBACKs. */
  inForce(nowUs: number): void {
    for (const doubt of this.doubts) doubt.toUs = nowUs;
    this.doubts = [];
    this.stay++;
    if (this.heardBefore?.isAs(this.heard) !== true) this.sameSince = this.stay;
    this.heardBefore = this.heard;
    this.fromUs = nowUs;
    this.heard.inForce(nowUs);
  }

  /** What was under way when a connection broke is not owed: nothing after the last that came. */
  broke(): void {
    this.doubts.push(...this.heard.left(this.heardUs));
    this.fromUs = Number.POSITIVE_INFINITY;
  }

  closed(nowUs: number): void {
    this.heard.left(nowUs);
    this.closedUs = nowUs;
  }

  // --- what it receives

  /** To be called for a device that hears itself: it misses its messages from this number on even when none arrives at all. */
  expectOwn(device: number, plan: number, topic: string, from: number): void {
    const { isOwed, groups } = this.heard.hearing(topic);
    if (!isOwed && groups === undefined) return;
    const key = this.keyOf(device, plan);
    for (const group of groups ?? []) group.expectOwn(key, device, plan, from);
    if (!isOwed) return;
    const stream = this.streamOf(key, device, plan);
    if (stream === undefined) return;
    this.enter(stream, topic);
    stream.begin(from);
  }

  received(topic: string, payload: Buffer, nowUs: number): void {
    const header = readHeader(payload, this.run);
    if (header === undefined || header.plan >= this.plans.length) return;
    this.heardUs = Math.max(this.heardUs, header.intendedUs);
    const arrival = this.book(topic, header, nowUs);
    const { counters, trends } = this.recorder;
    if (arrival === 'duplicate') counters.messages_duplicated++;
    if (arrival === 'duplicate' || arrival === 'copy') return;
    if (arrival === 'late') counters.messages_reordered++;
    trends.message_latency.record(Math.max(0, nowUs - header.intendedUs));
  }

  /** `copy`: by another subscription that matches too, as far as anyone can tell. */
  private book(topic: string, header: MessageHeader, nowUs: number): Arrival | 'copy' {
    const { device, plan } = header;
    const key = this.keyOf(device, plan);
    const stream = this.streamOf(key, device, plan);
    if (stream === undefined) {
      this.share(this.heard.hearing(topic), key, header, nowUs);
      return 'in order';
    }
    if (stream.stay !== this.stay) this.enter(stream, topic);
    if (stream.groups !== undefined) {
      const shared = this.share(stream, key, header, nowUs);
      if (!stream.isOwed) return sharedArrival(stream, header, shared);
    }
    const arrival = this.arrive(stream, header);
    return arrival === 'duplicate' && !stream.isSingle ? 'copy' : arrival;
  }

  /** What the groups say that the device is a member of. */
  private share({ groups, isSingle }: Hearing, key: number, header: MessageHeader, nowUs: number): Shared {
    const pace = this.plans[header.plan]!.plan;
    let shared: Shared = 'first';
    for (const group of groups ?? []) {
      const one = group.arrive(key, header, nowUs, isSingle, pace);
      if (one !== 'first') shared = one;
    }
    return shared;
  }

  private arrive(stream: Stream, header: MessageHeader): Arrival {
    const { seq, before, intendedUs } = header;
    let owedFrom = Number.POSITIVE_INFINITY;
    if (stream.hasBegun) {
      owedFrom = seq - before;
    } else if (stream.isOwed && intendedUs >= this.fromUs) {
      owedFrom = this.firstOwed(stream, header);
      stream.begin(owedFrom);
    } else if (stream.highest === 0) {
      stream.skipTo(seq);
    }
    const arrival = stream.arrive(seq, owedFrom);
    if (seq === stream.highest) stream.highestUs = intendedUs;
    return arrival;
  }

  /** The first that was certainly sent in this stay, of those before the first that came in it and on the same connection. */
  private firstOwed(stream: Stream, { seq, before, isRegular, intendedUs, plan }: MessageHeader): number {
    const missed = isRegular
      ? Math.min(before, fewestWithin(intendedUs - this.fromUs, this.plans[plan]!.plan))
      : 0;
    return Math.max(seq - before, Math.min(seq - missed, this.surelyFrom(stream)));
  }

  /** The first number that was certainly sent in this stay, as far as the highest that came before it tells. */
  private surelyFrom({ highest, highestUs, plan }: Stream): number {
    if (highestUs === 0) return Number.POSITIVE_INFINITY;
    return highest + surelyAfter(this.fromUs - highestUs, this.plans[plan]!.plan);
  }

  /** Appends its streams to a ledger under way; returns how many are missing besides. */
  report(received: number[]): number {
    let missing = 0;
    for (const stream of this.streams.values()) {
      missing += stream.missing;
      this.reportTail(stream, received);
    }
    return missing;
  }

  /** What may still be missing after the highest that came. */
  private reportTail(stream: Stream, received: number[]): void {
    if (this.fromUs === Number.POSITIVE_INFINITY) return;
    const { device, plan, isOwed } = stream;
    let { highest } = stream;
    if (!stream.hasBegun || stream.stay !== this.stay) {
      // Nothing has come of it in this stay, in which it should have as in the one before.
      const from =
        isOwed && stream.stay >= this.sameSince ? this.surelyFrom(stream) : Number.POSITIVE_INFINITY;
      if (from === Number.POSITIVE_INFINITY) return;
      highest = from - 1;
    }
    received.push(device, plan, highest, this.closedUs);
  }

  private keyOf(device: number, plan: number): number {
    return device * this.plans.length + plan;
  }

  private streamOf(key: number, device: number, plan: number): Stream | undefined {
    let stream = this.streams.get(key);
    if (stream === undefined && this.streams.size < MOST_STREAMS) {
      stream = new Stream(device, plan);
      this.streams.set(key, stream);
    }
    return stream;
  }

  /** The first of the stream in this stay. */
  private enter(stream: Stream, topic: string): void {
    const { isOwed, isSingle, groups } = this.heard.hearing(topic);
    stream.stay = this.stay;
    stream.hasBegun = false;
    stream.isOwed = isOwed;
    stream.isSingle = isSingle;
    stream.groups = groups;
  }
}

/**
 * How a message came to a member of a group. Whoever has gaps of his own anyway knows only what is behind a later one, and his group what
 * came twice.
 */
function sharedArrival(stream: Stream, { seq }: MessageHeader, shared: Shared): Arrival | 'copy' {
  if (shared !== 'first') return shared === 'repeated' ? 'duplicate' : 'copy';
  if (seq < stream.highest) return 'late';
  stream.highest = seq;
  return 'in order';
}
