/** What a server keeps of one device beside its connection (MQTT 3.1.1, 4.1): its subscriptions, and what it has not acknowledged. */
import { hasWildcard, topicMatches } from '../../mqtt/topic-filter.ts';
import type { AutomaticSubscription } from './automatic-topics.ts';
import type { KeptCounts } from './message.ts';
import { type KeptRoom, Outgoing } from './outgoing.ts';

export interface Granted {
  qos: 0 | 1;
  /** What the device itself publishes is not for it [MQTT-3.8.3-3 of MQTT 5]. */
  noLocal: boolean;
}

/** Of all devices that have subscribed to nothing: there are many. */
const NONE = new Map<string, Granted>();

export class SessionState {
  /** `/<productKey>/<deviceName>`: the platform knows a device by its triple, so that is whose session it is, whatever the client id. */
  readonly topicPrefix: string;
  filters = NONE;
  /** How long it outlasts a connection: 0 not at all. */
  expiryUs = 0;
  /** The time (µs of the clock) at which its last connection ended; infinite while there is one. */
  leftUs = Number.POSITIVE_INFINITY;
  /** Undefined where nothing need be remembered: a device that acknowledges or not is all the same then. */
  outgoing: Outgoing | undefined;
  /** What the platform has subscribed for the connection at hand, or for the last one. */
  automatic: AutomaticSubscription | undefined;
  /** Those with wildcards among them, so that a publish need not look through all. */
  private wildcards = NONE;
  private noLocals = 0;

  constructor(topicPrefix: string) {
    this.topicPrefix = topicPrefix;
  }

  /** `isBounded`: no more messages than that may be on their way at once. */
  remember(expiryUs: number, isBounded: boolean, counts: KeptCounts, room: KeptRoom): void {
    this.expiryUs = expiryUs;
    if (expiryUs > 0 || isBounded) this.outgoing ??= new Outgoing(counts, room);
  }

  subscribe(filter: string, granted: Granted): void {
    this.forget(filter);
    if (this.filters === NONE) this.filters = new Map();
    this.filters.set(filter, granted);
    if (granted.noLocal) this.noLocals++;
    if (!hasWildcard(filter) || filter.startsWith('$share/')) return;
    if (this.wildcards === NONE) this.wildcards = new Map();
    this.wildcards.set(filter, granted);
  }

  /** Whether it was subscribed. */
  unsubscribe(filter: string): boolean {
    const was = this.forget(filter);
    return (this.automatic?.unsubscribe(filter) ?? false) || was;
  }

  private forget(filter: string): boolean {
    if (this.filters.get(filter)?.noLocal) this.noLocals--;
    this.wildcards.delete(filter);
    return this.filters.delete(filter);
  }

  /** Whether a message of its own comes back to it. */
  hears(topic: string): boolean {
    if (this.automatic?.hears(topic)) return true;
    if (this.noLocals > 0) return this.qosFor(topic, true) >= 0;
    if (this.filters.has(topic)) return true;
    if (this.wildcards.size === 0) return false;
    for (const filter of this.wildcards.keys()) if (topicMatches(filter, topic)) return true;
    return false;
  }

  /** The highest QoS that was granted for a topic; -1 where it does not hear it. Shared subscriptions are their group's affair. */
  qosFor(topic: string, isOwn: boolean): number {
    let highest = qosOf(this.filters.get(topic), isOwn);
    if (this.wildcards.size === 0) return highest;
    for (const [filter, granted] of this.wildcards) {
      if (topicMatches(filter, topic)) highest = Math.max(highest, qosOf(granted, isOwn));
    }
    return highest;
  }
}

function qosOf(granted: Granted | undefined, isOwn: boolean): number {
  return granted === undefined || (isOwn && granted.noLocal) ? -1 : granted.qos;
}
