/** The lean client: MQTT on a socket of ours, written for load. What its connections share is in one WireClient per shard. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { disconnectedByServer, type Failure, malformedBy, rejectedConnack } from '../../model/failure.ts';
import { type FrameReader, MAX_PACKET_BYTES, PACKET, type Rest, readFrames } from '../../mqtt/frames.ts';
import { aliasProperty, type TopicAliases } from '../../mqtt/messages/topic-aliases.ts';
import { type CountingOwner, own, readData, readOnlyAsFastAsWritten } from '../../mqtt/owned-stream.ts';
import { nextPacketId } from '../../mqtt/packet-id.ts';
import { readPublish } from '../../mqtt/publish-reader.ts';
import { FORBIDDEN, NO_LIMITS } from '../../mqtt/server-limits.ts';
import {
  disconnectCode,
  isPublishQos,
  isSoundPacket,
  isSoundPuback,
  pubackCode,
  readConnack,
  subackCodes,
} from '../../mqtt/server-packets.ts';
import type { Endpoint } from '../../platform/endpoint.ts';
import type { Credentials } from '../../platform/login.ts';
import type { Attempt } from '../attempt.ts';
import type { Client, ClientSettings, ConnectionHandler } from '../connection.ts';
import { Keepalive } from '../keepalive.ts';
import type { Batch } from '../pending-subscriptions.ts';
import { type Accepted, SocketConnection } from '../socket-connection.ts';
import { SharedByWire } from './shared.ts';

export function createWireClient(settings: ClientSettings): Client {
  const shared = new SharedByWire(settings);
  return {
    connect: (attempt, endpoint, credentials, handler) =>
      new WireConnection(shared, attempt, endpoint, credentials, handler),
  };
}

class WireConnection extends SocketConnection<SharedByWire> implements CountingOwner, FrameReader {
  /** What it signs in with, until that is sent. */
  private credentials: Credentials | undefined;
  private rest: Rest = undefined;
  private lastPacketId = 0;
  private isPlain = false;
  private readBytes = 0;
  sentBytes = 0;
  private readonly keepalive: Keepalive;

  constructor(
    shared: SharedByWire,
    attempt: Attempt,
    endpoint: Endpoint,
    credentials: Credentials,
    handler: ConnectionHandler,
  ) {
    super(shared, attempt, endpoint, handler);
    this.credentials = credentials;
    this.keepalive = new Keepalive(shared.keepaliveSec);
  }

  /** Bytes; those of plain TCP pass here, and counting costs less than asking the socket. What still waits in it is none. */
  override get bytesSent(): number {
    return this.isPlain ? this.sentBytes - this.stream!.writableLength : this.dial!.bytesSent;
  }

  override get bytesReceived(): number {
    return this.isPlain ? this.readBytes : this.dial!.bytesReceived;
  }

  // --- the device's side

  protected override sendSubscribe(batch: Batch): void {
    batch.packetId = this.nextPacketId();
    this.shared.writer.subscribe(this.stream!, batch.packetId, batch.sent);
    this.keepalive.said();
  }

  publish(topic: string, payload: string | Buffer, qos: 0 | 1): number {
    if (!this.allows(topic, payload, qos)) return FORBIDDEN;
    const packetId = qos === 0 ? 0 : this.nextPacketId();
    if (this.aliases === undefined) this.shared.writer.publish(this.stream!, topic, payload, packetId);
    else this.publishByAlias(this.aliases, topic, payload, packetId);
    this.keepalive.said();
    return packetId;
  }

  private publishByAlias(
    aliases: TopicAliases,
    topic: string,
    payload: string | Buffer,
    packetId: number,
  ): void {
    const known = aliases.known(topic);
    const alias = known || this.newAlias(aliases, topic, payload, packetId === 0 ? 0 : 1);
    const properties = alias === 0 ? undefined : aliasProperty(alias);
    const name = known === 0 ? topic : '';
    this.shared.writer.publish(this.stream!, name, payload, packetId, false, properties);
  }

  resend(packetId: number, topic: string, payload: string | Buffer): boolean {
    this.lastPacketId = packetId;
    if (!this.allows(topic, payload, 1)) return false;
    this.shared.writer.publish(this.stream!, topic, payload, packetId, true);
    this.keepalive.said();
    return true;
  }

  tick(nowUs: number): void {
    if (this.state !== 'open') return;
    const step = this.keepalive.tick(nowUs);
    if (step === 'dead') this.lose({ phase: 'open', kind: 'keepalive', code: '' });
    else if (step === 'ping') this.shared.writer.pingreq(this.stream!);
  }

  protected override disconnect(stream: Duplex): void {
    this.shared.writer.disconnect(stream);
    stream.end();
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

  read(chunk: Buffer): boolean {
    this.readBytes += chunk.length;
    this.keepalive.heard();
    this.rest = readFrames(this, this.rest, chunk);
    return true;
  }

  failed(error: Error): void {
    this.onError(error);
  }

  closed(): void {
    // What was given up is not in it.
    if (this.isPlain && this.state !== 'over') this.sentBytes = (this.stream as Socket).bytesWritten;
    this.onClosed();
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
    const { isMqtt5, keepsSession } = this.shared;
    const connack = readConnack(first, bytes, from, to, isMqtt5, keepsSession);
    if (connack === undefined) this.malformed();
    else if (connack.code !== 0) this.fail(rejectedConnack(connack.code));
    else this.letIn(connack);
  }

  private letIn(accepted: Accepted): void {
    const { limits } = accepted;
    // MQTT 5, 3.2.2.3.14: the server's word goes before ours.
    if (limits.serverKeepAlive !== NO_LIMITS.serverKeepAlive)
      this.keepalive.keepaliveSec = limits.serverKeepAlive;
    if (this.isPlain) this.dial = undefined;
    this.open(this.attempt!.finish(), accepted, this.keepalive.keepaliveSec);
  }

  private packet(first: number, bytes: Buffer, from: number, to: number): void {
    const { isMqtt5 } = this.shared;
    const type = first >> 4;
    if (type === PACKET.publish) {
      this.received(first, bytes, from, to);
    } else if (type === PACKET.puback) {
      if (!isSoundPuback(bytes, from, to, isMqtt5)) this.malformed();
      else this.handler.acked(bytes.readUInt16BE(from), pubackCode(bytes, from, to));
    } else if (!isSoundPacket(first, bytes, from, to, isMqtt5)) {
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
    // A server that takes no PUBACKs gets no more messages off its hands, else they would gather here.
    readOnlyAsFastAsWritten(this.stream!);
  }

  private suback(packetId: number, codes: number[]): void {
    const expected = this.pending?.countOf(packetId);
    // One that repeats, or answers nothing.
    if (expected === undefined) return;
    const answered = expected === codes.length ? this.pending!.answered(packetId, codes) : undefined;
    if (answered === undefined) this.malformed();
    else this.handler.subscribed(answered.codes, answered.from);
  }

  protected override lose(cause: Failure): void {
    this.state = 'losing';
    super.lose(cause);
  }

  private nextPacketId(): number {
    do this.lastPacketId = nextPacketId(this.lastPacketId);
    while (this.handler.awaitsAck(this.lastPacketId));
    return this.lastPacketId;
  }
}
