/** The messages of one device while it is connected: sends by its publish plans, and books what comes back for each. */
import type { Connection } from '../client/connection.ts';
import type { Failure } from '../client/failure.ts';
import type { Identity } from '../scenario/device-table.ts';
import type { CompiledPlan, DeviceContext } from './device-context.ts';
import { Publisher, type PublishSender } from './publisher.ts';
import { seededValue } from './random.ts';
import { ReplyMatcher } from './reply-matcher.ts';

/** Packet ids are 16 bits wide: with nearly all of them waiting for their PUBACK there is none for another message. */
const MOST_UNACKED = 65_000;

export class Messenger implements PublishSender {
  private readonly context: DeviceContext;
  private readonly connection: Connection;
  private readonly identity: Identity;
  /** Index in the device list. */
  private readonly row: number;
  private readonly topics: string[];
  private readonly publishers: Publisher[] = [];
  /** Intended time by packet id. */
  private readonly unacked = new Map<number, number>();
  private readonly replies: ReplyMatcher;
  private sent = 0;

  constructor(context: DeviceContext, connection: Connection, identity: Identity, row: number) {
    this.context = context;
    this.connection = connection;
    this.identity = identity;
    this.row = row;
    this.topics = context.plans.map((plan) => plan.topic(identity));
    this.replies = new ReplyMatcher(context.plans.map((plan) => plan.replyTopic?.(identity)));
  }

  /** Each plan begins at its device's own phase within `every`, so that a fleet that connected together does not publish together. */
  start(): void {
    const { clock, wheel, plans, scenario, publishEndUs } = this.context;
    plans.forEach((plan, index) => {
      const phase = seededValue(scenario.seed, this.row, index);
      const firstUs = clock.nowUs() + Math.floor(phase * plan.plan.everyUs);
      this.publishers.push(new Publisher(wheel, this, plan, index, firstUs, publishEndUs));
    });
  }

  send(plan: CompiledPlan, planIndex: number, intendedUs: number): void {
    const { recorder, clock, load } = this.context;
    const { counters } = recorder;
    counters.messages_scheduled++;
    if (this.unacked.size >= MOST_UNACKED) return;
    const seq = ++this.sent;
    const payload = plan.payload({ ...this.identity, device: this.row, seq });
    const packetId = this.connection.publish(this.topics[planIndex]!, payload, plan.plan.qos);
    counters.messages_sent++;
    recorder.trends.publish_slip.record(clock.nowUs() - intendedUs);
    if (packetId === 0) {
      counters.messages_sent_qos0++;
    } else {
      this.unacked.set(packetId, intendedUs);
      load.outstanding++;
    }
    if (plan.replyTopic !== undefined && this.replies.expect(seq, intendedUs)) load.outstanding++;
  }

  /** Returns what the broker had against the message, if anything. */
  acked(packetId: number, reasonCode: number): Failure | undefined {
    const { recorder, clock, load } = this.context;
    const intendedUs = this.unacked.get(packetId);
    if (intendedUs === undefined) return undefined;
    this.unacked.delete(packetId);
    load.outstanding--;
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
    const intendedUs = this.replies.match(topic, payload);
    if (intendedUs === undefined) return;
    load.outstanding--;
    recorder.counters.replies_received++;
    recorder.trends.reply_latency.record(clock.nowUs() - intendedUs);
  }

  /** No more messages; acknowledgements and replies may still come. */
  stop(): void {
    for (const publisher of this.publishers) publisher.stop();
  }

  /** What is still unanswered stays so: as `messages_failed` where the connection broke, `messages_unacked` where the run ended. */
  end(unansweredAre: 'messages_failed' | 'messages_unacked'): void {
    const { recorder, load } = this.context;
    this.stop();
    recorder.counters[unansweredAre] += this.unacked.size;
    load.outstanding -= this.unacked.size + this.replies.pending;
    this.unacked.clear();
    this.replies.clear();
  }
}
