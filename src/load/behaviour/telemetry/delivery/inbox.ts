/**
 * What one device receives of the run's own messages: their latency, and the stream of each sender, stay by stay.
 */

import type { Doubt } from '../../../../metrics/ledger.ts';
import type { Recorder } from '../../../../metrics/recorder.ts';
import type { PublishPlan } from '../../../../model/scenario.ts';
import { Backlog } from './backlog.ts';
import { HeardTopics, type Hearing } from './heard-topics.ts';
import { type MessageHeader, readHeader } from './message-header.ts';
import { fewestWithin, type Pace, surelyAfter } from './pace-bounds.ts';
import { SETTLED_US } from './sending.ts';
import type { ShareGroups } from './share-group.ts';
import { Stays } from './stays.ts';
import type { Arrival, Shared, Stream } from './stream.ts';
import { Streams } from './streams.ts';

/** What all inboxes of a shard share, for a run or for one trial. */
export interface InboxContext {
  recorder: Recorder;
  run: number;
  /** The pace of each plan: how its messages follow each other. */
  plans: readonly { plan: Pace & Pick<PublishPlan, 'qos'> }[];
  groups: ShareGroups;
}

export class Inbox {
  private readonly recorder: Recorder;
  private readonly run: number;
  private readonly plans: InboxContext['plans'];
  private readonly groups: ShareGroups;
  private readonly streams: Streams;
  private heard: HeardTopics;
  /** The subscriptions of the last stay. */
  private heardBefore: HeardTopics | undefined = undefined;
  private readonly stays = new Stays();
  /** What the server kept, while it comes; undefined on a connection that has a new session. */
  private backlog: Backlog | undefined = undefined;
  /** It was still getting what had been kept for it when it closed: nobody can say that the rest is lost. */
  private isBehind = false;
  private closedUs = Number.POSITIVE_INFINITY;
  /** Latest intended time of the messages received since its SUBSCRIBE (µs). */
  private heardUs = 0;
  /** Doubts of its groups since it was last a member. */
  private doubts: Doubt[] = [];

  constructor({ recorder, run, plans, groups }: InboxContext) {
    this.recorder = recorder;
    this.run = run;
    this.plans = plans;
    this.streams = new Streams(plans.length);
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
    this.stays.subscribing();
  }

  /** CONNACK, with the session of the connection before. */
  resumed(nowUs: number): void {
    this.stays.resumed();
    this.backlog = new Backlog(this.recorder, nowUs);
  }

  /** A SUBACK for the filters from `from` on. */
  answered(returnCodes: readonly number[], from: number): void {
    this.heard.answered(returnCodes, from);
  }

  /** The device waits for no more SUBACKs. */
  inForce(nowUs: number): void {
    for (const doubt of this.doubts) doubt.toUs = nowUs;
    this.doubts = [];
    this.stays.begin(nowUs, this.heardBefore?.isAs(this.heard) === true);
    this.heardBefore = this.heard;
    this.heard.inForce(nowUs);
  }

  /** What was under way when a connection broke is not owed: nothing after the last that came. */
  broke(): void {
    this.doubts.push(...this.heard.left(this.heardUs));
    this.stays.end();
    this.backlogEnded();
  }

  closed(nowUs: number): void {
    this.isBehind = this.backlog?.isUnderWay(nowUs, SETTLED_US) ?? false;
    this.heard.left(this.isBehind ? this.heardUs : nowUs);
    this.closedUs = nowUs;
    this.backlogEnded();
  }

  tick(nowUs: number): void {
    this.backlog?.tick(nowUs);
  }

  private backlogEnded(): void {
    this.backlog?.end();
    this.backlog = undefined;
  }

  // --- what it receives

  /** To be called for a device that hears itself: it misses its messages from this number on even when none arrives at all. */
  expectOwn(device: number, plan: number, topic: string, from: number): void {
    const { isOwed, groups } = this.heard.hearing(topic);
    if (!isOwed && groups === undefined) return;
    const key = this.streams.keyOf(device, plan);
    for (const group of groups ?? []) group.expectOwn(key, device, plan, from);
    if (!isOwed) return;
    const stream = this.streams.of(key, device, plan);
    if (stream === undefined) return;
    this.enter(stream, topic);
    if (!stream.hasBegun) stream.begin(from);
  }

