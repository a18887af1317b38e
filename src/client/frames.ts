/** Cuts a byte stream into MQTT control packets (MQTT 3.1.1, 2.2): whole ones are handed on where they lie, cut ones are put together. */

/** The platform sends 256 KB at most; a length far beyond is no MQTT, and would have us gather memory for it. */
const MOST_BYTES = 16 * 1024 * 1024;

/** By packet type: the flags that the first byte must have [MQTT-2.2.2-1]; those of a PUBLISH mean something, type 0 is reserved. */
const FLAGS = [-1, 0, 0, -1, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0];
export const PUBLISH = 3;

export interface FrameReader {
  /** One packet: its body is bytes[from … to), valid during the call only. False when nothing more is to be read. */
  frame(first: number, bytes: Buffer, from: number, to: number): boolean;
  /** What follows is no MQTT. */
  malformed(): void;
}

/** The beginning of a packet whose end has not come yet; undefined between packets, as mostly. */
export type Rest = Buffer | undefined;

/** Reads `chunk` after `rest` and returns the new rest: a copy, for `chunk` may be read into again. */
export function readFrames(reader: FrameReader, rest: Rest, chunk: Buffer): Rest {
  const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at]!;
    const length = isPacketType(first) ? varint(bytes, at + 1, bytes.length) : MALFORMED;
    if (length === MALFORMED || length > MOST_BYTES) {
      reader.malformed();
      return undefined;
    }
    if (length === CUT) break;
    const from = at + 1 + varintBytes(length);
    const to = from + length;
    if (to > bytes.length) break;
    if (!reader.frame(first, bytes, from, to)) return undefined;
    at = to;
  }
  return at === bytes.length ? undefined : Buffer.from(bytes.subarray(at));
}

function isPacketType(first: number): boolean {
  const type = first >> 4;
  return type === PUBLISH || FLAGS[type] === (first & 0x0f);
}

/** Not all of it is there yet. */
export const CUT = -1;
export const MALFORMED = -2;

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
