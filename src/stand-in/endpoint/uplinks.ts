/** What devices publish: acknowledged, held against the platform's rules and the quotas, delivered and replied to. */
import type { Clock } from '../../model/clock.ts';
import { type DevicePublish, readDevicePublish } from '../../mqtt/messages/device-publish.ts';
import type { MessageProperties } from '../../mqtt/messages/message-properties.ts';
import { MALFORMED_PACKET } from '../../mqtt/properties.ts';
import { type ReceivedPublish, readPublish } from '../../mqtt/publish-reader.ts';
import type { StandInRules } from '../../platform/check.ts';
import { AnswerDesk } from '../answers/answer-desk.ts';
import type { Answers } from '../answers/answers.ts';
import type { QuotaKeeper } from '../quotas/quota-keeper.ts';
import type { Message } from '../sessions/message.ts';
import { type Counts, countPublish } from './counts.ts';
import type { Distribution } from './distribution.ts';
import { MOST_USER_PROPERTIES, REASON } from './mqtt5.ts';
import type { Session } from './session.ts';

/**
 * On the platform a topic is heard by one device at most, the one that it names, and that device has one connection. So routing is the
 * question whether the publisher itself subscribed, and what asks something is the desk's to answer. What others may hear
 * besides is distributed.
 */
export class Uplinks {
  private readonly clock: Clock;
  private readonly counts: Counts;
  private readonly quotas: QuotaKeeper | undefined;
  private readonly answers: Answers;
  /** A message may wait: its payload needs bytes of its own then, for it lies in what was read. */
  private readonly mayWait: boolean;
  private readonly rules: StandInRules;
  private readonly desk = new AnswerDesk();
  private readonly distribution: Distribution;

  constructor(
    clock: Clock,
    counts: Counts,
    quotas: QuotaKeeper | undefined,
    answers: Answers,
    mayWait: boolean,
    rules: StandInRules,
    distribution: Distribution,
  ) {
    this.rules = rules;
    this.distribution = distribution;
    this.clock = clock;
    this.counts = counts;
    this.quotas = quotas;
    this.answers = answers;
    this.mayWait = mayWait;
  }

  /**
   * The PUBACK is sent in any case: 3.1.1 has no way to say no, MQTT 5 has reasons. What is delivered follows it, unless it is to be late.
   * Returns the reason for which the PUBLISH ends the connection, or 0.
   */
  publish(session: Session, first: number, bytes: Buffer, from: number, to: number): number {
    const nowUs = this.clock.nowUs();
    const qos = (first >> 1) & 3;
    if (qos === 3) return REASON.malformedPacket;
    const publish = session.isMqtt5
      ? readDevicePublish(bytes, from, to, qos as 0 | 1 | 2)
      : (readPublish(bytes, from, to, qos, false) ?? MALFORMED_PACKET);
    if (typeof publish === 'number') return publish;
    countPublish(this.counts, qos as 0 | 1 | 2);
    // QoS 2 is not supported by the platform.
    if (qos === 2) return REASON.qosNotSupported;
    if (this.quotas?.isOverSize(publish.payload)) return REASON.packetTooLarge;
    const invalid = session.isMqtt5 ? session.resolveAlias(publish as DevicePublish) : REASON.none;
    if (invalid !== REASON.none) return invalid;
    const refusal = this.refusalOf(session, publish, qos as 0 | 1, nowUs);
    if (qos === 1) this.answers.puback(session, publish.packetId, nowUs, session.isMqtt5 ? refusal : 0);
    if (refusal === REASON.none) this.take(session, publish, qos as 0 | 1, nowUs);
    return REASON.none;
  }

  /** Why a message goes no further, or 0. */
  private refusalOf(
    { topicPrefix }: Session,
    { topic, properties }: Partial<DevicePublish> & ReceivedPublish,
    qos: 0 | 1,
    nowUs: number,
  ): number {
    if (!this.rules.isOwnTopic(topic, topicPrefix!)) {
      this.counts.publishes_unauthorized++;
      return REASON.notAuthorized;
    }
    if (properties !== undefined && properties.userProperties > MOST_USER_PROPERTIES)
      return REASON.quotaExceeded;
    return this.quotas?.isOverRate(topicPrefix!, qos, nowUs) ? REASON.quotaExceeded : REASON.none;
  }

  private take(
    session: Session,
    { topic, payload, properties }: Partial<DevicePublish> & ReceivedPublish,
    qos: 0 | 1,
    nowUs: number,
  ): void {
    const { distribution } = this;
    const topicPrefix = session.topicPrefix!;
    const isHeard = !distribution.isOpen && session.state.hears(topic);
    if (isHeard || distribution.isNeeded) {
      const message: Message = { topic, payload: this.mayWait ? Buffer.from(payload) : payload, qos };
      if (properties !== undefined) carry(message, properties, nowUs);
      if (isHeard) this.answers.deliver(session, message);
      if (distribution.isNeeded) distribution.route(message, session.state);
    }
    if (!this.rules.answersAlink) return;
    const answer = this.desk.answer(topic, payload, topicPrefix, session.state);
    if (answer !== undefined) this.answers.reply(session, answer, nowUs);
  }
}

/** Gives a message that came now what MQTT 5 says of it. */
function carry(message: Message, { passedOn, expirySec }: MessageProperties, nowUs: number): void {
  if (passedOn.length > 0) message.properties = passedOn;
  if (expirySec !== Number.POSITIVE_INFINITY) message.expiresUs = nowUs + expirySec * 1e6;
}
