/** A PUBLISH as it is received (MQTT 3.1.1 and 5, 3.3), read where it lies. */
import { isText, PROPERTY, readProperties } from './properties.ts';

export interface ReceivedPublish {
  topic: string;
  /** 0 at QoS 0. */
  packetId: number;
  /** A view of the bytes that were read. */
  payload: Buffer;
}

/** Of what a server sends: no topic alias, for no client here says that it takes one [MQTT-3.1.2-26]. */
const PROPERTIES: readonly number[] = [
  PROPERTY.payloadFormatIndicator,
  PROPERTY.messageExpiryInterval,
  PROPERTY.contentType,
  PROPERTY.responseTopic,
  PROPERTY.correlationData,
  PROPERTY.subscriptionIdentifier,
  PROPERTY.userProperty,
];

/** Kinds of a topic's bytes: those that no topic name has, and those that are more than ASCII. */
const FORBIDDEN = 1;
const NO_ASCII = 2;
const KINDS = new Uint8Array(256).fill(NO_ASCII, 0x80);
for (const character of '\0#+') KINDS[character.charCodeAt(0)] = FORBIDDEN;

/** The body is bytes[from … to). Undefined where it is malformed. What MQTT 5 adds as properties is passed over. */
export function readPublish(
  bytes: Buffer,
  from: number,
  to: number,
  qos: number,
  isMqtt5: boolean,
): ReceivedPublish | undefined {
  const payloadFrom = payloadOf(bytes, from, to, qos, isMqtt5);
  if (payloadFrom < 0) return undefined;
  const topicTo = from + 2 + bytes.readUInt16BE(from);
  const packetId = qos === 0 ? 0 : bytes.readUInt16BE(topicTo);
  return {
    topic: bytes.toString('utf8', from + 2, topicTo),
    packetId,
    payload: bytes.subarray(payloadFrom, to),
  };
}

/** Whether `readPublish` has something to say, without making anything of it. */
export function isSoundPublish(
  bytes: Buffer,
  from: number,
  to: number,
  qos: number,
  isMqtt5: boolean,
): boolean {
  return payloadOf(bytes, from, to, qos, isMqtt5) >= 0;
}

/** The place at which the payload begins; below 0 where what stands before it is malformed. */
function payloadOf(bytes: Buffer, from: number, to: number, qos: number, isMqtt5: boolean): number {
  if (to - from < 2) return -1;
  const topicTo = from + 2 + ((bytes[from]! << 8) | bytes[from + 1]!);
  const idTo = topicTo + (qos === 0 ? 0 : 2);
  if (idTo > to || !isTopicName(bytes, from + 2, topicTo)) return -1;
  // An id of 0 is none [MQTT-2.3.1-1].
  if (qos > 0 && bytes[topicTo] === 0 && bytes[topicTo + 1] === 0) return -1;
  if (!isMqtt5) return idTo;
  // Mostly there are none, and then their length is 0.
  if (bytes[idTo] === 0 && idTo < to) return idTo + 1;
  return readProperties(bytes, idTo, to, PROPERTIES);
}

/** Whether it is a topic name: characters, no wildcard [MQTT-4.7.3-1, 3.3.2-2], sound UTF-8. No branch for each byte: this is hot. */
export function isTopicName(bytes: Buffer, from: number, to: number): boolean {
  let found = 0;
  for (let at = from; at < to; at++) found |= KINDS[bytes[at]!]!;
  if (found === 0) return to > from;
  return (found & FORBIDDEN) === 0 && isText(bytes, from, to);
}
