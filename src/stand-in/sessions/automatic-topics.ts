/** The topics that the platform has subscribed for one connection, without a SUBSCRIBE; an UNSUBSCRIBE ends each of them. */
import { topicMatches } from '../../mqtt/topic-filter.ts';
import type { AutomaticTopics } from '../../platform/check.ts';

/** Of one connection; the platform's list has some forty. */
const MOST_ENDED = 1_000;

/** They are no filters of the session: a quota on those does not count them. */
export class AutomaticSubscription {
  private readonly topics: AutomaticTopics;
  private readonly topicPrefix: string;
  /** Filters of the platform, or single topics; undefined where the device is content, as nearly all are. */
  private ended: string[] | undefined;

  constructor(topics: AutomaticTopics, topicPrefix: string) {
    this.topics = topics;
    this.topicPrefix = topicPrefix;
  }

  hears(topic: string): boolean {
    return (
      this.topics.includes(topic, this.topicPrefix) && !this.ended?.some((each) => topicMatches(each, topic))
    );
  }

  /** Whether it was subscribed. What was not goes on as it was. */
  unsubscribe(filter: string): boolean {
    const { topics, topicPrefix, ended = [] } = this;
    if (ended.length >= MOST_ENDED || ended.includes(filter)) return false;
    if (!topics.includes(filter, topicPrefix) && !topics.filters(topicPrefix).includes(filter)) return false;
    ended.push(filter);
    this.ended = ended;
    return true;
  }
}
