/** What the stand-in says in MQTT 5 that 3.1.1 has no words for: its limits, which are the platform's [mqtt5], and its reasons [codes]. */
import { PROPERTY } from '../../mqtt/properties.ts';
import type { Refusal } from './sign-in.ts';

export const MAXIMUM_PACKET_BYTES = 262_144;
export const TOPIC_ALIAS_MAXIMUM = 20;
/** Of one packet. What becomes of more is not documented: here it is too much of a quota. */
export const MOST_USER_PROPERTIES = 20;

/** Reason codes (2.4). */
export const REASON = {
  none: 0,
  disconnectWithWill: 0x04,
  noSubscriptionExisted: 0x11,
  unspecified: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  notAuthorized: 0x87,
  serverBusy: 0x89,
  serverShuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  messageRateTooHigh: 0x96,
  quotaExceeded: 0x97,
  qosNotSupported: 0x9b,
  subscriptionIdentifiersNotSupported: 0xa1,
} as const;

/** Reasons by return codes of 3.1.1: what both say is the same. */
const REASON_OF_RETURN_CODE: Record<number, number> = { 1: 132, 2: 133, 3: 136, 4: 134, 5: 135 };

export function reasonOf({ returnCode, reasonCode }: Extract<Refusal, { returnCode: number }>): number {
  return reasonCode ?? REASON_OF_RETURN_CODE[returnCode] ?? REASON.unspecified;
}

const LIMITS = Buffer.of(
  PROPERTY.maximumQos,
  1,
  PROPERTY.retainAvailable,
  1,
  PROPERTY.wildcardSubscriptionAvailable,
  1,
  PROPERTY.subscriptionIdentifierAvailable,
  0,
  PROPERTY.sharedSubscriptionAvailable,
  1,
  PROPERTY.topicAliasMaximum,
  0,
  TOPIC_ALIAS_MAXIMUM,
  PROPERTY.maximumPacketSize,
  0,
  MAXIMUM_PACKET_BYTES >>> 16,
  (MAXIMUM_PACKET_BYTES >>> 8) & 0xff,
  MAXIMUM_PACKET_BYTES & 0xff,
);

/** What the CONNACK says that lets a device in: the platform's keepalive is the device's own, and so is the session's expiry. */
export function connackProperties(
  keepaliveSec: number,
  sessionExpirySec: number | undefined,
  assignedClientId: string | undefined,
): Buffer {
  const parts = [LIMITS, Buffer.of(PROPERTY.serverKeepAlive, keepaliveSec >> 8, keepaliveSec & 0xff)];
  if (sessionExpirySec !== undefined) {
    const expiry = Buffer.of(PROPERTY.sessionExpiryInterval, 0, 0, 0, 0);
    expiry.writeUInt32BE(sessionExpirySec, 1);
    parts.push(expiry);
  }
  if (assignedClientId !== undefined) {
    const text = Buffer.from(assignedClientId);
    parts.push(Buffer.of(PROPERTY.assignedClientIdentifier, text.length >> 8, text.length & 0xff), text);
  }
  return Buffer.concat(parts);
}
