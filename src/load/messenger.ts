/** The messages of one device: sends by its publish plans while it is connected, and books what comes back for each. */
import type { Connection } from '../client/connection.ts';
import type { Failure } from '../client/failure.ts';
import { FORBIDDEN, forbiddenMessage } from '../client/server-limits.ts';
import type { Identity } from '../scenario/device-table.ts';
import { isFlatOut } from '../scenario/pace.ts';
import type { CompiledPlan, DeviceContext } from './device-context.ts';
import { FlatOut, type FlatOutSender } from './flat-out.ts';
import { InFlight } from './in-flight.ts';
import { Inbox } from './inbox.ts';
import { obstacleTo } from './obstacle.ts';
import { PublishTimes } from './publish-times.ts';
import { Publisher, type PublishSender } from './publisher.ts';
import { ReplyMatcher } from './reply-matcher.ts';
import { placeInRound } from './round.ts';
import { topicMatches } from './topic-filter.ts';

/** Without a pace: enough for the broker never to wait, few enough that a PUBACK tells of the broker rather than of its own queue. */
const FLAT_OUT_WINDOW = 100;

/** Of all devices without plans: there are many. */
const NONE: never[] = [];

function perPlan<Item>(plans: CompiledPlan[], itemOf: (plan: CompiledPlan) => Item): Item[] {
  return plans.length === 0 ? NONE : plans.map(itemOf);
}

export class Messenger implements PublishSender, FlatOutSender {
  private readonly context: DeviceContext;
  /** What its messages may say of it; undefined where there are none. */
  private readonly identity: Identity | undefined = undefined;
  /** Index in the device list. */
  private readonly row: number;
  private readonly topics: string[];
  private publishers: readonly Publisher[] = NONE;
  private flatOut: readonly FlatOut[] = NONE;
  private hasBegun = false;
  private halfWindow = 0;
  private readonly unacked = new InFlight();
  /** Where a plan waits for replies. */
  private readonly replies: ReplyMatcher | undefined = undefined;
  /** Since when the subscriptions are in force: only the first time counts, what is sent while the device is away is lost to it. */
  private subscribedUs = 0;
  /** Of one that hears anything. */
  private inbox: Inbox | undefined = undefined;
  /** Undefined while the device is away: its messages fall due all the same, and are not sent. */
  private connection: Connection | undefined = undefined;
  /** Plans without a pace that met what the server forbids: they would be told so as fast as they can try. */
  private forbidden: Set<CompiledPlan> | undefined = undefined;
  private sent = 0;
  /** Messages sent, by plan: what was due while the device was away takes no number and cannot be lost. */
  private readonly seqs: number[];

  constructor(context: DeviceContext, row: number) {
    const { plans, devices } = context;
    this.context = context;
    this.row = row;
    if (plans.length > 0) this.identity = devices.identity(row);
    this.seqs = perPlan(plans, () => 0);
    this.topics = perPlan(plans, (plan) => plan.topic(this.identity!));
    if (plans.some(({ replyTopic }) => replyTopic !== undefined))
      this.replies = new ReplyMatcher(plans.map((plan) => plan.replyTopic?.(this.identity!)));
  }

  /** The device is connected and its subscriptions are in force. */
  attach(connection: Connection): void {
    this.connection = connection;
    this.halfWindow = Math.floor(Math.min(FLAT_OUT_WINDOW, connection.limits.receiveMaximum) / 2);
    if (this.subscribedUs === 0) this.subscribedUs = this.context.clock.nowUs();
    if (!this.hasBegun) this.begin();
    else this.wakeFlatOut();
  }

  private begin(): void {
    const { turns, plans, publishEndUs } = this.context;
    this.hasBegun = true;
    if (plans.length === 0) return;
    this.expectOwn();
    this.publishers = plans.filter(({ plan }) => !isFlatOut(plan)).map((plan) => this.publisher(plan));
    this.flatOut = plans
      .filter(({ plan }) => isFlatOut(plan))
      .map((plan) => new FlatOut(turns, this, plan, publishEndUs));
  }

  private publisher(plan: CompiledPlan): Publisher {
    const { clock, wheel, round, publishEndUs, random } = this.context;
    const { jitter, everyUs } = plan.plan;
    const placeUs = round.startUs + Math.floor(placeInRound(round, this.row, plan.index) * everyUs);
    const times = new PublishTimes(jitter, everyUs, clock.nowUs(), placeUs, random);
    return new Publisher(wheel, this, plan, times, publishEndUs);
  }

  /** Of its own messages, those that its subscriptions bring back to it. */
  private expectOwn(): void {
    const { plans, subscriptions } = this.context;
    const filters = subscriptions.map(({ topic }) => topic(this.identity!));
    for (const { plan, index } of plans) {
      const hearsItself = filters.some((filter) => topicMatches(filter, this.topics[index]!));
      if (plan.payload.kind === 'size' && hearsItself) this.inboxOf().expectOwn(this.row, index);
    }
  }

  private inboxOf(): Inbox {
    const { recorder, run, plans } = this.context;
    this.inbox ??= new Inbox(recorder, run, plans, this.subscribedUs);
    return this.inbox;
  }

