/**
 * What comes for MQTT.js, packet by packet: the library is given whole and sound packets only. Its own parser gathers any length that a
 * server announces, and its handlers throw at some packets that are not sound.
 */
import type { Duplex } from 'node:stream';
import { disconnectedByServer, type Failure, malformedBy, rejectedConnack } from '../../model/failure.ts';
import { type FrameReader, MAX_PACKET_BYTES, PACKET, type Rest, readFrames } from '../../mqtt/frames.ts';
import { NO_LIMITS } from '../../mqtt/server-limits.ts';
import { disconnectCode, isSoundPacket, readConnack, subackCodes } from '../../mqtt/server-packets.ts';
import type { PendingSubscriptions } from '../pending-subscriptions.ts';
import type { Accepted, SharedByConnections } from '../socket-connection.ts';

type Push = (sound: Buffer) => boolean;

export class Inflow implements FrameReader {
  readonly mostBytes = MAX_PACKET_BYTES;
  accepted: Accepted = { limits: NO_LIMITS, isResumed: false };
  /** What ended it; nothing that follows reaches the library. */
  failure: Failure | undefined = undefined;
  private readonly isMqtt5: boolean;
  private readonly keepsSession: boolean;
  private readonly pending: PendingSubscriptions;
  private hasConnack = false;
  private rest: Rest = undefined;
  /** The bytes under way, of which those from the first to `soundTo` pass. */
  private sound: Buffer | undefined = undefined;
  private soundTo = 0;

  constructor(
    { isMqtt5, keepsSession }: Pick<SharedByConnections, 'isMqtt5' | 'keepsSession'>,
    pending: PendingSubscriptions,
  ) {
    this.isMqtt5 = isMqtt5;
    this.keepsSession = keepsSession;
    this.pending = pending;
  }

  /** Pushes a copy of the packets that end in the chunk. Returns whether the stream takes more. */
  read(chunk: Buffer, push: Push): boolean {
    if (this.failure !== undefined) return true;
    this.rest = readFrames(this, this.rest, chunk);
    const { sound, soundTo } = this;
    this.sound = undefined;
    return sound === undefined || push(Buffer.from(sound.subarray(0, soundTo)));
  }

  frame(first: number, bytes: Buffer, from: number, to: number): boolean {
    this.failure = this.hasConnack
      ? this.failureOf(first, bytes, from, to)
      : this.connack(first, bytes, from, to);
    if (this.failure !== undefined) return false;
    this.sound = bytes;
    this.soundTo = to;
    return true;
  }

  malformed(code: string): void {
    this.failure = malformedBy(this.hasConnack ? 'open' : 'connack', code);
  }

  private connack(first: number, bytes: Buffer, from: number, to: number): Failure | undefined {
    const connack = readConnack(first, bytes, from, to, this.isMqtt5, this.keepsSession);
    if (connack === undefined) return malformedBy('connack');
    if (connack.code !== 0) return rejectedConnack(connack.code);
    this.hasConnack = true;
    this.accepted = connack;
    return undefined;
  }

  private failureOf(first: number, bytes: Buffer, from: number, to: number): Failure | undefined {
    if (!isSoundPacket(first, bytes, from, to, this.isMqtt5)) return malformedBy('open');
    const type = first >> 4;
    if (type === PACKET.disconnect) return disconnectedByServer(disconnectCode(bytes, from, to));
    if (type !== PACKET.suback) return undefined;
    const expected = this.pending.countOf(bytes.readUInt16BE(from));
    const { length } = subackCodes(bytes, from, to, this.isMqtt5);
    return expected === undefined || expected === length ? undefined : malformedBy('open');
  }
}

/** Shows the stream's readers what `read` pushes in place of what comes: TLS sockets and WebSocket streams push all of that. */
export function interceptPushes(stream: Duplex, read: (chunk: Buffer) => boolean): Push {
  const push = stream.push.bind(stream);
  stream.push = (chunk) => (chunk === null ? push(null) : read(chunk as Buffer));
  return push;
}
