/** Packets (MQTT 3.1.1 and 5, section 3) written straight into the outbox; in MQTT 5 a CONNECT has a property or two, a PUBLISH may have one. */
import type { Duplex } from 'node:stream';
import type { KeptSession, Scenario, Subscription, Will } from '../model/scenario.ts';
import type { Credentials } from '../platform/platform.ts';
import { MAX_PACKET_BYTES, PACKET, varintBytes } from './frames.ts';
import type { Outbox } from './outbox.ts';
import { PROPERTY } from './properties.ts';

const PINGREQ = Uint8Array.of(0xc0, 0);
/** DISCONNECT as a packet, also of MQTT 5, where reason code 0 may be left out (3.14.2.1). */
const DISCONNECT = Uint8Array.of(0xe0, 0);
const PROTOCOL_NAME = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54]);
/** Bits of CONNECT: clean session (clean start), its will, and which of the two strings it has. */
const CLEAN = 0x02;
const WILL = 0x04;
const WILL_QOS_AT = 3;
const WILL_RETAIN = 0x20;
const USERNAME = 0x80;
const PASSWORD = 0x40;
/** Maximum Packet Size and Session Expiry Interval: an id and four bytes each. */
const UINT32_PROPERTY_BYTES = 5;
/** Topic Alias: its id and two bytes. */
const ALIAS_PROPERTY_BYTES = 3;
const NONE: readonly number[] = [];

/** Bytes of a whole PUBLISH, its fixed header included. */
export function publishBytes(topic: string, payload: string | Buffer, qos: 0 | 1, isMqtt5: boolean): number {
  const payloadBytes = typeof payload === 'string' ? utf8Length(payload) : payload.length;
  const length = stringBytes(topic) + (qos === 0 ? 0 : 2) + (isMqtt5 ? 1 : 0) + payloadBytes;
  return 1 + varintBytes(length) + length;
}

export class PacketWriter {
  private readonly outbox: Outbox;
  private readonly isMqtt5: boolean;
  private readonly keepaliveSec: number;
  private readonly keptSession: KeptSession | undefined;
  /** The place in the outbox at which the packet under way goes on. */
  private at = 0;

  constructor(
    outbox: Outbox,
    protocol: Scenario['protocol'],
    keepaliveSec: number,
    keptSession?: KeptSession,
  ) {
    this.outbox = outbox;
    this.isMqtt5 = protocol === '5';
    this.keepaliveSec = keepaliveSec;
    this.keptSession = keptSession;
  }

  connect(stream: Duplex, { mqttClientId, username, password, will }: Credentials): void {
    const strings = stringBytes(mqttClientId) + optionalBytes(username) + optionalBytes(password);
    const properties = this.isMqtt5 ? 1 + this.connectPropertiesBytes : 0;
    const length = PROTOCOL_NAME.length + 4 + properties + strings + this.willBytes(will);
    this.begin(stream, 0x10, length);
    this.at += PROTOCOL_NAME.copy(this.outbox.bytes, this.at);
    this.byte(this.isMqtt5 ? 5 : 4);
    this.byte(
      (this.keptSession === undefined ? CLEAN : 0) |
        (will === undefined ? 0 : willFlags(will)) |
        (username === undefined ? 0 : USERNAME) |
        (password === undefined ? 0 : PASSWORD),
    );
    this.uint16(this.keepaliveSec);
    if (this.isMqtt5) this.connectProperties();
    this.string(mqttClientId);
    if (will !== undefined) {
      this.noProperties();
      this.string(will.topic);
      this.string(will.payload);
    }
    if (username !== undefined) this.string(username);
    if (password !== undefined) this.string(password);
  }

  private get connectPropertiesBytes(): number {
    return this.keptSession?.expirySec === undefined ? UINT32_PROPERTY_BYTES : 2 * UINT32_PROPERTY_BYTES;
  }

  private connectProperties(): void {
    const expirySec = this.keptSession?.expirySec;
    this.byte(this.connectPropertiesBytes);
    if (expirySec !== undefined) this.uint32Property(PROPERTY.sessionExpiryInterval, expirySec);
    this.uint32Property(PROPERTY.maximumPacketSize, MAX_PACKET_BYTES);
  }

  private willBytes(will: Will | undefined): number {
    return will === undefined
      ? 0
      : this.noPropertiesBytes + stringBytes(will.topic) + stringBytes(will.payload);
  }

  subscribe(stream: Duplex, packetId: number, subscriptions: Subscription[]): void {
    const filters = subscriptions.reduce((sum, { topic }) => sum + stringBytes(topic) + 1, 0);
    this.begin(stream, 0x82, 2 + this.noPropertiesBytes + filters);
    this.uint16(packetId);
    this.noProperties();
    for (const { topic, qos } of subscriptions) {
      this.string(topic);
      this.byte(qos);
    }
  }

