/** Cuts a byte stream into MQTT control packets (MQTT 3.1.1, 2.2): whole ones are handed on where they lie, cut ones are put together. */
import { foreignProtocol } from './foreign-protocol.ts';

/**
 * The most bytes of a packet that is received, its fixed header included. The platform sends 256 KB at most; one far beyond would have us
 * gather memory for it, of as many devices as there are. Servers of MQTT 5 are told.
 */
export const MAX_PACKET_BYTES = 1024 * 1024;
/** The code of a packet beyond it. */
export const OVERSIZE = `Maximum Packet Size ${MAX_PACKET_BYTES}`;

/** The flags that the first byte must have, by packet type [MQTT-2.2.2-1]; those of a PUBLISH mean something, type 0 is reserved. */
const FLAGS = [-1, 0, 0, -1, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0];

/** The upper half of the first byte (MQTT 3.1.1, 2.2.1). */
export const PACKET = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

export interface FrameReader {
  /** The most bytes of a packet, its fixed header included. */
  readonly mostBytes: number;
  /** Takes one packet: its body is bytes[from … to), valid during the call only. False when nothing more is to be read. */
  frame(first: number, bytes: Buffer, from: number, to: number): boolean;
  /** Hears that what follows is no MQTT: the code says OVERSIZE, or the protocol that it is, where it is one we know. */
  malformed(code: string): void;
}

/** The beginning of a packet whose end has not come yet; undefined between packets, as mostly. */
export type Rest = Gathered | undefined;

interface Gathered {
  /** The bytes that have come, and room for more: a packet that comes in many pieces is not copied whole with each of them. */
  bytes: Buffer;
  length: number;
}

/** Reads `chunk` after `rest` and returns the new rest: a copy, for `chunk` may be read into again. */
export function readFrames(reader: FrameReader, rest: Rest, chunk: Buffer): Rest {
  const bytes = rest === undefined ? chunk : gather(rest, chunk);
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at]!;
    const length = isPacketType(first) ? varint(bytes, at + 1, bytes.length) : MALFORMED;
    if (length === MALFORMED) {
      reader.malformed(foreignProtocol(bytes, at));
      return undefined;
    }
    if (length === CUT) break;
    const from = at + 1 + varintBytes(length);
    const to = from + length;
    if (to - at > reader.mostBytes) {
      reader.malformed(OVERSIZE);
      return undefined;
    }
    if (to > bytes.length) break;
    if (!reader.frame(first, bytes, from, to)) return undefined;
    at = to;
  }
  if (at === bytes.length) return undefined;
  if (at === 0 && rest !== undefined) return rest;
  return { bytes: Buffer.from(bytes.subarray(at)), length: bytes.length - at };
}

function gather(rest: Gathered, chunk: Buffer): Buffer {
  const length = rest.length + chunk.length;
  if (length > rest.bytes.length) {
    const roomier = Buffer.allocUnsafeSlow(Math.max(length, 2 * rest.bytes.length));
    rest.bytes.copy(roomier, 0, 0, rest.length);
    rest.bytes = roomier;
  }
  chunk.copy(rest.bytes, rest.length);
  rest.length = length;
  return rest.bytes.subarray(0, length);
}

function isPacketType(first: number): boolean {
  const type = first >> 4;
  return type === PACKET.publish || FLAGS[type] === (first & 0x0f);
}

/** In place of a value that is not all there yet. */
const CUT = -1;
const MALFORMED = -2;

/** A variable byte integer at `at` (MQTT 3.1.1, 2.2.3): its value, CUT or MALFORMED. */
export function varint(bytes: Buffer, at: number, end: number): number {
  let value = 0;
  for (let n = 0; n < 4; n++) {
    if (at + n >= end) return CUT;
    const digit = bytes[at + n]!;
    value |= (digit & 0x7f) << (7 * n);
    // No more bytes than it takes [MQTT5 1.5.5-1].
    if (digit < 0x80) return n > 0 && digit === 0 ? MALFORMED : value;
  }
  return MALFORMED;
}

/** How many bytes a value takes. */
export function varintBytes(value: number): number {
  if (value < 1 << 7) return 1;
  if (value < 1 << 14) return 2;
  return value < 1 << 21 ? 3 : 4;
}

/** A packet with its fixed header; bytes[from … to) is its body. */
export function wholePacket(bytes: Buffer, from: number, to: number): Buffer {
  return bytes.subarray(from - 1 - varintBytes(to - from), to);
}
