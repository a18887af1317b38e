/**
 * What a device sends once in a while, read by mqtt-packet and held against its length; of MQTT 5 the properties are read here, for
 * mqtt-packet takes what the standard forbids.
 */
import { type IConnectPacket, type ISubscription, type Packet, parser } from 'mqtt-packet';
import { type MessageProperties, MessagePropertiesGatherer, OF_WILL } from './messages/message-properties.ts';
import { type FoundProperty, MALFORMED_PACKET, PROPERTY, readProperties } from './properties.ts';
import { isTopicName } from './publish-reader.ts';

type PacketOf<Cmd> = Extract<Packet, { cmd: Cmd }>;

/** Its own version is its reader's; of MQTT 5 the properties of its will are beside it. */
export type ConnectPacket = IConnectPacket & { willProperties?: MessageProperties };

/** Reason code for a topic that is none. */
const TOPIC_NAME_INVALID = 0x90;

const HEAD_OF_CONNECT_BYTES = 4;
/** Within a CONNECT of MQTT 5 (3.1.2). */
const VERSION_AT = 6;
const FLAGS_AT = 7;
const PROPERTIES_AT = 10;
const WILL = 0x04;

const OF_CONNECT: readonly number[] = [
  PROPERTY.sessionExpiryInterval,
  PROPERTY.receiveMaximum,
  PROPERTY.maximumPacketSize,
  PROPERTY.topicAliasMaximum,
  PROPERTY.requestResponseInformation,
  PROPERTY.requestProblemInformation,
  PROPERTY.userProperty,
  PROPERTY.authenticationMethod,
  PROPERTY.authenticationData,
];
const OF_SUBSCRIBE: readonly number[] = [PROPERTY.subscriptionIdentifier, PROPERTY.userProperty];
const OF_UNSUBSCRIBE: readonly number[] = [PROPERTY.userProperty];

/**
 * Each of these takes one whole packet, its fixed header included, and the length of its body. A number is the reason code of one that is
 * malformed.
 */
export function readConnect(packet: Buffer, length: number): ConnectPacket | number {
  const body = packet.subarray(packet.length - length);
  const isMqtt5 = body[VERSION_AT] === 5 && body[1] === 4;
  const properties = isMqtt5 ? readConnectProperties(body) : { bytes: 0 };
  if (typeof properties === 'number') return properties;
  const connect = read('connect', packet, 4);
  if (connect === undefined) return MALFORMED_PACKET;
  const { protocolId = '', clientId, username, password, will } = connect;
  const texts = [protocolId, clientId, username, password, will?.topic, will?.payload];
  const bytes = texts.reduce<number>((sum, text) => sum + (text === undefined ? 0 : textBytes(text)), 0);
  if (bytes + HEAD_OF_CONNECT_BYTES + properties.bytes !== length) return MALFORMED_PACKET;
  if (will !== undefined && !isNameOfTopic(will.topic)) return TOPIC_NAME_INVALID;
  return { ...connect, ...('will' in properties && { willProperties: properties.will }) };
}

/** Who hears a will would take one with another topic for malformed [MQTT-3.3.2-2]. */
function isNameOfTopic(topic: string): boolean {
  const bytes = Buffer.from(topic);
  return isTopicName(bytes, 0, bytes.length);
}

/** The bytes that they take together with those of the will, and these. */
function readConnectProperties(body: Buffer): { bytes: number; will?: MessageProperties } | number {
  const end = readProperties(body, PROPERTIES_AT, body.length, OF_CONNECT);
  if (end < 0) return -end;
  const bytes = end - PROPERTIES_AT;
  if ((body[FLAGS_AT]! & WILL) === 0) return { bytes };
  // The client id is before those of the will (3.1.3).
  if (end + 2 > body.length) return MALFORMED_PACKET;
  const willAt = end + 2 + body.readUInt16BE(end);
  const will = new MessagePropertiesGatherer(body);
  const willEnd = readProperties(body, willAt, body.length, OF_WILL, will.found);
  return willEnd < 0 ? -willEnd : { bytes: bytes + willEnd - willAt, will };
}

export interface Subscribe {
  messageId: number;
  subscriptions: ISubscription[];
  hasSubscriptionIdentifier: boolean;
}