  received(topic: string, payload: Buffer, nowUs: number): void {
    const header = readHeader(payload, this.run);
    if (header === undefined || header.plan >= this.plans.length) return;
    this.heardUs = Math.max(this.heardUs, header.intendedUs);
    const arrival = this.book(topic, header, nowUs);
    const { counters, trends } = this.recorder;
    const isNew = arrival !== 'duplicate' && arrival !== 'copy';
    const wasKept = this.backlog !== undefined && this.isOfBacklog(this.backlog, header, isNew, nowUs);
    if (arrival === 'duplicate') counters.messages_duplicated++;
    if (arrival === 'late') counters.messages_reordered++;
    // The time that the device was away is no latency of the broker's.
    if (!isNew || wasKept) return;
    trends.message_latency.record(Math.max(0, nowUs - header.intendedUs));
  }

  private isOfBacklog(backlog: Backlog, header: MessageHeader, isNew: boolean, nowUs: number): boolean {
    const { device, plan, intendedUs } = header;
    const isKept = this.streams.get(this.streams.keyOf(device, plan))?.isKept ?? false;
    return backlog.hears(intendedUs, isKept, isNew, nowUs);
  }

  /** `copy`: by another subscription that matches too, as far as anyone can tell. */
  private book(topic: string, header: MessageHeader, nowUs: number): Arrival | 'copy' {
    const { device, plan } = header;
    const key = this.streams.keyOf(device, plan);
    const stream = this.streams.of(key, device, plan);
    if (stream === undefined) {
      this.share(this.heard.hearing(topic), key, header, nowUs);
      return 'in order';
    }
    if (stream.stay !== this.stays.current) this.enter(stream, topic);
    if (stream.groups !== undefined) {
      const shared = this.share(stream, key, header, nowUs);
      if (!stream.isOwed) return stream.arriveShared(header.seq, shared);
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
    } else if (stream.isOwed && intendedUs >= this.stays.fromUsOf(stream)) {
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
    const stayedUs = intendedUs - this.stays.fromUsOf(stream);
    const missed = isRegular ? Math.min(before, fewestWithin(stayedUs, this.plans[plan]!.plan)) : 0;
    return Math.max(seq - before, Math.min(seq - missed, this.surelyFrom(stream)));
  }

  /** The first number that was certainly sent in this stay, as far as the highest that came before it tells. */
  private surelyFrom(stream: Stream): number {
    const { highest, highestUs, plan } = stream;
    if (highestUs === 0) return Number.POSITIVE_INFINITY;
    return highest + surelyAfter(this.stays.fromUsOf(stream) - highestUs, this.plans[plan]!.plan);
  }

  /** Appends its streams to a ledger under way; returns how many are missing besides. */
  report(received: number[]): number {
    let missing = 0;
    for (const stream of this.streams.all) {
      missing += stream.missing;
      this.reportTail(stream, received);
    }
    return missing;
  }

  /** What may still be missing after the highest that came. */
  private reportTail(stream: Stream, received: number[]): void {
    const { device, plan, isOwed, isKept } = stream;
    if (!this.stays.isThere || (this.isBehind && isKept)) return;
    let { highest } = stream;
    if (!stream.hasBegun || !this.stays.hold(stream)) {
      // Nothing has come of it in this stay, in which it should have as in the one before.
      const from =
        isOwed && stream.stay >= this.stays.sameSince ? this.surelyFrom(stream) : Number.POSITIVE_INFINITY;
      if (from === Number.POSITIVE_INFINITY) return;
      highest = from - 1;
    }
    received.push(device, plan, highest, this.closedUs);
  }

  /** The first of the stream in this stay. */
  private enter(stream: Stream, topic: string): void {
    const { isOwed, isKept, isSingle, groups } = this.heard.hearing(topic);
    if (!this.stays.hold(stream)) stream.hasBegun = false;
    stream.stay = this.stays.current;
    stream.isOwed = isOwed;
    stream.isKept = isKept && this.plans[stream.plan]!.plan.qos > 0;
    stream.isSingle = isSingle;
    stream.groups = groups;
  }
}
