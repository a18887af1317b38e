/** Whatever valid fields a packet is written with, mqtt-packet reads the same: the oracle of the packet writer. */
import { type Duplex, Writable } from 'node:stream';
import fc from 'fast-check';
import { generate, type Packet, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import type { KeptSession } from '../../../src/model/scenario.ts';
import { MAX_PACKET_BYTES, PACKET } from '../../../src/mqtt/frames.ts';
import { aliasProperty } from '../../../src/mqtt/messages/topic-aliases.ts';
import { Outbox } from '../../../src/mqtt/outbox.ts';
import { PacketWriter, publishBytes } from '../../../src/mqtt/packet-writer.ts';
import { cases } from '../../support/cases.ts';

type Protocol = '3.1.1' | '5';

/** What one packet is on the wire. */
function written(
  protocol: Protocol,
  keepaliveSec: number,
  write: (writer: PacketWriter, to: Duplex) => void,
  keptSession?: KeptSession,
): Buffer {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      // The outbox writes over it.
      chunks.push(Buffer.from(chunk));
      done();
    },
  }) as Duplex;
  const outbox = new Outbox();
  write(new PacketWriter(outbox, protocol, keepaliveSec, keptSession), stream);
  outbox.flush();
  return Buffer.concat(chunks);
}

/** The packets in it, and nothing else: they are the same bytes when mqtt-packet writes them. */
function read(protocol: Protocol, bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  const options = { protocolVersion: protocol === '5' ? 5 : 4 };
  const reader = parser(options);
  reader.on('packet', (packet) => packets.push(packet));
  reader.on('error', (error) => {
    throw error;
  });
  reader.parse(bytes);
  const again = Buffer.concat(packets.map((packet) => generate(packet, options)));
  expect(bytes.equals(again)).toBe(true);
  return packets;
}

const protocol = fc.constantFrom<Protocol>('3.1.1', '5');
const packetId = fc.integer({ min: 1, max: 65_535 });
/** Any text but U+0000, which MQTT forbids [MQTT-1.5.3-2]; ASCII, and what takes two to four bytes. */
const text = (minLength: number) =>
  fc
    .oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 100 }))
    .map((made) => made.replaceAll('\0', '') + 'a'.repeat(minLength));
