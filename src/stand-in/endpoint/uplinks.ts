/** What devices publish: acknowledged, held against the platform's rules and the quotas, delivered and replied to. */
import type { Clock } from '../../model/clock.ts';
import { type ReceivedPublish, readPublish } from '../../mqtt/publish-reader.ts';
import type { StandInRules } from '../../platform/check.ts';
import type { Answers } from '../answers/answers.ts';
import { Cloud } from '../answers/cloud.ts';
import type { QuotaKeeper } from '../quotas/quota-keeper.ts';
import { type Counts, countPublish } from './counts.ts';
import type { Session } from './session.ts';

/**
 * A topic is heard by one device at most, the one that it names, and that device has one connection. So routing is the question
 * whether the publisher itself subscribed, and what goes to the cloud is the cloud's to answer.
 */
export class Uplinks {
  private readonly clock: Clock;
  private readonly counts: Counts;
  private readonly quotas: QuotaKeeper | undefined;
  private readonly answers: Answers;
  /** A message may wait: its payload needs bytes of its own then, for it lies in what was read. */
  private readonly mayWait: boolean;
  private readonly rules: StandInRules;
  private readonly cloud = new Cloud();

  constructor(
    clock: Clock,
    counts: Counts,
    quotas: QuotaKeeper | undefined,
    answers: Answers,
    mayWait: boolean,
    rules: StandInRules,
  ) {
    this.rules = rules;
    this.clock = clock;
    this.counts = counts;
    this.quotas = quotas;
    this.answers = answers;
    this.mayWait = mayWait;
  }

  /**
   * The PUBACK is sent in any case: 3.1.1 has no way to say no. What is delivered follows it, unless it is to be late. False for a
   * PUBLISH that ends the connection.
   */
  publish(session: Session, first: number, bytes: Buffer, from: number, to: number): boolean {
    const nowUs = this.clock.nowUs();
    const qos = (first >> 1) & 3;
    const publish = qos === 3 ? undefined : readPublish(bytes, from, to, qos, false);
    if (publish === undefined) return false;
    countPublish(this.counts, qos as 0 | 1 | 2);
    // QoS 2 is not supported by the platform.
    if (qos === 2 || this.quotas?.isOverSize(publish.payload)) return false;
    if (qos === 1) this.answers.puback(session, publish.packetId, nowUs);
    this.take(session, publish, qos as 0 | 1, nowUs);
    return true;
  }

  private take(session: Session, { topic, payload }: ReceivedPublish, qos: 0 | 1, nowUs: number): void {
    const topicPrefix = session.topicPrefix!;
    if (!this.rules.isOwnTopic(topic, topicPrefix)) {
      this.counts.publishes_unauthorized++;
      return;
    }
    if (this.quotas?.isOverRate(topicPrefix, qos, nowUs)) return;
    if (session.hears(topic)) {
      this.answers.deliver(session, { topic, payload: this.mayWait ? Buffer.from(payload) : payload, qos });
    }
    if (!this.rules.answersAlink) return;
    const answer = this.cloud.answer(topic, payload, topicPrefix, session);
    if (answer !== undefined) this.answers.reply(session, answer, nowUs);
  }
}