  /** Writes a PUBLISH; `packetId` is 0 at QoS 0. The payload is copied. `dup` marks what is sent a second time. */
  publish(stream: Duplex, topic: string, payload: string | Buffer, packetId: number, dup = false): void {
    const payloadBytes = typeof payload === 'string' ? utf8Length(payload) : payload.length;
    const idBytes = packetId === 0 ? 0 : 2;
    const length = stringBytes(topic) + idBytes + this.noPropertiesBytes + payloadBytes;
    this.begin(stream, (packetId === 0 ? 0x30 : 0x32) | (dup ? 0x08 : 0), length);
    this.string(topic);
    if (packetId !== 0) this.uint16(packetId);
    this.noProperties();
    this.payload(payload);
  }

  /** Writes a PUBLISH of MQTT 5 with the number of its topic; `topic` is empty where the server knows the number already. */
  publishByAlias(
    stream: Duplex,
    topic: string,
    alias: number,
    payload: string | Buffer,
    packetId: number,
  ): void {
    const payloadBytes = typeof payload === 'string' ? utf8Length(payload) : payload.length;
    const idBytes = packetId === 0 ? 0 : 2;
    const length = stringBytes(topic) + idBytes + 1 + ALIAS_PROPERTY_BYTES + payloadBytes;
    this.begin(stream, packetId === 0 ? 0x30 : 0x32, length);
    this.string(topic);
    if (packetId !== 0) this.uint16(packetId);
    this.byte(ALIAS_PROPERTY_BYTES);
    this.byte(PROPERTY.topicAlias);
    this.uint16(alias);
    this.payload(payload);
  }

  puback(stream: Duplex, packetId: number): void {
    this.acknowledgment(stream, PACKET.puback, packetId);
  }

  acknowledgment(
    stream: Duplex,
    type: (typeof PACKET)['puback' | 'suback' | 'unsuback'],
    packetId: number,
    codes: readonly number[] = NONE,
  ): void {
    this.begin(stream, type << 4, 2 + codes.length);
    this.uint16(packetId);
    for (const code of codes) this.byte(code);
  }

  pingreq(stream: Duplex): void {
    this.outbox.append(stream, PINGREQ);
  }

  /** The last that is said: it goes to the socket at once, with all that came before. */
  disconnect(stream: Duplex): void {
    this.outbox.append(stream, DISCONNECT);
    this.outbox.flush();
  }

  private get noPropertiesBytes(): number {
    return this.isMqtt5 ? 1 : 0;
  }

  private noProperties(): void {
    if (this.isMqtt5) this.byte(0);
  }

  /** Begins a packet with its fixed header; `length` is that of everything behind it. */
  private begin(stream: Duplex, first: number, length: number): void {
    this.at = this.outbox.claim(stream, 1 + varintBytes(length) + length);
    this.byte(first);
    let rest = length;
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
  }

  private payload(payload: string | Buffer): void {
    const { bytes } = this.outbox;
    if (typeof payload === 'string') bytes.write(payload, this.at);
    else payload.copy(bytes, this.at);
  }

  private byte(value: number): void {
    this.outbox.bytes[this.at++] = value;
  }

  private uint16(value: number): void {
    this.byte(value >> 8);
    this.byte(value & 0xff);
  }

  private uint32Property(id: number, value: number): void {
    this.byte(id);
    this.uint16(value >>> 16);
    this.uint16(value & 0xffff);
  }

  private string(text: string): void {
    const { bytes } = this.outbox;
    const from = this.at + 2;
    let length = writeAscii(bytes, text, from);
    if (length < text.length) length = bytes.write(text, from);
    this.uint16(length);
    this.at += length;
  }
}

function willFlags({ qos, retain }: Will): number {
  return WILL | (qos << WILL_QOS_AT) | (retain ? WILL_RETAIN : 0);
}

/** Returns how many characters it wrote: fewer than there are where one is not ASCII. Calls into C++ would cost several times as much. */
function writeAscii(bytes: Buffer, text: string, from: number): number {
  let at = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) break;
    bytes[from + at] = code;
  }
  return at;
}

/** Bytes of a string as MQTT writes it: two of length before it [MQTT 3.1.1, 1.5.3]. */
function stringBytes(text: string): number {
  return 2 + utf8Length(text);
}

/** Bytes of a string that need not be there. */
function optionalBytes(text: string | undefined): number {
  return text === undefined ? 0 : stringBytes(text);
}

/** Bytes of text that is mostly ASCII: for that it needs no call into C++. */
function utf8Length(text: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return Buffer.byteLength(text);
  }
  return text.length;
}
