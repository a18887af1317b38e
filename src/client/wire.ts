/** The lean client: MQTT on a socket of ours, written for load. What its connections share is in one WireClient per shard. */
import type { Duplex } from 'node:stream';
import { MAX_TOPICS_PER_SUBSCRIBE } from '../scenario/platform-limits.ts';
import type { Scenario, Subscription } from '../scenario/scenario.ts';
import type { Credentials } from '../signing/credentials.ts';
import type { Endpoint } from '../signing/endpoint.ts';
import type { Attempt } from './attempt.ts';
import {
  type Client,
  type Connection,
  type ConnectionHandler,
  DEFAULT_RECEIVE_MAXIMUM,
  LINGER_MS,
} from './connection.ts';
import { Dial, type DialHandler, type DialOptions, dialOptions } from './dial.ts';
import { classify, disconnectedByServer, type Failure, rejectedConnack } from './failure.ts';
import { type FrameReader, PACKET, type Rest, readFrames, varintBytes } from './frames.ts';
import { Keepalive } from './keepalive.ts';
import { Outbox } from './outbox.ts';
import { awaitDrain, type CountingOwner, countSent, own, readData } from './owned-stream.ts';
import { PacketWriter } from './packet-writer.ts';
import { RarePackets } from './rare-packets.ts';
import { readPublish } from './received-publish.ts';

const MOST_PACKET_ID = 0xffff;

type WireSettings = Pick<Scenario, 'protocol' | 'connect' | 'tls'>;

export function createWireClient(settings: WireSettings): Client {
  const shared = new Shared(settings);
  return {
    connect: (attempt, endpoint, credentials, handler) =>
      new WireConnection(shared, attempt, endpoint, credentials, handler),
  };
}

class Shared {
  readonly writer: PacketWriter;
  readonly rare: RarePackets;
  readonly dial: DialOptions;
  readonly isMqtt5: boolean;
  readonly keepaliveSec: number;

