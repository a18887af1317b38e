/** The lean client: MQTT on a socket of ours, written for load. What its connections share is in one WireClient per shard. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  classify,
  disconnectedByServer,
  type Failure,
  malformedBy,
  rejectedConnack,
} from '../../model/failure.ts';
import type { Subscription } from '../../model/scenario.ts';
import { type FrameReader, MAX_PACKET_BYTES, PACKET, type Rest, readFrames } from '../../mqtt/frames.ts';
import { Outbox } from '../../mqtt/outbox.ts';
import { awaitDrain, type CountingOwner, countSent, own, readData } from '../../mqtt/owned-stream.ts';
import { PacketWriter, publishBytes } from '../../mqtt/packet-writer.ts';
import { readPublish } from '../../mqtt/publish-reader.ts';
import { allowsPublish, FORBIDDEN, NO_LIMITS, type ServerLimits } from '../../mqtt/server-limits.ts';
import {
  disconnectCode,
  isPublishQos,
  isSound,
  isSoundPuback,
  pubackCode,
  readConnack,
  subackCodes,
} from '../../mqtt/server-packets.ts';
import type { Endpoint } from '../../platform/endpoint.ts';
import type { Credentials } from '../../platform/platform.ts';
import { platformOf } from '../../platform/platforms.ts';
import type { Attempt } from '../attempt.ts';
import {
  type Client,
  type ClientSettings,
  type Connection,
  type ConnectionHandler,
  LINGER_MS,
} from '../connection.ts';
import { Dial, type DialHandler, type DialOptions, dialOptions } from '../dial.ts';
import { Keepalive, needsShortTicks } from '../keepalive.ts';
import { ShortTicks } from '../mqttjs/short-ticks.ts';
import { PendingSubscriptions } from '../pending-subscriptions.ts';

const MOST_PACKET_ID = 0xffff;

export function createWireClient(settings: ClientSettings): Client {
  const shared = new Shared(settings);
  return {
    connect: (attempt, endpoint, credentials, handler) =>
      new WireConnection(shared, attempt, endpoint, credentials, handler),
  };
}

class Shared {
  readonly writer: PacketWriter;
  readonly shortTicks = new ShortTicks();
  readonly dial: DialOptions;
  readonly isMqtt5: boolean;
  readonly keepaliveSec: number;
  readonly topicsPerSubscribe: number;

  constructor({ protocol, connect, tls, platform }: ClientSettings) {
    this.writer = new PacketWriter(new Outbox(countSent), protocol, connect.keepaliveSec);
    this.isMqtt5 = protocol === '5';
    this.keepaliveSec = connect.keepaliveSec;
    this.topicsPerSubscribe = platformOf({ platform }).limits.topicsPerSubscribe;
    this.dial = dialOptions(tls);
  }
}

/** `losing`: what the far side sent has ended an open connection, and its socket is being closed. */
type State = 'opening' | 'open' | 'losing' | 'closing' | 'over';

class WireConnection implements Connection, DialHandler, CountingOwner, FrameReader {
  private readonly shared: Shared;
  private readonly handler: ConnectionHandler;
  /** While it opens. */
  private attempt: Attempt | undefined;
  /** While it opens; beyond that where bytes pass that are not seen here. */
  private dial: Dial | undefined;
  /** Until they are sent. */
  private credentials: Credentials | undefined;
  private state: State = 'opening';
  private stream: Duplex | undefined = undefined;
  private rest: Rest = undefined;
  private lastPacketId = 0;
  /** Of one that has subscribed to something. */
  private pending: PendingSubscriptions | undefined = undefined;
  private error: Error | undefined = undefined;
  private cause: Failure | undefined = undefined;
  private isPlain = false;
  private readBytes = 0;
  sentBytes = 0;
  private linger: NodeJS.Timeout | undefined = undefined;
  limits: Readonly<ServerLimits> = NO_LIMITS;
  private readonly keepalive: Keepalive;

  constructor(
    shared: Shared,
    attempt: Attempt,
    endpoint: Endpoint,
    credentials: Credentials,
    handler: ConnectionHandler,
  ) {
    this.shared = shared;
    this.attempt = attempt;
    this.credentials = credentials;
    this.handler = handler;
    this.keepalive = new Keepalive(shared.keepaliveSec);
    this.dial = new Dial(attempt, endpoint, shared.dial, this);
  }