const topic = text(1).map((made) => made.replaceAll(/[+#]/g, '/'));
const payload = fc.oneof(
  text(0),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  // About where the length takes one byte more.
  fc
    .oneof(fc.integer({ min: 100, max: 140 }), fc.integer({ min: 16_300, max: 16_400 }))
    .map((length) => Buffer.alloc(length, 7)),
);

describe('the packet writer', () => {
  it('writes a CONNECT', () => {
    fc.assert(
      fc.property(
        protocol,
        fc.integer({ min: 0, max: 65_535 }),
        fc.record({ clientId: text(1), username: text(0), password: text(0) }),
        (version, keepalive, { clientId, username, password }) => {
          const bytes = written(version, keepalive, (writer, stream) =>
            writer.connect(stream, { mqttClientId: clientId, username, password }),
          );
          const packets = read(version, bytes);
          expect(packets).toHaveLength(1);
          expect(packets[0]).toMatchObject({
            cmd: 'connect',
            protocolId: 'MQTT',
            protocolVersion: version === '5' ? 5 : 4,
            clean: true,
            keepalive,
            clientId,
            username,
            password: Buffer.from(password),
          });
          const { properties, will } = packets[0] as Extract<Packet, { cmd: 'connect' }>;
          expect(properties).toEqual(version === '5' ? { maximumPacketSize: MAX_PACKET_BYTES } : undefined);
          expect(will).toBeUndefined();
        },
      ),
      cases(),
    );
  });

  it('writes a CONNECT with a will and a session that is kept', () => {
    fc.assert(
      fc.property(
        protocol,
        fc.record({
          topic,
          payload: text(0),
          qos: fc.constantFrom(0 as const, 1 as const),
          retain: fc.boolean(),
        }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.option(text(0), { nil: undefined }),
        (version, will, expirySec, username) => {
          const kept = version === '5' ? { expirySec } : {};
          const bytes = written(
            version,
            60,
            (writer, stream) =>
              writer.connect(stream, { mqttClientId: 'a client', username, password: undefined, will }),
            kept,
          );
          const packets = read(version, bytes);
          expect(packets).toHaveLength(1);
          const { clean, properties, ...connect } = packets[0] as Extract<Packet, { cmd: 'connect' }>;
          expect(clean).toBe(false);
          expect(connect.will).toMatchObject({ ...will, payload: Buffer.from(will.payload) });
          expect(connect.username).toBe(username);
          expect(properties).toEqual(
            version === '5'
              ? { sessionExpiryInterval: expirySec, maximumPacketSize: MAX_PACKET_BYTES }
              : undefined,
          );
        },
      ),
      cases(),
    );
  });

  it('writes a PUBLISH by the number of its topic', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(''), topic),
        fc.integer({ min: 1, max: 65_535 }),
        payload,
        fc.option(packetId, { nil: 0 }),
        (name, topicAlias, body, id) => {
          const bytes = written('5', 0, (writer, stream) =>
            writer.publish(stream, name, body, id, false, aliasProperty(topicAlias)),
          );
          const packets = read('5', bytes);
          expect(packets).toHaveLength(1);
          expect(packets[0]).toMatchObject({
            cmd: 'publish',
            topic: name,
            payload: Buffer.from(body as string),
            qos: id === 0 ? 0 : 1,
            dup: false,
            properties: { topicAlias },
          });
        },
      ),
      cases(),
    );
  });

  it('writes a PUBLISH, and foretells its length', () => {
    fc.assert(
      fc.property(
        protocol,
        topic,
        payload,
        fc.option(packetId, { nil: 0 }),
        fc.boolean(),
        (version, name, body, id, isRepeated) => {
          const dup = isRepeated && id !== 0;
          const bytes = written(version, 0, (writer, stream) => writer.publish(stream, name, body, id, dup));
          const packets = read(version, bytes);
          expect(packets).toHaveLength(1);
          expect(packets[0]).toMatchObject({
            cmd: 'publish',
            topic: name,
            payload: Buffer.from(body as string),
            qos: id === 0 ? 0 : 1,
            dup,
            retain: false,
          });
          if (id !== 0) expect((packets[0] as { messageId: number }).messageId).toBe(id);
          expect(publishBytes(name, body, id === 0 ? 0 : 1, version === '5')).toBe(bytes.length);
        },
      ),
      cases(),
    );
  });

  it('writes a SUBSCRIBE', () => {
    const subscription = fc.record({ topic: text(1), qos: fc.constantFrom(0 as const, 1 as const) });
    fc.assert(
      fc.property(
        protocol,
        packetId,
        fc.array(subscription, { minLength: 1, maxLength: 8 }),
        (version, messageId, subscriptions) => {
          const packets = read(
            version,
            written(version, 0, (writer, stream) => writer.subscribe(stream, messageId, subscriptions)),
          );
          expect(packets).toHaveLength(1);
          expect(packets[0]).toMatchObject({ cmd: 'subscribe', messageId, subscriptions });
        },
      ),
      cases(),
    );
  });

  it('writes acknowledgements', () => {
    fc.assert(
      fc.property(
        packetId,
        fc.array(fc.constantFrom(0, 1, 0x80), { minLength: 1, maxLength: 8 }),
        (messageId, granted) => {
          const bytes = written('3.1.1', 0, (writer, stream) => {
            writer.puback(stream, messageId);
            writer.acknowledgment(stream, PACKET.suback, messageId, granted);
            writer.acknowledgment(stream, PACKET.unsuback, messageId);
          });
          expect(read('3.1.1', bytes)).toMatchObject([
            { cmd: 'puback', messageId },
            { cmd: 'suback', messageId, granted },
            { cmd: 'unsuback', messageId },
          ]);
          // Reason code 0 may be left out of MQTT 5's (3.4.2.1).
          const puback = written('5', 0, (writer, stream) => writer.puback(stream, messageId));
          expect(read('5', puback)).toMatchObject([{ cmd: 'puback', messageId, reasonCode: 0 }]);
        },
      ),
      cases(),
    );
  });

  it.each<Protocol>(['3.1.1', '5'])('writes what is always the same (%s)', (version) => {
    const bytes = written(version, 0, (writer, stream) => {
      writer.pingreq(stream);
      writer.disconnect(stream);
    });
    // They are the same in MQTT 5, where mqtt-packet writes a reason code 0 that may be left out (3.14.2.1).
    expect(read('3.1.1', bytes).map(({ cmd }) => cmd)).toEqual(['pingreq', 'disconnect']);
  });
});
