/** The messages of one device: sends by its publish plans while it is connected, and hears what comes. */
import type { Identity } from '../../../model/devices/device-table.ts';
import { isFlatOut } from '../../../model/pace.ts';
import { placeInStagger } from '../../time/stagger.ts';
import type { BehaviourContext, DeviceBehaviour, DeviceLink, Ending, OpenLedger } from '../behaviour.ts';
import { AwaitedReplies } from './awaited-replies.ts';
import { Inbox, type InboxContext } from './delivery/inbox.ts';
import { hasHeader } from './delivery/message-header.ts';
import { Sending } from './delivery/sending.ts';
import { FlatOut, type FlatOutSender } from './flat-out.ts';
import type { CompiledPlan } from './plans.ts';
import { PublishTimes } from './publish-times.ts';
import { Publisher, type PublishSender } from './publisher.ts';

/** What the messengers of a shard share, for a run or for one trial. */
export interface MessageSharing extends InboxContext {
  readonly context: BehaviourContext;
  readonly plans: CompiledPlan[];
  /** The owner of their messages, as `DeviceLink.publish` wants it. */
  readonly owner: number;
  /** Whether messages of the scenario carry a header, in this trial or another. */
  readonly hasHeaders: boolean;
  /** When one of them last received a message, on the shard's clock (µs). */
  receivedUs: number;
}

/** The list of all devices without plans: there are many. */
const NONE: never[] = [];

function perPlan<Item>(plans: CompiledPlan[], itemOf: (plan: CompiledPlan) => Item): Item[] {
  return plans.length === 0 ? NONE : plans.map(itemOf);
}

export class Messenger implements DeviceBehaviour, PublishSender, FlatOutSender {
  private readonly shard: MessageSharing;
  private readonly link: DeviceLink;
  /** The device's names, which its messages may say; undefined where there are none. */
  private readonly identity: Identity | undefined = undefined;
  private readonly topics: string[];
  private publishers: readonly Publisher[] = NONE;
  private flatOut: readonly FlatOut[] = NONE;
  private hasBegun = false;
  /** Its connection goes on with the session of the one before. */
  private isResumed = false;
  private readonly answers: AwaitedReplies | undefined = undefined;
  /** What it has heard and should have; undefined before it hears anything. */
  private inbox: Inbox | undefined = undefined;
  /** Plans without a pace that met what the server forbids: they would be told so as fast as they can try. */
  private forbidden: Set<CompiledPlan> | undefined = undefined;
  private sent = 0;
  /** What it has sent, by plan. */
  private readonly sendings: Sending[];

  /** `before` is the device's messenger in the trial before, whose subscriptions it still has. */
  constructor(shard: MessageSharing, link: DeviceLink, identity: Identity, before?: Messenger) {
    const { plans, context } = shard;
    this.shard = shard;
    this.link = link;
    if (plans.length > 0) this.identity = identity;
    this.sendings = perPlan(plans, () => new Sending());
    this.topics = perPlan(plans, (plan) => plan.topic(this.identity!));
    if (plans.some(({ replyTopic }) => replyTopic !== undefined))
      this.answers = new AwaitedReplies(context, plans, link.row, identity);
    if (before?.inbox !== undefined) this.inboxOf().inherit(before.inbox, context.clock.nowUs());
  }

  // --- its stays

  subscribing(filters: readonly string[]): void {
    const { hasHeaders, context } = this.shard;
    if (hasHeaders) this.inboxOf().subscribing(filters, context.clock.nowUs());
  }

  subscribed(returnCodes: readonly number[], from: number): void {
    this.inbox?.answered(returnCodes, from);
  }

  resumed(): void {
    this.isResumed = true;
    const { hasHeaders, context } = this.shard;
    if (hasHeaders) this.inboxOf().resumed(context.clock.nowUs());
  }

  connected(): void {
    const { plans, context } = this.shard;
    for (const [at, sending] of this.sendings.entries())
      sending.connected(this.isResumed && plans[at]!.plan.qos > 0, context.clock.nowUs());
    if (this.inbox !== undefined) this.listen(this.inbox);
    if (!this.hasBegun) this.begin();
    else this.hasRoom();
  }

  /** Begins the stay in which the device's subscriptions owe it messages; its own too, where they bring them back. */
  private listen(inbox: Inbox): void {
    const { plans, context } = this.shard;
    inbox.inForce(context.clock.nowUs());
    for (const [at, { count }] of this.sendings.entries())
      if (hasHeader(plans[at]!.plan)) inbox.expectOwn(this.link.row, at, this.topics[at]!, count + 1);
  }