  /** Of plain TCP every byte passes here: asking the socket costs more than counting. Less what still waits in the socket. */
  get bytesSent(): number {
    return this.isPlain ? this.sentBytes - this.stream!.writableLength : this.dial!.bytesSent;
  }

  get bytesReceived(): number {
    return this.isPlain ? this.readBytes : this.dial!.bytesReceived;
  }

  // --- the device's side

  subscribe(subscriptions: Subscription[]): void {
    this.pending ??= new PendingSubscriptions(this.shared.topicsPerSubscribe);
    for (const batch of this.pending.add(subscriptions, this.limits)) {
      const { sent, codes, from } = batch;
      if (sent.length > 0) {
        batch.packetId = this.nextPacketId();
        this.shared.writer.subscribe(this.stream!, batch.packetId, sent);
        this.keepalive.said();
      } else {
        process.nextTick(() => {
          if (this.state === 'open') this.handler.subscribed(codes, from);
        });
      }
    }
  }

  publish(topic: string, payload: string | Buffer, qos: 0 | 1): number {
    if (this.limits !== NO_LIMITS) {
      const bytes = publishBytes(topic, payload, qos, this.shared.isMqtt5);
      if (!allowsPublish(this.limits, qos, bytes)) return FORBIDDEN;
    }
    const packetId = qos === 0 ? 0 : this.nextPacketId();
    this.shared.writer.publish(this.stream!, topic, payload, packetId);
    this.keepalive.said();
    return packetId;
  }

  get takesMore(): boolean {
    return !this.stream!.writableNeedDrain;
  }

  get unwrittenBytes(): number {
    return this.stream!.writableLength;
  }

  awaitDrain(): void {
    awaitDrain(this.stream!);
  }

  drained(): void {
    if (this.state === 'open') this.handler.drained();
  }

  expire(): void {
    if (this.state === 'opening') this.fail({ phase: this.attempt!.phase, kind: 'timeout', code: '' });
  }

  tick(nowUs: number): void {
    if (this.state !== 'open') return;
    const step = this.keepalive.tick(nowUs);
    if (step === 'dead') this.lose({ phase: 'open', kind: 'keepalive', code: '' });
    else if (step === 'ping') this.shared.writer.pingreq(this.stream!);
  }

  close(): void {
    if (this.state === 'opening') {
      this.attempt!.settle();
      this.destroy();
      this.handler.ended();
    } else if (this.state === 'losing') {
      this.state = 'closing';
    } else if (this.state === 'open') {
      this.state = 'closing';
      this.shared.writer.disconnect(this.stream!);
      this.stream!.end();
      this.linger = setTimeout(destroyStream, LINGER_MS, this.stream!);
    }
  }

  // --- the network's side

  dialed(stream: Duplex): void {
    this.stream = stream;
    this.isPlain = stream === this.dial!.plain;
    own(stream, this);
    if (!this.isPlain) readData(stream);
    this.shared.writer.connect(stream, this.credentials!);
    this.credentials = undefined;
  }

  dialFailed(error: Error | undefined): void {
    if (this.state === 'opening') this.fail(classify(this.attempt!.phase, error));
  }

  read(chunk: Buffer): boolean {
    this.readBytes += chunk.length;
    this.keepalive.heard();
    this.rest = readFrames(this, this.rest, chunk);
    return true;
  }

  failed(error: Error): void {
    this.error ??= error;
    if (this.state === 'opening') this.fail(classify(this.attempt!.phase, error));
  }

  closed(): void {
    const { state } = this;
    if (state === 'over') return;
    if (state === 'opening') {
      this.fail(classify(this.attempt!.phase, this.error));
      return;
    }
    this.state = 'over';
    // What was given up is not in it.
    if (this.isPlain) this.sentBytes = (this.stream as Socket).bytesWritten;
    clearTimeout(this.linger);
    this.shared.shortTicks.leave(this);
    if (state === 'closing') this.handler.ended();
    else this.handler.lost(this.cause ?? classify('open', this.error));
  }

  // --- packets

  get mostBytes(): number {
    return MAX_PACKET_BYTES;
  }

  frame(first: number, bytes: Buffer, from: number, to: number): boolean {
    if (this.state === 'opening') this.connack(first, bytes, from, to);
    else if (this.state === 'open') this.packet(first, bytes, from, to);
    return this.state === 'opening' || this.state === 'open';
  }

