/** One connection on the stand-in, from the transport's accept to its end. */
import type { Duplex } from 'node:stream';
import type { ConnectPacket } from '../../mqtt/device-packets.ts';
import {
  type FrameReader,
  MAX_PACKET_BYTES,
  OVERSIZE,
  type Rest,
  readFrames,
  wholePacket,
} from '../../mqtt/frames.ts';
import type { DevicePublish } from '../../mqtt/messages/device-publish.ts';
import { nextPacketId } from '../../mqtt/packet-id.ts';
import { SessionState } from '../sessions/session-state.ts';
import type { Will } from '../sessions/wills.ts';
import { MAXIMUM_PACKET_BYTES, REASON, TOPIC_ALIAS_MAXIMUM } from './mqtt5.ts';
import type { SignIn } from './sign-in.ts';

/** The most bytes of a stranger's packet: a CONNECT takes some hundred. */
const MOST_CONNECT_BYTES = 16 * 1024;
/** Bytes that a client may send ahead of its CONNACK, for which it need not wait [MQTT 3.1.1, 3.1.4]; the rest is read afterwards. */
const MOST_EARLY_BYTES = 64 * 1024;
/** Bytes that a packet takes which is kept, beside its own. */
const KEPT_BYTES = 100;
/** Packet ids are 16 bits wide, and 0 is none. */
const MOST_RECEIVED = 65_535;

export interface SessionOwner {
  /** One packet, as of frames.FrameReader. */
  packet(session: Session, first: number, bytes: Buffer, from: number, to: number): void;
  /** `reason` is one of MQTT 5, which a device that speaks it is told. */
  end(session: Session, reason?: number): void;
}

export class Session implements FrameReader {
  readonly stream: Duplex;
  readonly tls: boolean;
  /** SHA-256 fingerprint of the client's own. */
  readonly certificate: string | undefined;
  /** The answer to its CONNECT; undefined until one came. */
  signIn: SignIn | undefined;
  /** The time (µs of the clock) at which the CONNECT arrived. */
  connectUs = 0;
  /** CONNACK 0 was sent and the connection has not ended since. */
  open = false;
  /** It has ended: nothing more is read or sent. */
  closed = false;
  keepaliveUs = 0;
  isMqtt5 = false;
  /** What the device takes at once, and in one packet (MQTT 5, 3.1.2.11). */
  receiveMaximum = MOST_RECEIVED;
  maximumPacketBytes = Number.POSITIVE_INFINITY;
  /** What is published when it ends without a word; undefined after one. */
  will: Will | undefined;
  /** What may outlast it; of nobody until the device is let in. */
  state = NOBODYS;
  readonly acceptedUs: number;
  /** The time (µs of the clock) at which the last bytes came. */
  heardUs: number;
  private readonly owner: SessionOwner;
  private rest: Rest;
  /** The packets that came between CONNECT and CONNACK; undefined at any other time. */
  private early: Buffer[] | undefined;
  private earlyBytes = 0;
  private lastMessageId = 0;
  private aliases: string[] | undefined;

  constructor(owner: SessionOwner, stream: Duplex, tls: boolean, nowUs: number, certificate?: string) {
    this.owner = owner;
    this.stream = stream;
    this.tls = tls;
    this.certificate = certificate;
    this.acceptedUs = this.heardUs = nowUs;
  }

  /** `/<productKey>/<deviceName>`; undefined unless the sign-in was accepted. */
  get topicPrefix(): string | undefined {
    return this.signIn?.ok ? this.signIn.topicPrefix : undefined;
  }

  /** Whether it came for credentials and is no device that has signed in. */
  get isPassing(): boolean {
    return this.signIn?.ok === true && this.signIn.handOut !== undefined;
  }

  get mostBytes(): number {
    if (this.signIn === undefined) return MOST_CONNECT_BYTES;
    return this.isMqtt5 ? MAXIMUM_PACKET_BYTES : MAX_PACKET_BYTES;
  }

  read(chunk: Buffer, nowUs: number): void {
    this.heardUs = nowUs;
    if (!this.closed) this.rest = readFrames(this, this.rest, chunk);
  }

  frame(first: number, bytes: Buffer, from: number, to: number): boolean {
    if (this.early === undefined) this.owner.packet(this, first, bytes, from, to);
    else this.keep(this.early, wholePacket(bytes, from, to));
    return !this.closed;
  }

  malformed(code: string): void {
    this.owner.end(this, code === OVERSIZE ? REASON.packetTooLarge : REASON.malformedPacket);
  }

  /** Takes on what CONNECT says of the device. */
  introduce({ keepalive = 0, protocolVersion, properties = {} }: ConnectPacket): void {
    this.keepaliveUs = keepalive * 1e6;
    this.isMqtt5 = protocolVersion === 5;
    this.receiveMaximum = properties.receiveMaximum ?? MOST_RECEIVED;
    this.maximumPacketBytes = properties.maximumPacketSize ?? Number.POSITIVE_INFINITY;
  }

  /** Whether the device takes fewer messages at once than there are packet ids. */
  get isBounded(): boolean {
    return this.receiveMaximum < MOST_RECEIVED;
  }

  /** Puts the topic in the place of an alias, or remembers it by one. Returns the reason against it, or 0. */
  resolveAlias(publish: DevicePublish): number {
    const { topic, properties } = publish;
    if (!properties?.hasTopicAlias) return REASON.none;
    const { topicAlias } = properties;
    if (topicAlias === 0 || topicAlias > TOPIC_ALIAS_MAXIMUM) return REASON.topicAliasInvalid;
    this.aliases ??= [];
    if (topic !== '') this.aliases[topicAlias] = topic;
    const known = this.aliases[topicAlias];
    if (known === undefined) return REASON.protocolError;
    publish.topic = known;
    return REASON.none;
  }

  /** Keeps packets from here to `goOn`. */
  wait(): void {
    this.early = [];
  }

  goOn(): void {
    const { early = [], earlyBytes } = this;
    this.early = undefined;
    this.earlyBytes = 0;
    for (const packet of early) if (!this.closed) readFrames(this, undefined, packet);
    if (earlyBytes > MOST_EARLY_BYTES) this.stream.resume();
  }

  private keep(early: Buffer[], packet: Buffer): void {
    early.push(Buffer.from(packet));
    this.earlyBytes += packet.length + KEPT_BYTES;
    if (this.earlyBytes > MOST_EARLY_BYTES) this.stream.pause();
  }

  nextMessageId(): number {
    this.lastMessageId = nextPacketId(this.lastMessageId);
    return this.lastMessageId;
  }
}

const NOBODYS = new SessionState('');
