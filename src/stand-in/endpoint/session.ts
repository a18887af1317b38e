/** One connection on the stand-in, from the transport's accept to its end. */
import type { Duplex } from 'node:stream';
import { type FrameReader, MAX_PACKET_BYTES, type Rest, readFrames, wholePacket } from '../../mqtt/frames.ts';
import { nextPacketId } from '../../mqtt/packet-id.ts';
import { hasWildcard, topicMatches } from '../../mqtt/topic-filter.ts';
import type { AutomaticSubscription } from './automatic-topics.ts';
import type { SignIn } from './sign-in.ts';

/** The most bytes of a stranger's packet: a CONNECT takes some hundred. */
const MOST_CONNECT_BYTES = 16 * 1024;
/** Bytes that a client may send ahead of its CONNACK, for which it need not wait [MQTT 3.1.1, 3.1.4]; the rest is read afterwards. */
const MOST_EARLY_BYTES = 64 * 1024;
/** Bytes that a packet takes which is kept, beside its own. */
const KEPT_BYTES = 100;

export interface SessionOwner {
  /** One packet, as of frames.FrameReader. */
  packet(session: Session, first: number, bytes: Buffer, from: number, to: number): void;
  end(session: Session): void;
}

export class Session implements FrameReader {
  readonly stream: Duplex;
  readonly tls: boolean;
  /** The answer to its CONNECT; undefined until one came. */
  signIn: SignIn | undefined;
  /** The time (µs of the clock) at which the CONNECT arrived. */
  connectUs = 0;
  /** CONNACK 0 was sent and the connection has not ended since. */
  open = false;
  /** It has ended: nothing more is read or sent. */
  closed = false;
  keepaliveUs = 0;
  /** The filters that it is subscribed to. */
  filters = new Set<string>();
  readonly acceptedUs: number;
  /** The time (µs of the clock) at which the last bytes came. */
  heardUs: number;
  private readonly owner: SessionOwner;
  private rest: Rest;
  /** The packets that came between CONNECT and CONNACK; undefined at any other time. */
  private early: Buffer[] | undefined;
  private earlyBytes = 0;
  private lastMessageId = 0;
  private wildcards: string[] = [];

  constructor(owner: SessionOwner, stream: Duplex, tls: boolean, nowUs: number) {
    this.owner = owner;
    this.stream = stream;
    this.tls = tls;
    this.acceptedUs = this.heardUs = nowUs;
  }

  /** `/<productKey>/<deviceName>`; undefined unless the sign-in was accepted. */
  get topicPrefix(): string | undefined {
    return this.signIn?.ok ? this.signIn.topicPrefix : undefined;
  }

  private get automatic(): AutomaticSubscription | undefined {
    return this.signIn?.ok ? this.signIn.automatic : undefined;
  }

  get mostBytes(): number {
    return this.signIn === undefined ? MOST_CONNECT_BYTES : MAX_PACKET_BYTES;
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

  malformed(): void {
    this.owner.end(this);
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

  /** Takes on the filters of a persistent session, by reference: what changes here changes there. */
  restore(filters: Set<string>): void {
    this.filters = filters;
    this.filtersChanged();
  }

  subscribe(filter: string): void {
    this.filters.add(filter);
    this.filtersChanged();
  }

  unsubscribe(filter: string): void {
    this.filters.delete(filter);
    this.automatic?.unsubscribe(filter);
    this.filtersChanged();
  }

  hears(topic: string): boolean {
    return (
      this.filters.has(topic) ||
      this.wildcards.some((filter) => topicMatches(filter, topic)) ||
      (this.automatic?.hears(topic) ?? false)
    );
  }

  /** Picks out those with wildcards, so that a publish need not look through all of them. */
  private filtersChanged(): void {
    this.wildcards = [...this.filters].filter(hasWildcard);
  }
}
