/**
 * What a server may say (MQTT 3.1.1 and 5), each packet looked through from its first byte to its last before anything acts on it. Nothing
 * of one packet is kept for the next, so none can spoil the reading of another, on this connection or on any.
 */

import { PACKET, varint, varintBytes } from './frames.ts';
import { PROPERTY, readProperties } from './properties.ts';
import { isSoundPublish } from './publish-reader.ts';
import { limitsOf, NO_LIMITS, type ServerLimits } from './server-limits.ts';

export interface Connack {
  /** Return code of 3.1.1, reason code of 5; 0 lets us in. */
  code: number;
  /** Whether the server goes on with the session of a connection before. */
  isResumed: boolean;
  limits: Readonly<ServerLimits>;
}

const ABOUT_A_REASON: readonly number[] = [PROPERTY.reasonString, PROPERTY.userProperty];
const OF_DISCONNECT: readonly number[] = [...ABOUT_A_REASON, PROPERTY.serverReference];
const OF_CONNACK: readonly number[] = [
  ...OF_DISCONNECT,
  PROPERTY.sessionExpiryInterval,
  PROPERTY.receiveMaximum,
  PROPERTY.maximumQos,
  PROPERTY.retainAvailable,
  PROPERTY.maximumPacketSize,
  PROPERTY.assignedClientIdentifier,
  PROPERTY.topicAliasMaximum,
  PROPERTY.wildcardSubscriptionAvailable,
  PROPERTY.subscriptionIdentifierAvailable,
  PROPERTY.sharedSubscriptionAvailable,
  PROPERTY.serverKeepAlive,
  PROPERTY.responseInformation,
  PROPERTY.authenticationMethod,
  PROPERTY.authenticationData,
];

/** Reason codes of MQTT 5 by packet (3.4.2.1, 3.9.3, 3.14.2.1); of DISCONNECT those that a server may send. */
const PUBACK_CODES: readonly number[] = [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
const SUBACK_CODES: readonly number[] = [0, 1, 2, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2];
const SUBACK_CODES_311: readonly number[] = [0, 1, 2, 0x80];
const DISCONNECT_CODES: readonly number[] = [
  0, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
  0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
];

/**
 * The first packet of a server, which must be a CONNACK [MQTT-3.2.0-1]; undefined where it is none, or not sound. Where a
 * new session was asked for, a server of MQTT 5 that knows of an older is not to be believed [MQTT-3.2.2-4].
 */
export function readConnack(
  first: number,
  bytes: Buffer,
  from: number,
  to: number,
  isMqtt5: boolean,
  keepsSession: boolean,
): Connack | undefined {
  const length = to - from;
  // Of the flags, all but the lowest are reserved [MQTT-3.2.2-1 of MQTT 5].
  if (first >> 4 !== PACKET.connack || length < 2 || bytes[from]! > 1) return undefined;
  const code = bytes[from + 1]!;
  const isPresent = bytes[from] === 1;
  const isResumed = keepsSession && isPresent;
  // A server that knows no MQTT 5 refuses with the CONNACK of 3.1.1.
  const isOf311 = !isMqtt5 || (length === 2 && code !== 0);
  if (isOf311) return length === 2 ? { code, isResumed, limits: NO_LIMITS } : undefined;
  const properties = new Map<number, number>();
  const end = readProperties(bytes, from + 2, to, OF_CONNACK, (id, value) => properties.set(id, value));
  if (end !== to || (code === 0 && isPresent && !keepsSession)) return undefined;
  return { code, isResumed, limits: limitsOf(properties) };
}

/**
 * Any other packet that a server may send to one of us, who subscribe with QoS 0 and 1, unsubscribe from nothing and authenticate with
 * their CONNECT: what only clients send is none, nor a second CONNACK, nor any part of QoS 2.
 */
export function isSoundPacket(
  first: number,
  bytes: Buffer,
  from: number,
  to: number,
  isMqtt5: boolean,
): boolean {
  switch (first >> 4) {
    case PACKET.publish: {
      const qos = (first >> 1) & 3;
      return isPublishQos(first, qos) && isSoundPublish(bytes, from, to, qos, isMqtt5);
    }
    case PACKET.puback:
      return isSoundPuback(bytes, from, to, isMqtt5);
    case PACKET.suback:
      return isSoundSuback(bytes, from, to, isMqtt5);
    case PACKET.pingresp:
      return from === to;
    case PACKET.disconnect:
      return isMqtt5 && isSoundDisconnect(bytes, from, to);
    default:
      return false;
  }
}

/** Whether the first byte of a PUBLISH is possible: QoS 0 or 1, and nothing is repeated at QoS 0 [MQTT-3.3.1-2]. */
export function isPublishQos(first: number, qos: number): boolean {
  return qos === 1 || (qos === 0 && (first & 0x08) === 0);
}

export function isSoundPuback(bytes: Buffer, from: number, to: number, isMqtt5: boolean): boolean {
  const length = to - from;
  if (length < 2 || (bytes[from] === 0 && bytes[from + 1] === 0)) return false;
  if (length === 2) return true;
  if (!isMqtt5 || !PUBACK_CODES.includes(bytes[from + 2]!)) return false;
  return length === 3 || readProperties(bytes, from + 3, to, ABOUT_A_REASON) === to;
}

/** The reason code of a sound one, behind its packet id. */
export function pubackCode(bytes: Buffer, from: number, to: number): number {
  return to - from > 2 ? bytes[from + 2]! : 0;
}

function isSoundSuback(bytes: Buffer, from: number, to: number, isMqtt5: boolean): boolean {
  if (to - from < 3 || bytes.readUInt16BE(from) === 0) return false;
  const codesFrom = isMqtt5 ? readProperties(bytes, from + 2, to, ABOUT_A_REASON) : from + 2;
  if (codesFrom < 0 || codesFrom === to) return false;
  const known = isMqtt5 ? SUBACK_CODES : SUBACK_CODES_311;
  for (let at = codesFrom; at < to; at++) if (!known.includes(bytes[at]!)) return false;
  return true;
}

/** The codes of a sound one, behind its packet id. */
export function subackCodes(bytes: Buffer, from: number, to: number, isMqtt5: boolean): number[] {
  const properties = isMqtt5 ? varint(bytes, from + 2, to) : 0;
  const codesFrom = from + 2 + (isMqtt5 ? varintBytes(properties) + properties : 0);
  return [...bytes.subarray(codesFrom, to)];
}

function isSoundDisconnect(bytes: Buffer, from: number, to: number): boolean {
  if (!DISCONNECT_CODES.includes(disconnectCode(bytes, from, to))) return false;
  return to - from < 2 || readProperties(bytes, from + 1, to, OF_DISCONNECT) === to;
}

/** The reason code, which may be left out (3.14.2.1). */
export function disconnectCode(bytes: Buffer, from: number, to: number): number {
  return to > from ? bytes[from]! : 0;
}