  send(plan: CompiledPlan, intendedUs: number): void {
    const { recorder, clock } = this.context;
    const { connection } = this;
    const obstacle = connection && obstacleTo(connection, plan.plan.qos, this.unacked.size);
    if (connection === undefined || obstacle !== undefined) {
      recorder.counters.messages_scheduled++;
      if (obstacle !== undefined) this.notSent(obstacle);
    } else if (this.transmit(connection, plan, intendedUs)) {
      recorder.trends.publish_slip.record(Math.max(0, clock.nowUs() - intendedUs));
    }
  }

  room(plan: CompiledPlan): number {
    const { connection } = this;
    if (connection === undefined || this.forbidden?.has(plan)) return 0;
    if (!connection.takesMore) {
      connection.awaitDrain();
      return 0;
    }
    if (plan.plan.qos === 0) return Number.POSITIVE_INFINITY;
    return Math.min(FLAT_OUT_WINDOW, connection.limits.receiveMaximum) - this.unacked.size;
  }

  sendNow(plan: CompiledPlan, nowUs: number): void {
    if (this.forbidden?.has(plan) || this.transmit(this.connection!, plan, nowUs)) return;
    this.forbidden ??= new Set();
    this.forbidden.add(plan);
  }

  drained(): void {
    this.wakeFlatOut();
  }

  private wakeFlatOut(): void {
    for (const each of this.flatOut) each.wake();
  }

  /** False where the server forbids the message: it takes no number then. */
  private transmit(connection: Connection, plan: CompiledPlan, intendedUs: number): boolean {
    const { recorder, load } = this.context;
    const { counters } = recorder;
    counters.messages_scheduled++;
    const id = ++this.sent;
    const seq = ++this.seqs[plan.index]!;
    const payload = plan.payload({ identity: this.identity!, device: this.row, id, seq, intendedUs });
    const packetId = connection.publish(this.topics[plan.index]!, payload, plan.plan.qos);
    if (packetId === FORBIDDEN) {
      this.sent--;
      this.seqs[plan.index]!--;
      this.notSent(forbiddenMessage(connection.limits, plan.plan.qos));
      return false;
    }
    counters.messages_sent++;
    if (packetId === 0) {
      counters.messages_sent_qos0++;
    } else {
      this.unacked.add(packetId, intendedUs);
      load.outstanding++;
    }
    if (plan.replyTopic === undefined) return true;
    load.outstanding++;
    this.miss(this.replies!.expect(id, intendedUs, intendedUs + plan.plan.replyTimeoutUs));
    return true;
  }

  private notSent({ phase, kind, code }: Failure): void {
    this.context.recorder.fail(phase, kind, code, this.identity!.deviceName);
  }

  /** Returns what the broker had against the message, if anything. */
  acked(packetId: number, reasonCode: number): Failure | undefined {
    const { recorder, clock, load } = this.context;
    const intendedUs = this.unacked.take(packetId);
    if (intendedUs === undefined) return undefined;
    load.outstanding--;
    // Half a window at a time, so that packets still share a write.
    if (this.unacked.size === this.halfWindow) this.wakeFlatOut();
    if (reasonCode >= 128) {
      recorder.counters.messages_failed++;
      return { phase: 'puback', kind: 'rejected', code: `PUBACK ${reasonCode}` };
    }
    recorder.counters.messages_acked++;
    recorder.trends.publish_ack.record(clock.nowUs() - intendedUs);
    return undefined;
  }

  received(topic: string, payload: Buffer): void {
    const { recorder, clock, load } = this.context;
    recorder.counters.messages_received++;
    const nowUs = clock.nowUs();
    load.receivedUs = nowUs;
    this.inboxOf().received(payload, nowUs);
    const intendedUs = this.replies?.match(topic, payload);
    if (intendedUs === undefined) return;
    load.outstanding--;
    recorder.counters.replies_received++;
    recorder.trends.reply_latency.record(nowUs - intendedUs);
  }

  /** Once a second: answers whose time is up are missing. */
  expireReplies(nowUs: number): void {
    if (this.replies !== undefined && this.replies.pending > 0) this.miss(this.replies.expire(nowUs));
  }

  /** No more messages; acknowledgements and replies may still come. */
  stop(): void {
    for (const publisher of this.publishers) publisher.stop();
    for (const each of this.flatOut) each.stop();
  }

  /** What is still unanswered stays so: as `messages_failed` where the connection broke, `messages_unacked` where the run ended. */
  detach(unansweredAre: 'messages_failed' | 'messages_unacked'): void {
    const { recorder, load } = this.context;
    this.connection = this.forbidden = undefined;
    recorder.counters[unansweredAre] += this.unacked.size;
    load.outstanding -= this.unacked.size;
    this.unacked.clear();
    if (this.replies !== undefined) this.miss(this.replies.clear());
  }

  /** Appends to a ledger under way: device, plan and messages sent; then its streams. */
  report(sent: number[], received: number[]): void {
    for (const { plan, index } of this.context.plans) {
      if (plan.payload.kind === 'size') sent.push(this.row, index, this.seqs[index]!);
    }
    this.inbox?.report(received);
  }

  private miss(replies: number): void {
    if (replies === 0) return;
    const { recorder, load } = this.context;
    load.outstanding -= replies;
    recorder.counters.replies_missing += replies;
    recorder.fail('reply', 'timeout', '', this.identity!.deviceName, replies);
  }
}
