/**
 * Messages of QoS 1 to one device, in their order, until it has acknowledged them: what outlasts its connections, within bounds of its own and
 * of all devices together.
 */
import { nextPacketId } from '../../mqtt/packet-id.ts';
import type { KeptCounts, Message } from './message.ts';

/** The platform names no number; it is what mosquitto keeps. */
const MOST_MESSAGES = 1_000;
const MOST_BYTES = 4 * 1024 * 1024;
/** Bytes that a message takes beside its own. */
const KEPT_BYTES = 200;
/** The platform keeps messages of QoS 1 for seven days [limits]. */
const KEPT_US = 7 * 24 * 3_600 * 1e6;

/** Bytes of the messages of all sessions: a fleet that is away is not to take the machine's memory with it. */
const MOST_BYTES_OF_ALL = 512 * 1024 * 1024;

/** The room for messages that the sessions of a stand-in share. */
export class KeptRoom {
  private left: number;

  constructor(bytes = MOST_BYTES_OF_ALL) {
    this.left = bytes;
  }

  /** False where there is not so much of it. */
  take(bytes: number): boolean {
    if (bytes > this.left) return false;
    this.left -= bytes;
    return true;
  }

  free(bytes: number): void {
    this.left += bytes;
  }
}

export interface Kept {
  readonly message: Message;
  readonly copies: 1 | 2;
  readonly bytes: number;
  readonly untilUs: number;
  /** 0 until it is sent. */
  packetId: number;
  /** It has been sent on an earlier connection [MQTT-4.4.0-1]. */
  isRepeated: boolean;
}

export class Outgoing {
  private readonly counts: KeptCounts;
  private readonly room: KeptRoom;
  private waiting: Kept[] = [];
  /** By packet id, in the order of sending. */
  private readonly unacked = new Map<number, Kept>();
  private bytes = 0;
  private lastPacketId = 0;

  constructor(counts: KeptCounts, room: KeptRoom) {
    this.counts = counts;
    this.room = room;
  }

  get size(): number {
    return this.waiting.length + this.unacked.size;
  }

  /** Takes a message, of which it keeps a copy; one for which there is no room is counted and lost, as the later ones are. */
  add(message: Message, copies: 1 | 2, nowUs: number): boolean {
    const { topic, properties } = message;
    const bytes = KEPT_BYTES + topic.length + message.payload.length + (properties?.length ?? 0);
    if (this.size >= MOST_MESSAGES || this.bytes + bytes > MOST_BYTES || !this.room.take(bytes)) {
      this.counts.messages_dropped_away++;
      return false;
    }
    const { payload, expiresUs = Number.POSITIVE_INFINITY } = message;
    this.waiting.push({
      message: typeof payload === 'string' ? message : { ...message, payload: Buffer.from(payload) },
      copies,
      bytes,
      untilUs: Math.min(nowUs + KEPT_US, expiresUs),
      packetId: 0,
      isRepeated: false,
    });
    this.bytes += bytes;
    return true;
  }

  /** The next to be sent, with its packet id; undefined where there is none, or where so many are on their way already. */
  next(most: number, nowUs: number): Kept | undefined {
    while (this.unacked.size < most) {
      const kept = this.waiting.shift();
      if (kept === undefined) return undefined;
      if (nowUs >= kept.untilUs) {
        this.release(kept.bytes);
        this.counts.messages_dropped_away++;
        continue;
      }
      if (kept.packetId === 0) kept.packetId = this.freePacketId();
      this.unacked.set(kept.packetId, kept);
      return kept;
    }
    return undefined;
  }

  /** Hears that the device has one, or will never have it. */
  done(packetId: number): void {
    const kept = this.unacked.get(packetId);
    if (kept === undefined) return;
    this.unacked.delete(packetId);
    this.release(kept.bytes);
  }

  /** The connection has ended: what was not acknowledged on it is the first to be sent on the next. */
  interrupted(): void {
    const again = [...this.unacked.values()];
    for (const kept of again) kept.isRepeated = true;
    this.waiting = [...again, ...this.waiting];
    this.unacked.clear();
  }

  /** The session is over: what was never sent is lost, and counted. */
  clear(): void {
    for (const { packetId } of this.waiting) if (packetId === 0) this.counts.messages_dropped_away++;
    this.waiting = [];
    this.unacked.clear();
    this.release(this.bytes);
  }

  private release(bytes: number): void {
    this.bytes -= bytes;
    this.room.free(bytes);
  }

  private freePacketId(): number {
    do this.lastPacketId = nextPacketId(this.lastPacketId);
    while (this.unacked.has(this.lastPacketId) || this.isWaiting(this.lastPacketId));
    return this.lastPacketId;
  }

  /** Those of an earlier connection stand in front. */
  private isWaiting(packetId: number): boolean {
    for (const kept of this.waiting) {
      if (kept.packetId === 0) return false;
      if (kept.packetId === packetId) return true;
    }
    return false;
  }
}
