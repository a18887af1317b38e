/**
 * What a `size` payload begins with, so that whoever receives it knows who sent it, when it was meant to be sent and which one it is: the
 * source of message_latency, loss, duplicates and order. 32 bytes, big-endian:
 *
 *    0  magic "mqfl"       4  run (u32)          8  device: row in the list (u32)     12  plan (u32)
 *   16  sequence (u32)    20  version (u32)     24  intended time, µs on the machine's monotonic clock (f64: exact to 2^53)
 */
import { MIN_SIZED_BYTES } from '../scenario/rules.ts';

export const HEADER_BYTES = MIN_SIZED_BYTES;

const MAGIC = 0x6d71666c;
const VERSION = 1;

export interface MessageHeader {
  /** Messages of another run on the same broker are not this one's. */
  run: number;
  device: number;
  plan: number;
  /** Per device and plan, from 1. */
  seq: number;
  intendedUs: number;
}

/** `target` has at least HEADER_BYTES. */
export function writeHeader(target: Buffer, header: MessageHeader): void {
  target.writeUInt32BE(MAGIC, 0);
  target.writeUInt32BE(header.run, 4);
  target.writeUInt32BE(header.device, 8);
  target.writeUInt32BE(header.plan, 12);
  target.writeUInt32BE(header.seq, 16);
  target.writeUInt32BE(VERSION, 20);
  target.writeDoubleBE(header.intendedUs, 24);
}

/** Undefined for a payload that is not a message of this run. */
export function readHeader(payload: Buffer, run: number): MessageHeader | undefined {
  if (payload.length < HEADER_BYTES || payload.readUInt32BE(0) !== MAGIC) return undefined;
  if (payload.readUInt32BE(4) !== run || payload.readUInt32BE(20) !== VERSION) return undefined;
  return {
    run,
    device: payload.readUInt32BE(8),
    plan: payload.readUInt32BE(12),
    seq: payload.readUInt32BE(16),
    intendedUs: payload.readDoubleBE(24),
  };
}
