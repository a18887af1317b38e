/** The subscriptions of a device. */
import type { Scenario, Subscription } from './scenario.ts';

/** What a device subscribes to: the topics on which it expects replies need no entry of their own. */
export function effectiveSubscriptions({
  subscribe,
  publish,
}: Pick<Scenario, 'subscribe' | 'publish'>): Subscription[] {
  const replies = publish.flatMap(({ reply }) =>
    reply === undefined ? [] : [{ topic: reply, qos: 0 as const }],
  );
  const byTopic = new Map(
    [...replies, ...subscribe].map((subscription) => [subscription.topic, subscription]),
  );
  return [...byTopic.values()];
}
