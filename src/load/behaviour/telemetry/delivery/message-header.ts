/**
 * What a `size` payload begins with, so that whoever receives it knows who sent it, when it was meant to be sent and which one it is: the
 * source of message_latency, loss, duplicates and order. 32 bytes, big-endian:
 *
 *    0  magic "mqfl"       4  run (u32)          8  device: row in the list (u32)     12  plan (u32)
 *   16  sequence (u32)    20  version (u8)      21  1 where the connection left out none that was due, and how many messages it
 *                                                   carried before (1 + 23 bits)
 *   24  intended time, µs on the machine's monotonic clock (f64: exact to 2^53)
 */

import type { PublishPlan } from '../../../../model/scenario.ts';

export const HEADER_BYTES = 32;

const MAGIC = 0x6d71666c;
const VERSION = 2;
const REGULAR = 0x800000;
const MOST_BEFORE = REGULAR - 1;

/** Whether the messages of a plan have a header. */
export function hasHeader({ payload }: Pick<PublishPlan, 'payload'>): boolean {
  return payload.kind === 'size';
}

export interface MessageHeader {
  /** Number of the run: messages of another on the same broker are not this one's. */
  run: number;
  /** Index of the device in its list. */
  device: number;
  plan: number;
  /** Number of the message per device and plan, from 1. */
  seq: number;
  /** Messages of the plan before it on the sender's present connection; what a broken one carried may never have got anywhere. At most 2^23 - 1. */
  before: number;
  /** Whether those before are the ones that the plan's pace wanted, without a gap. */
  isRegular: boolean;
  intendedUs: number;
}

/** Writes a header to the beginning of `target`, which has at least HEADER_BYTES. */
export function writeHeader(target: Buffer, header: MessageHeader): void {
  target.writeUInt32BE(MAGIC, 0);
  target.writeUInt32BE(header.run, 4);
  target.writeUInt32BE(header.device, 8);
  target.writeUInt32BE(header.plan, 12);
  target.writeUInt32BE(header.seq, 16);
  const before = Math.min(header.before, MOST_BEFORE);
  target.writeUInt32BE((VERSION << 24) | (header.isRegular ? REGULAR | before : before), 20);
  target.writeDoubleBE(header.intendedUs, 24);
}

/** The header of a message; undefined for a payload that is none of this run. */
export function readHeader(payload: Buffer, run: number): MessageHeader | undefined {
  if (payload.length < HEADER_BYTES || payload.readUInt32BE(0) !== MAGIC) return undefined;
  if (payload.readUInt32BE(4) !== run || payload[20] !== VERSION) return undefined;
  const connection = payload.readUIntBE(21, 3);
  return {
    run,
    device: payload.readUInt32BE(8),
    plan: payload.readUInt32BE(12),
    seq: payload.readUInt32BE(16),
    before: connection & MOST_BEFORE,
    isRegular: connection >= REGULAR,
    intendedUs: payload.readDoubleBE(24),
  };
}
