/** A PUBLISH as a device receives it (MQTT 3.1.1 and 5, 3.3), read where it lies. */
import { varint, varintBytes } from './frames.ts';

export interface ReceivedPublish {
  topic: string;
  /** 0 at QoS 0. */
  packetId: number;
  /** A view of the bytes that were read. */
  payload: Buffer;
}

/** The body is bytes[from … to). Undefined where it is malformed. What MQTT 5 adds as properties is passed over. */
export function readPublish(
  bytes: Buffer,
  from: number,
  to: number,
  qos: number,
  isMqtt5: boolean,
): ReceivedPublish | undefined {
  if (to - from < 2) return undefined;
  const topicFrom = from + 2;
  const topicTo = topicFrom + bytes.readUInt16BE(from);
  const idTo = topicTo + (qos === 0 ? 0 : 2);
  if (idTo > to) return undefined;
  const packetId = qos === 0 ? 0 : bytes.readUInt16BE(topicTo);
  if (qos > 0 && packetId === 0) return undefined;
  let payloadFrom = idTo;
  if (isMqtt5) {
    const properties = varint(bytes, idTo, to);
    if (properties < 0) return undefined;
    payloadFrom += varintBytes(properties) + properties;
    if (payloadFrom > to) return undefined;
  }
  const topic = bytes.toString('utf8', topicFrom, topicTo);
  return { topic, packetId, payload: bytes.subarray(payloadFrom, to) };
}
