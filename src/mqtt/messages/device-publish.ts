/** A PUBLISH of a device that speaks MQTT 5 (3.3), read where it lies: unlike a server's it may have a topic alias in place of a topic. */

import { MALFORMED_PACKET, PROTOCOL_ERROR, readProperties } from '../properties.ts';
import { isTopicName, type ReceivedPublish } from '../publish-reader.ts';
import { type MessageProperties, MessagePropertiesGatherer, OF_UPLINK } from './message-properties.ts';

export interface DevicePublish extends ReceivedPublish {
  /** Undefined where there are none, as mostly. */
  properties: MessageProperties | undefined;
}

/** The body is bytes[from … to); the topic is empty where an alias stands for it. A reason code where it is malformed. */
export function readDevicePublish(
  bytes: Buffer,
  from: number,
  to: number,
  qos: 0 | 1 | 2,
): DevicePublish | number {
  if (to - from < 2) return MALFORMED_PACKET;
  const topicTo = from + 2 + bytes.readUInt16BE(from);
  const idTo = topicTo + (qos === 0 ? 0 : 2);
  if (idTo >= to) return MALFORMED_PACKET;
  const hasTopic = topicTo > from + 2;
  if (hasTopic && !isTopicName(bytes, from + 2, topicTo)) return MALFORMED_PACKET;
  const packetId = qos === 0 ? 0 : bytes.readUInt16BE(topicTo);
  // An id of 0 is none [MQTT-2.2.1-3].
  if (qos > 0 && packetId === 0) return PROTOCOL_ERROR;
  const properties = bytes[idTo] === 0 ? undefined : new MessagePropertiesGatherer(bytes);
  const payloadFrom = properties ? readProperties(bytes, idTo, to, OF_UPLINK, properties.found) : idTo + 1;
  if (payloadFrom < 0) return -payloadFrom;
  if (!hasTopic && !properties?.hasTopicAlias) return PROTOCOL_ERROR;
  const topic = hasTopic ? bytes.toString('utf8', from + 2, topicTo) : '';
  return { topic, packetId, payload: bytes.subarray(payloadFrom, to), properties };
}