  constructor({ protocol, connect, tls }: WireSettings) {
    this.writer = new PacketWriter(new Outbox(countSent), protocol, connect.keepaliveSec);
    this.rare = new RarePackets(protocol);
    this.isMqtt5 = protocol === '5';
    this.keepaliveSec = connect.keepaliveSec;
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
  /** Of the SUBSCRIBEs in their order; -1 once there is a SUBACK. */
  private subscribeIds: number[] | undefined = undefined;
  private error: Error | undefined = undefined;
  private cause: Failure | undefined = undefined;
  private isPlain = false;
  private readBytes = 0;
  sentBytes = 0;
  private linger: NodeJS.Timeout | undefined = undefined;
  receiveMaximum = DEFAULT_RECEIVE_MAXIMUM;
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

  /** Of plain TCP every byte passes here: asking the socket costs more than counting. */
  get bytesSent(): number {
    return this.isPlain ? this.sentBytes : this.dial!.bytesSent;
  }

  get bytesReceived(): number {
    return this.isPlain ? this.readBytes : this.dial!.bytesReceived;
  }

  // --- the device's side

  subscribe(subscriptions: Subscription[]): void {
    this.subscribeIds ??= [];
    for (let from = 0; from < subscriptions.length; from += MAX_TOPICS_PER_SUBSCRIBE) {
      const packetId = this.nextPacketId();
      this.subscribeIds.push(packetId);
      this.shared.writer.subscribe(
        this.stream!,
        packetId,
        subscriptions.slice(from, from + MAX_TOPICS_PER_SUBSCRIBE),
      );
    }
    this.keepalive.said();
  }

  publish(topic: string, payload: string | Buffer, qos: 0 | 1): number {
    const packetId = qos === 0 ? 0 : this.nextPacketId();
    this.shared.writer.publish(this.stream!, topic, payload, packetId);
    this.keepalive.said();
    return packetId;
  }

  get takesMore(): boolean {
    return !this.stream!.writableNeedDrain;
  }

  get hasUnwritten(): boolean {
    return this.stream!.writableLength > 0;
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

  read(chunk: Buffer): void {
    this.readBytes += chunk.length;
    this.keepalive.heard();
    this.rest = readFrames(this, this.rest, chunk);
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
    clearTimeout(this.linger);
    if (state === 'closing') this.handler.ended();
    else this.handler.lost(this.cause ?? classify('open', this.error));
  }

  // --- packets

  frame(first: number, bytes: Buffer, from: number, to: number): boolean {
    if (this.state === 'opening') this.connack(first, bytes, from, to);
    else if (this.state === 'open') this.packet(first, bytes, from, to);
    return this.state === 'opening' || this.state === 'open';
  }

  malformed(): void {
    if (this.state === 'opening') this.fail({ phase: 'connack', kind: 'protocol', code: '' });
    else if (this.state === 'open') this.lose({ phase: 'open', kind: 'protocol', code: '' });
  }

  /** Nothing may come before it [MQTT-3.2.0-1]. */
  private connack(first: number, bytes: Buffer, from: number, to: number): void {
    // Of the flags, all but the lowest are reserved [MQTT-3.2.2-1 of MQTT 5].
    if (first >> 4 !== PACKET.connack || to - from < 2 || bytes[from]! > 1) this.malformed();
    else if (this.shared.isMqtt5 && !this.readConnackProperties(bytes, from, to)) this.malformed();
    else if (bytes[from + 1] !== 0) this.fail(rejectedConnack(bytes[from + 1]!));
    else this.open(this.attempt!);
  }

  private open(attempt: Attempt): void {
    if (!attempt.settle()) return;
    this.state = 'open';
    this.attempt = undefined;
    if (this.isPlain) this.dial = undefined;
    this.handler.opened(attempt.finish());
  }

  /** False for those that are none. */
  private readConnackProperties(bytes: Buffer, from: number, to: number): boolean {
    const packet = this.rare('connack', bytes, from, to);
    const { serverKeepAlive, receiveMaximum } = packet?.properties ?? {};
    // MQTT 5, 3.2.2.3.14: the server's word goes before ours.
    if (serverKeepAlive !== undefined) this.keepalive.keepaliveSec = serverKeepAlive;
    if (receiveMaximum !== undefined) this.receiveMaximum = receiveMaximum;
    return packet !== undefined;
  }

  private packet(first: number, bytes: Buffer, from: number, to: number): void {
    switch (first >> 4) {
      case PACKET.publish:
        this.received(first, bytes, from, to);
        break;
      case PACKET.puback:
        if (to - from < 2) this.malformed();
        else this.handler.acked(bytes.readUInt16BE(from), to - from > 2 ? bytes[from + 2]! : 0);
        break;
      case PACKET.suback:
        this.suback(bytes, from, to);
        break;
      case PACKET.pingresp:
        break;
      case PACKET.disconnect: {
        const packet = this.rare('disconnect', bytes, from, to);
        if (packet === undefined) this.malformed();
        else this.lose(disconnectedByServer(packet.reasonCode ?? 0));
        break;
      }
      default:
        // What only clients send, a second CONNACK, or a part of QoS 2, which nobody here has asked for.
        this.malformed();
    }
  }

  private received(first: number, bytes: Buffer, from: number, to: number): void {
    const qos = (first >> 1) & 3;
    const publish = qos > 1 ? undefined : readPublish(bytes, from, to, qos, this.shared.isMqtt5);
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

  private suback(bytes: Buffer, from: number, to: number): void {
    const packet = this.rare('suback', bytes, from, to);
    if (packet === undefined) {
      this.malformed();
      return;
    }
    const ids = this.subscribeIds ?? [];
    const at = ids.indexOf(packet.messageId!);
    // One that repeats, or answers nothing.
    if (at === -1) return;
    ids[at] = -1;
    this.handler.subscribed(packet.granted as number[], at * MAX_TOPICS_PER_SUBSCRIBE);
  }

  /** A server that takes no PUBACKs gets no more messages off its hands, else they would gather here. */
  private readOnlyAsFastAsHeard(): void {
    const stream = this.stream!;
    if (!stream.writableNeedDrain || stream.isPaused()) return;
    stream.pause();
    stream.once('drain', resume);
  }

  private rare<Cmd extends 'connack' | 'suback' | 'disconnect'>(
    cmd: Cmd,
    bytes: Buffer,
    from: number,
    to: number,
  ) {
    const start = from - 1 - varintBytes(to - from);
    return this.shared.rare.read(cmd, bytes.subarray(start, to));
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
