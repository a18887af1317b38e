/** What an MQTT 5 server says in its CONNACK that it does not take (3.2.2.3). One of 3.1.1 says nothing of the kind. */
import type { Failure } from '../model/failure.ts';
import { PROPERTY } from './properties.ts';
import { hasWildcard } from './topic-filter.ts';

/** Those of the standard that are 0 or 1 are so here. */
export interface ServerLimits {
  /** The most messages of QoS 1 that may be on their way at once [MQTT-3.3.4-7]. */
  receiveMaximum: number;
  /** The highest QoS of a message [MQTT-3.2.2-11]. */
  maximumQos: number;
  /** Of no account here: nothing that is sent is retained but a will, of which CONNECT is too early to know. */
  retainAvailable: number;
  /** How many topics may go by a number in place of their names [MQTT-3.3.2-9]. */
  topicAliasMaximum: number;
  /** Bytes of a whole packet, its fixed header included [MQTT-3.2.2-15]. */
  maximumPacketSize: number;
  wildcardSubscriptionAvailable: number;
  subscriptionIdentifierAvailable: number;
  sharedSubscriptionAvailable: number;
  /** Seconds, in force in place of our keepalive [MQTT-3.2.2-21]; -1 without a word of it. */
  serverKeepAlive: number;
}

/** The limits without a word of the server. Packet ids are 16 bits wide, and 0 is none. */
export const NO_LIMITS: Readonly<ServerLimits> = {
  receiveMaximum: 65_535,
  maximumQos: 2,
  retainAvailable: 1,
  topicAliasMaximum: 0,
  maximumPacketSize: Number.POSITIVE_INFINITY,
  wildcardSubscriptionAvailable: 1,
  subscriptionIdentifierAvailable: 1,
  sharedSubscriptionAvailable: 1,
  serverKeepAlive: -1,
};

const NAMES: [number, keyof ServerLimits, string][] = [
  [PROPERTY.receiveMaximum, 'receiveMaximum', 'Receive Maximum'],
  [PROPERTY.maximumQos, 'maximumQos', 'Maximum QoS'],
  [PROPERTY.retainAvailable, 'retainAvailable', 'Retain Available'],
  [PROPERTY.maximumPacketSize, 'maximumPacketSize', 'Maximum Packet Size'],
  [PROPERTY.topicAliasMaximum, 'topicAliasMaximum', 'Topic Alias Maximum'],
  [
    PROPERTY.wildcardSubscriptionAvailable,
    'wildcardSubscriptionAvailable',
    'Wildcard Subscription Available',
  ],
  [
    PROPERTY.subscriptionIdentifierAvailable,
    'subscriptionIdentifierAvailable',
    'Subscription Identifier Available',
  ],
  [PROPERTY.sharedSubscriptionAvailable, 'sharedSubscriptionAvailable', 'Shared Subscription Available'],
  [PROPERTY.serverKeepAlive, 'serverKeepAlive', 'Server Keep Alive'],
];

/** `properties` are those of a CONNACK by their ids; others than limits are passed over. */
export function limitsOf(properties: ReadonlyMap<number, number>): Readonly<ServerLimits> {
  if (properties.size === 0) return NO_LIMITS;
  const limits = { ...NO_LIMITS };
  for (const [property, key] of NAMES) limits[key] = properties.get(property) ?? limits[key];
  return limits;
}

/** What is limited, by the standard's names and in its order; empty where nothing is. */
export function limitTexts(limits: ServerLimits): string[] {
  return NAMES.filter(([, key]) => limits[key] !== NO_LIMITS[key]).map(
    ([, key, name]) => `${name} ${limits[key]}`,
  );
}

/** What `publish` returns in place of a packet id where the server forbids the message. */
export const FORBIDDEN = -1;

/** Whether the server takes a PUBLISH packet of so many bytes, its fixed header included. */
export function allowsPublish(limits: ServerLimits, qos: number, bytes: number): boolean {
  return limits === NO_LIMITS || (qos <= limits.maximumQos && bytes <= limits.maximumPacketSize);
}

/** The failure of a message that `allowsPublish` does not allow. */
export function forbiddenMessage({ maximumQos, maximumPacketSize }: ServerLimits, qos: number): Failure {
  const code = qos > maximumQos ? `Maximum QoS ${maximumQos}` : `Maximum Packet Size ${maximumPacketSize}`;
  return { phase: 'publish', kind: 'forbidden', code };
}

/** The failure of a message for which so many others would have to be acknowledged first. */
export function beyondReceiveMaximum({ receiveMaximum }: ServerLimits): Failure {
  return { phase: 'publish', kind: 'forbidden', code: `Receive Maximum ${receiveMaximum}` };
}

/** Marks what stands in place of a SUBACK's code, which is of one byte, for a filter that was not sent: the reason is the lower byte. */
const NOT_SENT = 0x100;
const TOO_LARGE = NOT_SENT | 0x95;
const NO_SHARED = NOT_SENT | 0x9e;
const NO_WILDCARDS = NOT_SENT | 0xa2;

const LIMIT_OF_CODE: Record<number, string> = {
  [TOO_LARGE]: 'Maximum Packet Size',
  [NO_SHARED]: 'Shared Subscription Available 0',
  [NO_WILDCARDS]: 'Wildcard Subscription Available 0',
};

/** Why a filter may not be sent, or 0. `bytes` are those of a SUBSCRIBE with this filter alone. */
export function forbiddenFilter(limits: ServerLimits, filter: string, bytes: number): number {
  if (limits === NO_LIMITS) return 0;
  if (limits.sharedSubscriptionAvailable === 0 && filter.startsWith('$share/')) return NO_SHARED;
  if (limits.wildcardSubscriptionAvailable === 0 && hasWildcard(filter)) return NO_WILDCARDS;
  return bytes > limits.maximumPacketSize ? TOO_LARGE : 0;
}

/** The failure that a code of 128 and above says. */
export function refusedSubscription(code: number): Failure {
  if (code < NOT_SENT) return { phase: 'suback', kind: 'rejected', code: `SUBACK ${code}` };
  return { phase: 'suback', kind: 'forbidden', code: LIMIT_OF_CODE[code]! };
}
