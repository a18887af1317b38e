/** The properties of an MQTT 5 packet (2.2.2): which may stand in it, how each is written, and that none is there twice. */
import { isUtf8 } from 'node:buffer';
import { varint, varintBytes } from './frames.ts';

type Shape = 'flag' | 'byte' | 'uint16' | 'uint32' | 'varint' | 'string' | 'pair' | 'binary';

/** All of the standard's, by their names there. */
export const PROPERTY = {
  payloadFormatIndicator: 0x01,
  messageExpiryInterval: 0x02,
  contentType: 0x03,
  responseTopic: 0x08,
  correlationData: 0x09,
  subscriptionIdentifier: 0x0b,
  sessionExpiryInterval: 0x11,
  assignedClientIdentifier: 0x12,
  serverKeepAlive: 0x13,
  authenticationMethod: 0x15,
  authenticationData: 0x16,
  requestProblemInformation: 0x17,
  willDelayInterval: 0x18,
  requestResponseInformation: 0x19,
  responseInformation: 0x1a,
  serverReference: 0x1c,
  reasonString: 0x1f,
  receiveMaximum: 0x21,
  topicAliasMaximum: 0x22,
  topicAlias: 0x23,
  maximumQos: 0x24,
  retainAvailable: 0x25,
  userProperty: 0x26,
  maximumPacketSize: 0x27,
  wildcardSubscriptionAvailable: 0x28,
  subscriptionIdentifierAvailable: 0x29,
  sharedSubscriptionAvailable: 0x2a,
} as const;

const SHAPES: Record<number, Shape> = {
  [PROPERTY.payloadFormatIndicator]: 'flag',
  [PROPERTY.messageExpiryInterval]: 'uint32',
  [PROPERTY.contentType]: 'string',
  [PROPERTY.responseTopic]: 'string',
  [PROPERTY.correlationData]: 'binary',
  [PROPERTY.subscriptionIdentifier]: 'varint',
  [PROPERTY.sessionExpiryInterval]: 'uint32',
  [PROPERTY.assignedClientIdentifier]: 'string',
  [PROPERTY.serverKeepAlive]: 'uint16',
  [PROPERTY.authenticationMethod]: 'string',
  [PROPERTY.authenticationData]: 'binary',
  [PROPERTY.requestProblemInformation]: 'flag',
  [PROPERTY.willDelayInterval]: 'uint32',
  [PROPERTY.requestResponseInformation]: 'flag',
  [PROPERTY.responseInformation]: 'string',
  [PROPERTY.serverReference]: 'string',
  [PROPERTY.reasonString]: 'string',
  [PROPERTY.receiveMaximum]: 'uint16',
  [PROPERTY.topicAliasMaximum]: 'uint16',
  [PROPERTY.topicAlias]: 'uint16',
  [PROPERTY.maximumQos]: 'flag',
  [PROPERTY.retainAvailable]: 'flag',
  [PROPERTY.userProperty]: 'pair',
  [PROPERTY.maximumPacketSize]: 'uint32',
  [PROPERTY.wildcardSubscriptionAvailable]: 'flag',
  [PROPERTY.subscriptionIdentifierAvailable]: 'flag',
  [PROPERTY.sharedSubscriptionAvailable]: 'flag',
};

/** Properties that may be there several times (3.3.2.3.7, 3.3.2.3.8). */
const REPEATABLE: readonly number[] = [PROPERTY.userProperty, PROPERTY.subscriptionIdentifier];
/** Properties of which zero has no meaning (3.2.2.3.3, 3.2.2.3.6, 3.3.2.3.8). */
const NEVER_ZERO: readonly number[] = [
  PROPERTY.receiveMaximum,
  PROPERTY.maximumPacketSize,
  PROPERTY.subscriptionIdentifier,
];

/**
 * Hears of each property, with its number, or 0 for what is text, and where it stands: its id at `from`, the last of its value before `to`.
 */
export type FoundProperty = (id: number, value: number, from: number, to: number) => void;

/** Reason codes for a packet that cannot be read, and for one that says what may not be said. */
export const MALFORMED_PACKET = 0x81;
export const PROTOCOL_ERROR = 0x82;

/**
 * Their length stands at `at`, and they must end at `to` at the latest. Returns where they end; below 0 the reason code of what is wrong:
 * they are malformed or one is not `allowed` in this packet, or one is there twice or has a value without meaning.
 */
export function readProperties(
  bytes: Buffer,
  at: number,
  to: number,
  allowed: readonly number[],
  found?: FoundProperty,
): number {
  const length = varint(bytes, at, to);
  if (length < 0) return -MALFORMED_PACKET;
  let next = at + varintBytes(length);
  const end = next + length;
  if (end > to) return -MALFORMED_PACKET;
  const seen: number[] = [];
  while (next < end) {
    const id = bytes[next]!;
    if (!allowed.includes(id)) return -MALFORMED_PACKET;
    if (seen.includes(id) && !REPEATABLE.includes(id)) return -PROTOCOL_ERROR;
    seen.push(id);
    next = readValue(bytes, next + 1, end, id, found);
    if (next < 0) return next;
  }
  return end;
}

function readValue(bytes: Buffer, at: number, end: number, id: number, found?: FoundProperty): number {
  const shape = SHAPES[id]!;
  const next = endOfValue(shape, bytes, at, end);
  if (next === -1) return -MALFORMED_PACKET;
  const isText = shape === 'binary' || shape === 'string' || shape === 'pair';
  const value = isText ? 0 : shape === 'varint' ? varint(bytes, at, end) : bytes.readUIntBE(at, next - at);
  if ((shape === 'flag' && value > 1) || (value === 0 && NEVER_ZERO.includes(id))) return -PROTOCOL_ERROR;
  found?.(id, value, at - 1, next);
  return next;
}

function endOfValue(shape: Shape, bytes: Buffer, at: number, end: number): number {
  if (shape === 'binary') return endOfBinary(bytes, at, end);
  if (shape === 'string' || shape === 'pair') {
    const next = endOfText(bytes, at, end);
    return shape === 'string' || next === -1 ? next : endOfText(bytes, next, end);
  }
  const size = sizeOf(shape, bytes, at, end);
  return size === -1 || at + size > end ? -1 : at + size;
}

function sizeOf(shape: Shape, bytes: Buffer, at: number, end: number): number {
  if (shape === 'uint32') return 4;
  if (shape === 'uint16') return 2;
  if (shape !== 'varint') return 1;
  const value = varint(bytes, at, end);
  return value < 0 ? -1 : varintBytes(value);
}

function endOfBinary(bytes: Buffer, at: number, end: number): number {
  if (at + 2 > end) return -1;
  const next = at + 2 + bytes.readUInt16BE(at);
  return next > end ? -1 : next;
}

function endOfText(bytes: Buffer, at: number, end: number): number {
  const next = endOfBinary(bytes, at, end);
  return next === -1 || !isText(bytes, at + 2, next) ? -1 : next;
}

/** UTF-8 without U+0000 [MQTT-1.5.4-1, 1.5.4-2]. */
export function isText(bytes: Buffer, from: number, to: number): boolean {
  const text = bytes.subarray(from, to);
  return isUtf8(text) && !text.includes(0);
}
