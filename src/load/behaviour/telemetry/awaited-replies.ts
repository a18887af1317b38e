/** The answers that one device waits for, and what its shard is told of them. */
import type { Identity } from '../../../model/devices/device-table.ts';
import type { BehaviourContext } from '../behaviour.ts';
import type { CompiledPlan } from './plans.ts';
import { ReplyMatcher } from './reply-matcher.ts';

export class AwaitedReplies {
  private readonly context: BehaviourContext;
  private readonly row: number;
  private readonly matcher: ReplyMatcher;

  constructor(context: BehaviourContext, plans: readonly CompiledPlan[], row: number, identity: Identity) {
    this.context = context;
    this.row = row;
    const topics = plans.map(({ replyTopic }) => replyTopic?.(identity));
    this.matcher = new ReplyMatcher(topics, context.platform.reply);
  }

  /** Message `id` of the device has been sent. */
  await({ plan }: CompiledPlan, id: number, intendedUs: number): void {
    this.context.load.outstanding++;
    this.miss(this.matcher.expect(id, intendedUs, intendedUs + plan.replyTimeoutUs));
  }

  received(topic: string, payload: Buffer, nowUs: number): void {
    const { recorder, load } = this.context;
    const intendedUs = this.matcher.match(topic, payload);
    if (intendedUs === undefined) return;
    load.outstanding--;
    recorder.counters.replies_received++;
    recorder.trends.reply_latency.record(nowUs - intendedUs);
  }

  /** Counts the answers whose time is up as missing. */
  expire(nowUs: number): void {
    if (this.matcher.pending > 0) this.miss(this.matcher.expire(nowUs));
  }

  /** No more will come. */
  giveUp(): void {
    this.miss(this.matcher.clear());
  }

  private miss(replies: number): void {
    if (replies === 0) return;
    const { recorder, load, devices } = this.context;
    load.outstanding -= replies;
    recorder.counters.replies_missing += replies;
    recorder.fail('reply', 'timeout', '', devices.deviceName(this.row), replies);
  }
}
