/**
 * Who hears a topic, among all sessions: filters without wildcards by their text, those with wildcards by their levels, and groups of
 * shared subscriptions (MQTT 5, 4.8.2), each of which hands a message to one member.
 */
import { hasWildcard, sharedFilter } from '../../mqtt/topic-filter.ts';
import { FilterTree } from './filter-tree.ts';
import type { SessionState } from './session-state.ts';
import { SubscriptionGroup } from './subscription-group.ts';

/** Hears of each session that a message is for, once, and of the highest QoS that it was granted for the topic. */
export type Visit = (state: SessionState, qos: number) => void;

export class Router {
  private readonly exact = new Map<string, Set<SessionState>>();
  private readonly wildcards = new FilterTree<SessionState>();
  /** By the whole filter, `$share/<group>/…`, and by what topics are held against. */
  private readonly groups = new Map<string, SubscriptionGroup>();
  private readonly groupFilters = new FilterTree<SubscriptionGroup>();

  /** Nobody has subscribed to anything. */
  get isEmpty(): boolean {
    return this.exact.size === 0 && this.groups.size === 0 && this.wildcards.isEmpty;
  }

  add(state: SessionState, filter: string): void {
    const shared = sharedFilter(filter);
    if (shared !== undefined) this.groupOf(filter, shared).join(state);
    else if (hasWildcard(filter)) this.wildcards.add(filter, state);
    else this.addExact(state, filter);
  }

  remove(state: SessionState, filter: string): void {
    const group = this.groups.get(filter);
    if (group !== undefined) this.leave(state, filter, group);
    else if (hasWildcard(filter)) this.wildcards.remove(filter, state);
    else this.removeExact(state, filter);
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
    if (this.groups.size === 0) return;
    const groups = new Set<SubscriptionGroup>();
    this.groupFilters.find(topic, groups);
    for (const group of groups) {
      const member = group.next();
      if (member !== undefined) visit(member.state, member.qos);
    }
  }

  private statesFor(topic: string): Set<SessionState> | undefined {
    const exact = this.exact.get(topic);
    if (this.wildcards.isEmpty) return exact;
    const all = new Set(exact);
    this.wildcards.find(topic, all);
    return all;
  }

  private addExact(state: SessionState, filter: string): void {
    const states = this.exact.get(filter);
    if (states === undefined) this.exact.set(filter, new Set([state]));
    else states.add(state);
  }

  private removeExact(state: SessionState, filter: string): void {
    const states = this.exact.get(filter);
    states?.delete(state);
    if (states?.size === 0) this.exact.delete(filter);
  }

  private groupOf(name: string, filter: string): SubscriptionGroup {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const group = new SubscriptionGroup(name, filter);
    this.groups.set(name, group);
    this.groupFilters.add(filter, group);
    return group;
  }

  private leave(state: SessionState, name: string, group: SubscriptionGroup): void {
    group.leave(state);
    if (!group.isEmpty) return;
    this.groups.delete(name);
    this.groupFilters.remove(group.filter, group);
  }
}
