/**
 * Who hears a topic, among all sessions: filters without wildcards by their text, those with wildcards one after the other, and groups of
 * shared subscriptions (MQTT 5, 4.8.2), each of which hands a message to one member.
 */
import { hasWildcard, sharedFilter, topicMatches } from '../../mqtt/topic-filter.ts';
import type { SessionState } from './session-state.ts';
import { SubscriptionGroup } from './subscription-group.ts';

/** Hears of each session that a message is for, once, and of the highest QoS that it was granted for the topic. */
export type Visit = (state: SessionState, qos: number) => void;

export class Router {
  private readonly exact = new Map<string, Set<SessionState>>();
  private readonly wildcards = new Map<string, Set<SessionState>>();
  /** By the whole filter, `$share/<group>/…`. */
  private readonly groups = new Map<string, SubscriptionGroup>();

  /** Nobody has subscribed to anything. */
  get isEmpty(): boolean {
    return this.exact.size === 0 && this.wildcards.size === 0 && this.groups.size === 0;
  }

  add(state: SessionState, filter: string): void {
    const shared = sharedFilter(filter);
    if (shared !== undefined) {
      const group = this.groups.get(filter) ?? new SubscriptionGroup(filter, shared);
      this.groups.set(filter, group);
      group.join(state);
      return;
    }
    const subscribed = this.tableOf(filter);
    const states = subscribed.get(filter);
    if (states === undefined) subscribed.set(filter, new Set([state]));
    else states.add(state);
  }

  remove(state: SessionState, filter: string): void {
    const group = this.groups.get(filter);
    if (group !== undefined) {
      group.leave(state);
      if (group.isEmpty) this.groups.delete(filter);
      return;
    }
    const subscribed = this.tableOf(filter);
    const states = subscribed.get(filter);
    states?.delete(state);
    if (states?.size === 0) subscribed.delete(filter);
  }

  removeAll(state: SessionState): void {
    for (const filter of state.filters.keys()) this.remove(state, filter);
  }

  /** `from` is the session of who published, undefined where that is no device. */
  route(topic: string, from: SessionState | undefined, visit: Visit): void {
    const heard = this.statesFor(topic);
    if (heard !== undefined) {
      for (const state of heard) {
        const qos = state.qosFor(topic, state === from);
        if (qos >= 0) visit(state, qos);
      }
    }
    for (const group of this.groups.values()) {
      const member = topicMatches(group.filter, topic) ? group.next() : undefined;
      if (member !== undefined) visit(member.state, member.qos);
    }
  }

  private statesFor(topic: string): Set<SessionState> | undefined {
    const exact = this.exact.get(topic);
    if (this.wildcards.size === 0) return exact;
    const all = new Set(exact);
    for (const [filter, states] of this.wildcards) {
      if (topicMatches(filter, topic)) for (const state of states) all.add(state);
    }
    return all;
  }

  private tableOf(filter: string): Map<string, Set<SessionState>> {
    return hasWildcard(filter) ? this.wildcards : this.exact;
  }
}
