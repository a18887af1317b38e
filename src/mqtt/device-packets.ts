/** What a device sends once in a while, read by mqtt-packet (as MQTT 3.1.1; a CONNECT in its own version) and held against its length. */
import { type IConnectPacket, type ISubscription, type Packet, parser } from 'mqtt-packet';

type PacketOf<Cmd> = Extract<Packet, { cmd: Cmd }>;

const HEAD_OF_CONNECT_BYTES = 4;

/** Each of these takes one whole packet, its fixed header included, and the length of its body. Undefined where it is malformed. */
export function readConnect(packet: Buffer, length: number): IConnectPacket | undefined {
  const connect = read('connect', packet);
  if (connect === undefined || connect.protocolVersion === 5) return connect;
  const { protocolId = '', clientId, username, password, will } = connect;
  const texts = [protocolId, clientId, username, password, will?.topic, will?.payload];
  const bytes = texts.reduce<number>((sum, text) => sum + (text === undefined ? 0 : textBytes(text)), 0);
  return bytes + HEAD_OF_CONNECT_BYTES === length ? connect : undefined;
}

export interface Subscribe {
  messageId: number;
  subscriptions: ISubscription[];
}

export function readSubscribe(packet: Buffer, length: number): Subscribe | undefined {
  const { messageId = 0, subscriptions = [] } = read('subscribe', packet) ?? {};
  const topics = subscriptions.map(({ topic }) => topic);
  const isSound = messageId !== 0 && areFilters(topics, length - 2 - topics.length);
  return isSound ? { messageId, subscriptions } : undefined;
}

export interface Unsubscribe {
  messageId: number;
  filters: string[];
}

export function readUnsubscribe(packet: Buffer, length: number): Unsubscribe | undefined {
  const { messageId = 0, unsubscriptions: filters = [] } = read('unsubscribe', packet) ?? {};
  return messageId !== 0 && areFilters(filters, length - 2) ? { messageId, filters } : undefined;
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

/** As it was written, unless that was no UTF-8: what stands for it now has another length. */
function textBytes(text: string | Buffer): number {
  return 2 + Buffer.byteLength(text);
}

/**
 * The parser is made for this packet and thrown away: after some errors one goes on reading where it had stopped, in whatever comes next
 * from anybody.
 */
function read<Cmd extends Packet['cmd']>(cmd: Cmd, packet: Buffer): PacketOf<Cmd> | undefined {
  const found: Packet[] = [];
  let hasFailed = false;
  const made = parser({ protocolVersion: 4 });
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
