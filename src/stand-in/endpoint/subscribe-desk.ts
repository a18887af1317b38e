/** SUBSCRIBE and UNSUBSCRIBE, held against the platform's rules and the quotas. */
import type { ISubscription } from 'mqtt-packet';
import { readSubscribe, readUnsubscribe } from '../../mqtt/device-packets.ts';
import { isTopicFilter, sharedFilter } from '../../mqtt/topic-filter.ts';
import type { StandInRules } from '../../platform/check.ts';
import type { Answers } from '../answers/answers.ts';
import type { QuotaKeeper } from '../quotas/quota-keeper.ts';
import type { Router } from '../sessions/router.ts';
import type { Counts } from './counts.ts';
import type { Distribution } from './distribution.ts';
import { REASON } from './mqtt5.ts';
import type { Session } from './session.ts';

export class SubscribeDesk {
  private readonly counts: Counts;
  private readonly answers: Answers;
  private readonly quotas: QuotaKeeper | undefined;
  private readonly rules: StandInRules;
  private readonly distribution: Distribution;
  private readonly router: Router;

  constructor(
    { counts, answers, quotas }: { counts: Counts; answers: Answers; quotas: QuotaKeeper | undefined },
    rules: StandInRules,
    distribution: Distribution,
    router: Router,
  ) {
    this.counts = counts;
    this.answers = answers;
    this.quotas = quotas;
    this.rules = rules;
    this.distribution = distribution;
    this.router = router;
  }

  /** Both take a whole packet and the length of its body, and return the reason for which the connection ends, or 0. */
  subscribe(session: Session, bytes: Buffer, length: number): number {
    const { isMqtt5 } = session;
    const packet = readSubscribe(bytes, length, isMqtt5);
    if (typeof packet === 'number') return packet;
    if (packet.hasSubscriptionIdentifier) return REASON.subscriptionIdentifiersNotSupported;
    const { messageId, subscriptions } = packet;
    // [MQTT-3.8.3-4 of MQTT 5]
    if (subscriptions.some(({ topic, nl }) => nl && topic.startsWith('$share/'))) return REASON.protocolError;
    const codes = subscriptions.map((subscription, position) => {
      const refusal = this.refusalOf(session, subscription, position);
      this.counts[refusal === REASON.none ? 'subscribes' : 'subscribes_refused']++;
      if (refusal !== REASON.none) return isMqtt5 ? refusal : REASON.unspecified;
      return this.take(session, subscription);
    });
    this.answers.suback(session, messageId, codes);
    return REASON.none;
  }

  unsubscribe(session: Session, bytes: Buffer, length: number): number {
    const packet = readUnsubscribe(bytes, length, session.isMqtt5);
    if (typeof packet === 'number') return packet;
    const codes = packet.filters.map((filter) => {
      if (!session.state.unsubscribe(filter)) return REASON.noSubscriptionExisted;
      this.router.remove(session.state, filter);
      return REASON.none;
    });
    this.answers.unsuback(session, packet.messageId, session.isMqtt5 ? codes : []);
    return REASON.none;
  }

  private refusalOf(session: Session, { topic: filter }: ISubscription, position: number): number {
    // Without MQTT 5 the platform knows no shared subscriptions.
    const shared = session.isMqtt5 || this.distribution.isOpen ? sharedFilter(filter) : undefined;
    if (!this.mayHear(shared ?? filter, session.topicPrefix!)) return REASON.notAuthorized;
    if (!isTopicFilter(filter)) return REASON.topicFilterInvalid;
    return this.quotas?.isOverSubscriptions(session, filter, position) ? REASON.quotaExceeded : REASON.none;
  }

  private mayHear(filter: string, topicPrefix: string): boolean {
    const { rules } = this;
    return rules.isOwnTopic(filter, topicPrefix) || rules.isHeardTopic?.(filter, topicPrefix) === true;
  }

  /** The platform ignores a subscription's QoS, the sender's holds; the SUBACK still grants what was asked. */
  private take({ state }: Session, { topic: filter, qos, nl = false }: ISubscription): number {
    const granted = qos === 0 ? 0 : 1;
    state.subscribe(filter, { qos: granted, noLocal: nl });
    this.distribution.subscribed(state, filter);
    return granted;
  }
}
