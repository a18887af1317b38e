/** The messages of one device: sends by its publish plans while it is connected, and books what comes back for each. */
import type { Connection } from '../../../client/connection.ts';
import type { Identity } from '../../../model/devices/device-table.ts';
import type { Failure } from '../../../model/failure.ts';
import { isFlatOut } from '../../../model/pace.ts';
import { FORBIDDEN, forbiddenMessage } from '../../../mqtt/server-limits.ts';
import type { CompiledPlan, DeviceContext } from '../../device/device-context.ts';
import { Answers } from './answers.ts';
import { Inbox } from './delivery/inbox.ts';
import { hasHeader } from './delivery/message-header.ts';
import { Sending } from './delivery/sending.ts';
import { FlatOut, type FlatOutSender } from './flat-out.ts';
import { InFlight } from './in-flight.ts';
import { obstacleTo } from './obstacle.ts';
import { PublishTimes } from './publish-times.ts';
import { Publisher, type PublishSender } from './publisher.ts';
import { placeInRound } from './stagger.ts';

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
  private readonly plans: CompiledPlan[];
  private readonly topics: string[];
  private publishers: readonly Publisher[] = NONE;
  private flatOut: readonly FlatOut[] = NONE;
  private hasBegun = false;
  private halfWindow = 0;
  private readonly unacked = new InFlight();
  private readonly answers: Answers | undefined = undefined;
  /** Of one that hears anything. */
  private inbox: Inbox | undefined = undefined;
  /** Undefined while the device is away: its messages fall due all the same, and are not sent. */
  private connection: Connection | undefined = undefined;
  /** Plans without a pace that met what the server forbids: they would be told so as fast as they can try. */
  private forbidden: Set<CompiledPlan> | undefined = undefined;
  private sent = 0;
  /** By plan. */
  private readonly sendings: Sending[];

  constructor(context: DeviceContext, row: number, identity: Identity) {
    const { plans } = context;
    this.context = context;
    this.row = row;
    this.plans = plans;
    if (plans.length > 0) this.identity = identity;
    this.sendings = perPlan(plans, () => new Sending());
    this.topics = perPlan(plans, (plan) => plan.topic(this.identity!));
    if (plans.some(({ replyTopic }) => replyTopic !== undefined))
      this.answers = new Answers(context, row, identity);
  }

  /** SUBSCRIBE goes out. */
  subscribing(filters: readonly string[]): void {
    const { scenario, clock } = this.context;
    if (scenario.publish.some(hasHeader)) this.inboxOf().subscribing(filters, clock.nowUs());
  }

  /** A SUBACK for the filters from `from` on. */
  subscribed(returnCodes: readonly number[], from: number): void {
    this.inbox?.answered(returnCodes, from);
  }

  /** The device has the subscriptions that it had for the trial before. */
  inherit({ inbox }: Messenger): void {
    if (inbox !== undefined) this.inboxOf().inherit(inbox, this.context.clock.nowUs());
  }

  /** The device is connected and waits for no more SUBACKs. */
  attach(connection: Connection): void {
    this.connection = connection;
    this.halfWindow = Math.floor(Math.min(FLAT_OUT_WINDOW, connection.limits.receiveMaximum) / 2);
    for (const sending of this.sendings) sending.reconnected();
    if (this.inbox !== undefined) this.listen(this.inbox);
    if (!this.hasBegun) this.begin();
    else this.wakeFlatOut();
  }

  /** From here on its subscriptions owe it messages; its own too, where they bring them back. */
  private listen(inbox: Inbox): void {
    inbox.inForce(this.context.clock.nowUs());
    for (const [at, { count }] of this.sendings.entries())
      if (hasHeader(this.plans[at]!.plan)) inbox.expectOwn(this.row, at, this.topics[at]!, count + 1);
  }

  private begin(): void {
    const { turns, publishEndUs } = this.context;
    this.hasBegun = true;
    if (this.plans.length === 0) return;
    this.publishers = this.plans.filter(({ plan }) => !isFlatOut(plan)).map((plan) => this.publisher(plan));
    this.flatOut = this.plans
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

  private inboxOf(): Inbox {
    this.inbox ??= new Inbox(this.context);
    return this.inbox;
  }

  send(plan: CompiledPlan, intendedUs: number): void {
    const { recorder, clock } = this.context;
    const { connection } = this;
    const sending = this.sendings[plan.index]!;
    const obstacle = connection && obstacleTo(connection, plan.plan.qos, this.unacked.size);
    if (connection === undefined || obstacle !== undefined) {
      recorder.counters.messages_scheduled++;
      sending.isRegular = false;
      if (obstacle !== undefined) this.notSent(obstacle);
    } else if (this.transmit(connection, plan, sending, intendedUs)) {
      const sentUs = clock.nowUs();
      sending.sentBy(sentUs);
      recorder.trends.publish_slip.record(Math.max(0, sentUs - intendedUs));
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
    if (this.forbidden?.has(plan)) return;
    const sending = this.sendings[plan.index]!;
    if (this.transmit(this.connection!, plan, sending, nowUs)) {
      sending.sentBy(nowUs);
      return;
    }
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
  private transmit(
    connection: Connection,
    plan: CompiledPlan,
    sending: Sending,
    intendedUs: number,
  ): boolean {
    const { recorder, load } = this.context;
    const { counters } = recorder;
    counters.messages_scheduled++;
    const id = ++this.sent;
    const seq = ++sending.count;
    const { isRegular, connectionFrom } = sending;
    const before = seq - connectionFrom;
    const payload = plan.payload({
      identity: this.identity!,
      device: this.row,
      id,
      seq,
      before,
      isRegular,
      intendedUs,
    });
    const packetId = connection.publish(this.topics[plan.index]!, payload, plan.plan.qos);
    if (packetId === FORBIDDEN) {
      this.sent--;
      sending.count--;
      sending.isRegular = false;
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
    if (plan.replyTopic !== undefined) this.answers!.await(plan, id, intendedUs);
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

  /** A retained message is an old one (MQTT 3.1.1, 3.3.1.3): it has no latency, and nobody owes it. */
  received(topic: string, payload: Buffer, isRetained: boolean): void {
    const { recorder, clock, load } = this.context;
    recorder.counters.messages_received++;
    const nowUs = clock.nowUs();
    load.receivedUs = nowUs;
    if (!isRetained) this.inboxOf().received(topic, payload, nowUs);
    this.answers?.received(topic, payload, nowUs);
  }

  /** Once a second: answers whose time is up are missing. */
  expireReplies(nowUs: number): void {
    this.answers?.expire(nowUs);
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
    if (unansweredAre === 'messages_failed') this.broke();
    else this.inbox?.closed(this.context.clock.nowUs());
    recorder.counters[unansweredAre] += this.unacked.size;
    load.outstanding -= this.unacked.size;
    this.unacked.clear();
    this.answers?.giveUp();
  }

  private broke(): void {
    for (const sending of this.sendings) sending.reconnected();
    this.inbox?.broke();
  }

  /** Appends what it has sent and its streams to a ledger under way; returns how many messages it misses. */
  report(sent: number[], received: number[]): number {
    for (const [at, sending] of this.sendings.entries())
      if (hasHeader(this.plans[at]!.plan)) sending.report(this.row, at, sent);
    return this.inbox?.report(received) ?? 0;
  }
}