  private begin(): void {
    const { plans, context } = this.shard;
    const { turns, publishEndUs } = context;
    this.hasBegun = true;
    if (plans.length === 0) return;
    this.publishers = plans.filter(({ plan }) => !isFlatOut(plan)).map((plan) => this.publisher(plan));
    this.flatOut = plans
      .filter(({ plan }) => isFlatOut(plan))
      .map((plan) => new FlatOut(turns, this, plan, publishEndUs));
  }

  private publisher(plan: CompiledPlan): Publisher {
    const { clock, wheel, stagger, publishEndUs, random } = this.shard.context;
    const { jitter, everyUs } = plan.plan;
    const placeUs =
      stagger.startUs + Math.floor(placeInStagger(stagger, this.link.row, plan.index) * everyUs);
    const times = new PublishTimes(jitter, everyUs, clock.nowUs(), placeUs, random);
    return new Publisher(wheel, this, plan, times, publishEndUs);
  }

  private inboxOf(): Inbox {
    this.inbox ??= new Inbox(this.shard);
    return this.inbox;
  }

  stop(): void {
    for (const publisher of this.publishers) publisher.stop();
    for (const each of this.flatOut) each.stop();
  }

  detach(how: Ending): void {
    this.forbidden = undefined;
    this.isResumed = false;
    if (how === 'broke') {
      for (const sending of this.sendings) sending.broke();
      this.inbox?.broke();
    } else {
      this.inbox?.closed(this.shard.context.clock.nowUs());
    }
    this.answers?.giveUp();
  }

  // --- what it sends

  send(plan: CompiledPlan, intendedUs: number): void {
    const { recorder, clock } = this.shard.context;
    const sending = this.sendings[plan.index]!;
    if (!this.link.canSend(plan.plan.qos)) {
      sending.isRegular = false;
    } else if (this.transmit(plan, sending, intendedUs)) {
      const sentUs = clock.nowUs();
      sending.sentBy(sentUs);
      recorder.trends.publish_slip.record(Math.max(0, sentUs - intendedUs));
    }
  }

  room(plan: CompiledPlan): number {
    return this.forbidden?.has(plan) ? 0 : this.link.room(plan.plan.qos);
  }

  sendNow(plan: CompiledPlan, nowUs: number): void {
    if (this.forbidden?.has(plan)) return;
    const sending = this.sendings[plan.index]!;
    if (this.transmit(plan, sending, nowUs)) {
      sending.sentBy(nowUs);
      return;
    }
    this.forbidden ??= new Set();
    this.forbidden.add(plan);
  }

  hasRoom(): void {
    for (const each of this.flatOut) each.wake();
  }

  /** False where the server forbids the message: it takes no number then. */
  private transmit(plan: CompiledPlan, sending: Sending, intendedUs: number): boolean {
    const { link } = this;
    const id = ++this.sent;
    const seq = ++sending.count;
    const { isRegular, connectionFrom } = sending;
    const before = seq - connectionFrom;
    const payload = plan.payload({
      identity: this.identity!,
      device: link.row,
      id,
      seq,
      before,
      isRegular,
      intendedUs,
    });
    if (!link.publish(this.shard.owner, this.topics[plan.index]!, payload, plan.plan.qos, intendedUs)) {
      this.sent--;
      sending.count--;
      sending.isRegular = false;
      return false;
    }
    if (plan.replyTopic !== undefined) this.answers!.await(plan, id, intendedUs);
    return true;
  }

  // --- what it hears

  /** Takes whatever comes. Nobody owes it a retained message, which has no latency either. */
  received(topic: string, payload: Buffer, isRetained: boolean, nowUs: number): boolean {
    this.shard.receivedUs = nowUs;
    if (!isRetained) this.inboxOf().received(topic, payload, nowUs);
    this.answers?.received(topic, payload, nowUs);
    return true;
  }

  tick(nowUs: number): void {
    this.answers?.expire(nowUs);
    this.inbox?.tick(nowUs);
  }

  report(ledger: OpenLedger): void {
    for (const [at, sending] of this.sendings.entries())
      if (hasHeader(this.shard.plans[at]!.plan)) sending.report(this.link.row, at, ledger.sent);
    ledger.missing += this.inbox?.report(ledger.received) ?? 0;
  }
}