  malformed(code = ''): void {
    if (this.state === 'opening') this.fail(malformedBy('connack', code));
    else if (this.state === 'open') this.lose(malformedBy('open', code));
  }

  private connack(first: number, bytes: Buffer, from: number, to: number): void {
    const connack = readConnack(first, bytes, from, to, this.shared.isMqtt5);
    if (connack === undefined) this.malformed();
    else if (connack.code !== 0) this.fail(rejectedConnack(connack.code));
    else this.open(this.attempt!, connack.limits);
  }

  private open(attempt: Attempt, limits: Readonly<ServerLimits>): void {
    if (!attempt.settle()) return;
    this.state = 'open';
    this.attempt = undefined;
    if (this.isPlain) this.dial = undefined;
    this.limits = limits;
    // MQTT 5, 3.2.2.3.14: the server's word goes before ours.
    if (limits.serverKeepAlive !== NO_LIMITS.serverKeepAlive)
      this.keepalive.keepaliveSec = limits.serverKeepAlive;
    if (needsShortTicks(this.keepalive.keepaliveSec)) this.shared.shortTicks.join(this);
    this.handler.opened(attempt.finish());
  }

  private packet(first: number, bytes: Buffer, from: number, to: number): void {
    const { isMqtt5 } = this.shared;
    const type = first >> 4;
    if (type === PACKET.publish) {
      this.received(first, bytes, from, to);
    } else if (type === PACKET.puback) {
      if (!isSoundPuback(bytes, from, to, isMqtt5)) this.malformed();
      else this.handler.acked(bytes.readUInt16BE(from), pubackCode(bytes, from, to));
    } else if (!isSound(first, bytes, from, to, isMqtt5)) {
      this.malformed();
    } else if (type === PACKET.suback) {
      this.suback(bytes.readUInt16BE(from), subackCodes(bytes, from, to, isMqtt5));
    } else if (type === PACKET.disconnect) {
      this.lose(disconnectedByServer(disconnectCode(bytes, from, to)));
    }
  }

  private received(first: number, bytes: Buffer, from: number, to: number): void {
    const qos = (first >> 1) & 3;
    const publish = isPublishQos(first, qos)
      ? readPublish(bytes, from, to, qos, this.shared.isMqtt5)
      : undefined;
    if (publish === undefined) {
      this.malformed();
      return;
    }
    const { topic, payload, packetId } = publish;
    this.handler.received(topic, payload, (first & 1) === 1);
    if (qos === 0 || this.state !== 'open') return;
    this.shared.writer.puback(this.stream!, packetId);
    this.keepalive.said();
    this.readOnlyAsFastAsHeard();
  }

  private suback(packetId: number, codes: number[]): void {
    const expected = this.pending?.countOf(packetId);
    // One that repeats, or answers nothing.
    if (expected === undefined) return;
    const answered = expected === codes.length ? this.pending!.answered(packetId, codes) : undefined;
    if (answered === undefined) this.malformed();
    else this.handler.subscribed(answered.codes, answered.from);
  }

  /** A server that takes no PUBACKs gets no more messages off its hands, else they would gather here. */
  private readOnlyAsFastAsHeard(): void {
    const stream = this.stream!;
    if (!stream.writableNeedDrain || stream.isPaused()) return;
    stream.pause();
    stream.once('drain', resume);
  }

  // --- ends

  private fail(failure: Failure): void {
    if (!this.attempt!.settle()) return;
    this.destroy();
    this.handler.failed(failure);
  }

  /** `closed` follows. */
  private lose(cause: Failure): void {
    this.state = 'losing';
    this.cause = cause;
    this.stream!.destroy();
  }

  private destroy(): void {
    this.state = 'over';
    this.dial?.destroy();
    this.stream?.destroy();
  }

  /** 1 … 65535; free unless that many wait for their acknowledgement, which the caller sees to. */
  private nextPacketId(): number {
    this.lastPacketId = this.lastPacketId === MOST_PACKET_ID ? 1 : this.lastPacketId + 1;
    return this.lastPacketId;
  }
}

function destroyStream(stream: Duplex): void {
  stream.destroy();
}

function resume(this: Duplex): void {
  this.resume();
}
