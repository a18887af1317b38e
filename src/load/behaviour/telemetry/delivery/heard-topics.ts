/** Which topics one device hears by its subscriptions, as far as their SUBACKs have said. */

import type { Doubt } from '../../../../metrics/ledger.ts';
import { sharedFilter, topicMatches } from '../../../../mqtt/topic-filter.ts';
import type { ShareGroup, ShareGroups } from './share-group.ts';

interface Subscribed {
  /** Filter as it was subscribed to. */
  name: string;
  filter: string;
  group: ShareGroup | undefined;
  /** `asked`: it may be in force, and nobody can say since when. */
  state: 'asked' | 'granted' | 'refused';
  /** As it was granted. */
  qos: number;
}

/** How a topic is heard. */
export interface Hearing {
  /** Whether a subscription of the device's own was granted. */
  isOwed: boolean;
  /** Whether one of those, or of the groups that bring it where there are none, was granted at QoS 1. */
  isKept: boolean;
  /** Whether no more than one subscription brings it, so that a second copy is a duplicate. */
  isSingle: boolean;
  groups: ShareGroup[] | undefined;
}

export class HeardTopics {
  private readonly subscribed: Subscribed[];

  /** SUBSCRIBE is being sent: from here on a group may take it for a member. */
  constructor(filters: readonly string[], groups: ShareGroups) {
    this.subscribed = filters.map((name) => {
      const shared = sharedFilter(name);
      const group = shared === undefined ? undefined : groups.of(name);
      return { name, filter: shared ?? name, group, state: 'asked', qos: 0 };
    });
  }

  /** The same subscriptions, told of in the books of another trial. */
  renewed(groups: ShareGroups): HeardTopics {
    const renewed = new HeardTopics(
      this.subscribed.map(({ name }) => name),
      groups,
    );
    for (const [at, { state, qos }] of this.subscribed.entries())
      Object.assign(renewed.subscribed[at]!, { state, qos });
    return renewed;
  }

  /** What a SUBACK says of those from `from` on. */
  answered(returnCodes: readonly number[], from: number): void {
    for (const [index, code] of returnCodes.entries()) {
      const each = this.subscribed[from + index];
      if (each === undefined) continue;
      each.state = code < 128 ? 'granted' : 'refused';
      each.qos = code;
    }
  }

  /** The device waits for no more SUBACKs. */
  inForce(nowUs: number): void {
    for (const { group, state } of this.subscribed) if (state === 'granted') group?.joined(nowUs);
  }

  /** The device went: what came to the server from `fromUs` on was perhaps not for it any more. One doubt per group. */
  left(fromUs: number): Doubt[] {
    return this.subscribed.flatMap(({ group, state }) =>
      group === undefined || state === 'refused' ? [] : [group.left(fromUs)],
    );
  }

  /** Whether the same subscriptions are in force as in those. */
  isAs({ subscribed }: HeardTopics): boolean {
    return (
      subscribed.length === this.subscribed.length &&
      subscribed.every(({ name, state }, at) => {
        const own = this.subscribed[at]!;
        return own.name === name && own.state === state;
      })
    );
  }

  hearing(topic: string): Hearing {
    const matching = this.subscribed.filter(
      ({ filter, state }) => state !== 'refused' && topicMatches(filter, topic),
    );
    const groups = matching.flatMap(({ group }) => group ?? []);
    const own = matching.filter(({ group, state }) => group === undefined && state === 'granted');
    return {
      isOwed: own.length > 0,
      isKept: (own.length > 0 ? own : matching).some(({ qos }) => qos === 1),
      isSingle: matching.length <= 1,
      groups: groups.length === 0 ? undefined : groups,
    };
  }
}
