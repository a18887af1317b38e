/**
 * Packets (MQTT 3.1.1 and 5, section 3) written straight into the outbox. In MQTT 5 a CONNECT has a property or two; those of other packets
 * are handed in as they are on the wire, without their length, and are none where nothing is said.
 */
import type { Duplex } from 'node:stream';
import type { KeptSession, Scenario, Subscription, WillMessage } from '../model/scenario.ts';
import type { Credentials } from '../platform/login.ts';
import { MAX_PACKET_BYTES, PACKET, varintBytes } from './frames.ts';
import type { Outbox } from './outbox.ts';
import { PROPERTY } from './properties.ts';
import { optionalBytes, stringBytes, utf8Length, writeAscii } from './text-bytes.ts';

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
const NONE: readonly number[] = [];
const NO_PROPERTIES: Uint8Array = new Uint8Array(0);

/** Bytes of a whole PUBLISH, its fixed header included. `propertiesLength` is that of MQTT 5's, without the bytes that say it. */
export function publishBytes(
  topic: string,
  payload: string | Buffer,
  qos: 0 | 1,
  isMqtt5: boolean,
  propertiesLength = 0,
): number {
  const payloadBytes = typeof payload === 'string' ? utf8Length(payload) : payload.length;
  const propertiesBytes = isMqtt5 ? varintBytes(propertiesLength) + propertiesLength : 0;
  const length = stringBytes(topic) + (qos === 0 ? 0 : 2) + propertiesBytes + payloadBytes;
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

  private willBytes(will: WillMessage | undefined): number {
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

  /** A server's answer to CONNECT, in MQTT 5 with a reason code. It goes to the socket with `flush`. */
  connack(
    stream: Duplex,
    code: number,
    sessionPresent: boolean,
    properties: Uint8Array = NO_PROPERTIES,
  ): void {
    this.begin(stream, PACKET.connack << 4, 2 + this.propertiesBytes(properties));
    this.byte(sessionPresent ? 1 : 0);
    this.byte(code);
    this.properties(properties);
  }

  /** Writes a PUBLISH; `packetId` is 0 at QoS 0. The payload is copied. `dup` marks what is sent a second time. */
  publish(
    stream: Duplex,
    topic: string,
    payload: string | Buffer,
    packetId: number,
    dup = false,
    properties: Uint8Array = NO_PROPERTIES,
  ): void {
    const payloadBytes = typeof payload === 'string' ? utf8Length(payload) : payload.length;
    const idBytes = packetId === 0 ? 0 : 2;
    const length = stringBytes(topic) + idBytes + this.propertiesBytes(properties) + payloadBytes;
    this.begin(stream, (packetId === 0 ? 0x30 : 0x32) | (dup ? 0x08 : 0), length);
    this.string(topic);
    if (packetId !== 0) this.uint16(packetId);
    this.properties(properties);
    const { bytes } = this.outbox;
    if (typeof payload === 'string') bytes.write(payload, this.at);
    else payload.copy(bytes, this.at);
  }

  /** A reason code is of MQTT 5 only, where 0 may be left out (3.4.2.1). */
  puback(stream: Duplex, packetId: number, code = 0): void {
    this.begin(stream, PACKET.puback << 4, code === 0 ? 2 : 3);
    this.uint16(packetId);
    if (code !== 0) this.byte(code);
  }

  /** In MQTT 3.1.1 an UNSUBACK has no codes. */
  acknowledgment(
    stream: Duplex,
    type: (typeof PACKET)['suback' | 'unsuback'],
    packetId: number,
    codes: readonly number[] = NONE,
  ): void {
    this.begin(stream, type << 4, 2 + this.noPropertiesBytes + codes.length);
    this.uint16(packetId);
    this.noProperties();
    for (const code of codes) this.byte(code);
  }

  pingreq(stream: Duplex): void {
    this.outbox.append(stream, PINGREQ);
  }

  /** The last that is said: it goes to the socket at once, with all that came before. A reason code is of MQTT 5 only. */
  disconnect(stream: Duplex, code = 0): void {
    this.outbox.append(stream, code === 0 ? DISCONNECT : Uint8Array.of(0xe0, 1, code));
    this.outbox.flush();
  }

  private get noPropertiesBytes(): number {
    return this.isMqtt5 ? 1 : 0;
  }

  private noProperties(): void {
    if (this.isMqtt5) this.byte(0);
  }

  private propertiesBytes({ length }: Uint8Array): number {
    return this.isMqtt5 ? varintBytes(length) + length : 0;
  }

  private properties(properties: Uint8Array): void {
    if (!this.isMqtt5) return;
    this.varint(properties.length);
    if (properties.length === 0) return;
    this.outbox.bytes.set(properties, this.at);
    this.at += properties.length;
  }

  /** Begins a packet with its fixed header; `length` is that of everything behind it. */
  private begin(stream: Duplex, first: number, length: number): void {
    this.at = this.outbox.claim(stream, 1 + varintBytes(length) + length);
    this.byte(first);
    this.varint(length);
  }

  private varint(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
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

function willFlags({ qos, retain }: WillMessage): number {
  return WILL | (qos << WILL_QOS_AT) | (retain ? WILL_RETAIN : 0);
}