export function readSubscribe(packet: Buffer, length: number, isMqtt5: boolean): Subscribe | number {
  let hasSubscriptionIdentifier = false;
  const propertiesBytes = readPropertiesBehindId(packet, length, isMqtt5, OF_SUBSCRIBE, (id) => {
    hasSubscriptionIdentifier ||= id === PROPERTY.subscriptionIdentifier;
  });
  if (propertiesBytes < 0) return -propertiesBytes;
  const { messageId = 0, subscriptions = [] } = read('subscribe', packet, isMqtt5 ? 5 : 4) ?? {};
  const topics = subscriptions.map(({ topic }) => topic);
  const isSound = messageId !== 0 && areFilters(topics, length - 2 - propertiesBytes - topics.length);
  return isSound ? { messageId, subscriptions, hasSubscriptionIdentifier } : MALFORMED_PACKET;
}

export interface Unsubscribe {
  messageId: number;
  filters: string[];
}

export function readUnsubscribe(packet: Buffer, length: number, isMqtt5: boolean): Unsubscribe | number {
  const propertiesBytes = readPropertiesBehindId(packet, length, isMqtt5, OF_UNSUBSCRIBE);
  if (propertiesBytes < 0) return -propertiesBytes;
  const { messageId = 0, unsubscriptions: filters = [] } = read('unsubscribe', packet, isMqtt5 ? 5 : 4) ?? {};
  const isSound = messageId !== 0 && areFilters(filters, length - 2 - propertiesBytes);
  return isSound ? { messageId, filters } : MALFORMED_PACKET;
}

/** The bytes that they take; none in MQTT 3.1.1. */
function readPropertiesBehindId(
  packet: Buffer,
  length: number,
  isMqtt5: boolean,
  allowed: readonly number[],
  found?: FoundProperty,
): number {
  if (!isMqtt5) return 0;
  const at = packet.length - length + 2;
  const end = readProperties(packet, at, packet.length, allowed, found);
  return end < 0 ? end : end - at;
}

/** One at least, none of them empty or with U+0000, and written in so many bytes [MQTT-3.8.3-3, 4.7.3-1, 4.7.3-2]. */
function areFilters(filters: string[], bytes: number): boolean {
  const written = filters.reduce((sum, filter) => sum + textBytes(filter), 0);
  return (
    filters.length > 0 &&
    written === bytes &&
    filters.every((filter) => filter !== '' && !filter.includes('\0'))
  );
}

export interface Disconnect {
  code: number;
  /** Undefined where it is not said anew. */
  sessionExpirySec: number | undefined;
}

const OF_DISCONNECT: readonly number[] = [
  PROPERTY.sessionExpiryInterval,
  PROPERTY.reasonString,
  PROPERTY.userProperty,
];
/** Reason codes that a client may give (3.14.2.1). */
const DISCONNECT_CODES: readonly number[] = [
  0, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
];

/** Of MQTT 5; the body is bytes[from … to). */
export function readDisconnect(bytes: Buffer, from: number, to: number): Disconnect | number {
  const code = to > from ? bytes[from]! : 0;
  if (!DISCONNECT_CODES.includes(code)) return MALFORMED_PACKET;
  let sessionExpirySec: number | undefined;
  if (to - from >= 2) {
    const end = readProperties(bytes, from + 1, to, OF_DISCONNECT, (id, value) => {
      if (id === PROPERTY.sessionExpiryInterval) sessionExpirySec = value;
    });
    if (end !== to) return end < 0 ? -end : MALFORMED_PACKET;
  }
  return { code, sessionExpirySec };
}

/** As it was written, unless that was no UTF-8: what stands for it now has another length. */
function textBytes(text: string | Buffer): number {
  return 2 + Buffer.byteLength(text);
}

/**
 * The parser is made for this packet and thrown away: after some errors one goes on reading where it had stopped, in whatever comes next
 * from anybody.
 */
function read<Cmd extends Packet['cmd']>(
  cmd: Cmd,
  packet: Buffer,
  protocolVersion: 4 | 5,
): PacketOf<Cmd> | undefined {
  const found: Packet[] = [];
  let hasFailed = false;
  const made = parser({ protocolVersion });
  made.on('packet', (each) => found.push(each));
  made.on('error', () => {
    hasFailed = true;
  });
  try {
    made.parse(packet);
  } catch {
    // It reads beyond the end of some that are cut off.
    return undefined;
  }
  const [only] = found;
  return !hasFailed && only?.cmd === cmd ? (only as PacketOf<Cmd>) : undefined;
}
