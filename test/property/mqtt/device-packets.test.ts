/** Whatever a device may say in MQTT 5 is read as mqtt-packet writes it; and cut off anywhere it is no packet. */
import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import {
  readConnect,
  readDisconnect,
  readSubscribe,
  readUnsubscribe,
} from '../../../src/mqtt/device-packets.ts';
import { varintBytes } from '../../../src/mqtt/frames.ts';
import { readDevicePublish } from '../../../src/mqtt/messages/device-publish.ts';
import { cases } from '../../support/cases.ts';

const text = (minLength = 0) =>
  fc
    .oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 30 }))
    .map((made) => made.replaceAll('\0', '') + 'a'.repeat(minLength));
const bytes = fc.uint8Array({ maxLength: 60 }).map((made) => Buffer.from(made));
const uint16 = fc.integer({ min: 1, max: 0xffff });
const uint32 = fc.integer({ min: 1, max: 0xffff_ffff });
const topic = text(1).map((made) => made.replaceAll(/[+#]/g, '/'));
/** By name: mqtt-packet writes each name's values in a row, and nothing at all where there is no name. */
const userProperties = fc
  .uniqueArray(
    fc.tuple(
      // None of an object's own.
      text(1).filter((name) => name !== '__proto__'),
      fc.array(text(), { minLength: 1, maxLength: 3 }),
    ),
    { minLength: 1, maxLength: 3, selector: ([name]) => name },
  )
  .map((pairs) => Object.fromEntries(pairs));

/** Of a message, but for its expiry: as they are passed on. */
const passedOn = {
  payloadFormatIndicator: fc.boolean(),
  contentType: text(),
  responseTopic: topic,
  correlationData: bytes,
  userProperties,
};
const optional = { requiredKeys: [] };
const ofMessage = fc.record({ ...passedOn, messageExpiryInterval: uint32, topicAlias: uint16 }, optional);
const ofWill = fc.record({ ...passedOn, messageExpiryInterval: uint32, willDelayInterval: uint32 }, optional);
const ofConnect = fc.record(
  {
    sessionExpiryInterval: uint32,
    receiveMaximum: uint16,
    maximumPacketSize: uint32,
    topicAliasMaximum: uint16,
    requestResponseInformation: fc.boolean(),
    requestProblemInformation: fc.boolean(),
    userProperties,
  },
  optional,
);

function written(packet: unknown): { whole: Buffer; length: number } {
  const whole = generate(packet as Packet, { protocolVersion: 5 });
  let length = whole.length - 2;
  while (1 + varintBytes(length) + length > whole.length) length--;
  return { whole, length };
}

/** The properties that a message is passed on with, as mqtt-packet writes them. */
function asWritten(properties: Record<string, unknown>): string {
  const { messageExpiryInterval, topicAlias, willDelayInterval, ...rest } = properties;
  const { whole, length } = written({
    cmd: 'publish',
    topic: 't',
    payload: '',
    qos: 0,
    dup: false,
    retain: false,
    properties: rest,
  });
  const body = whole.subarray(whole.length - length + 3);
  return body.subarray(varintBytes(body.length - 1)).toString('hex');
}

/** Its body cut off at `share` of its length, in a packet of that length. */
function cut(whole: Buffer, length: number, share: number): { whole: Buffer; length: number } {
  const shorter = Math.floor(length * share);
  const head = [whole[0]!];
  let rest = shorter;
  do {
    head.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return {
    whole: Buffer.concat([
      Buffer.from(head),
      whole.subarray(whole.length - length, whole.length - length + shorter),
    ]),
    length: shorter,
  };
}

const share = fc.double({ min: 0, max: 0.999, noNaN: true });
const isReason = expect.toSatisfy((read) => read === 0x81 || read === 0x82);

describe('a packet of MQTT 5', () => {
  it('CONNECT', () => {
    const will = fc.record({
      topic,
      payload: bytes,
      qos: fc.constantFrom(0, 1, 2),
      retain: fc.boolean(),
      properties: ofWill,
    });
    const fields = fc.record({
      clientId: text(),
      keepalive: fc.integer({ min: 0, max: 0xffff }),
      properties: ofConnect,
      will: fc.option(will, { nil: undefined }),
      username: fc.option(text(1), { nil: undefined }),
      password: fc.option(
        bytes.filter(({ length }) => length > 0),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(fields, share, (given, at) => {
        // The library writes no password without a user name.
        const { password, ...rest } = given;
        const sent = given.username === undefined ? rest : { ...rest, password };
        const { whole, length } = written({ cmd: 'connect', protocolVersion: 5, clean: true, ...sent });
        const read = readConnect(whole, length);
        if (typeof read === 'number') throw new Error(`refused: ${read}`);
        expect(read).toMatchObject({
          protocolVersion: 5,
          clientId: given.clientId,
          keepalive: given.keepalive,
        });
        expect(read.username).toBe(given.username);
        expect(read.password?.toString('hex')).toBe(
          given.username === undefined ? undefined : password?.toString('hex'),
        );
        for (const [name, value] of Object.entries(given.properties)) {
          if (name !== 'userProperties') expect(read.properties).toHaveProperty(name, value);
        }
        expect(read.willProperties?.passedOn.toString('hex')).toBe(
          given.will && asWritten(given.will.properties),
        );
        expect(read.willProperties?.willDelaySec).toBe(
          given.will && (given.will.properties.willDelayInterval ?? 0),
        );
        const shorter = cut(whole, length, at);
        expect(readConnect(shorter.whole, shorter.length)).toEqual(isReason);
      }),
      cases(),
    );
  });

  it('PUBLISH', () => {
    const qos = fc.constantFrom<0 | 1 | 2>(0, 1, 2);
    fc.assert(
      fc.property(topic, bytes, qos, uint16, ofMessage, (name, payload, level, messageId, properties) => {
        const sent = { topic: name, payload, qos: level, dup: false, retain: false, properties };
        const { whole, length } = written({ cmd: 'publish', ...sent, ...(level > 0 && { messageId }) });
        const from = whole.length - length;
        const read = readDevicePublish(whole, from, whole.length, level);
        if (typeof read === 'number') throw new Error(`refused: ${read}`);
        expect(read.topic).toBe(name);
        expect(read.packetId).toBe(level === 0 ? 0 : messageId);
        expect(read.payload.equals(payload)).toBe(true);
        const { messageExpiryInterval = Number.POSITIVE_INFINITY, topicAlias = 0 } = properties;
        expect(read.properties?.expirySec ?? Number.POSITIVE_INFINITY).toBe(messageExpiryInterval);
        expect(read.properties?.topicAlias ?? 0).toBe(topicAlias);
        expect(read.properties?.passedOn.toString('hex') ?? '').toBe(asWritten(properties));
        const users = Object.values(properties.userProperties ?? {}).flat().length;
        expect(read.properties?.userProperties ?? 0).toBe(users);
        // Everything before the payload is asked for.
        const headTo = whole.length - payload.length;
        for (let to = from; to < headTo; to++)
          expect(readDevicePublish(whole, from, to, level)).toEqual(isReason);
      }),
      cases(0.5),
    );
  });

  it('SUBSCRIBE and UNSUBSCRIBE', () => {
    const subscription = fc.record({
      topic: text(1),
      qos: fc.constantFrom(0, 1, 2),
      nl: fc.boolean(),
      rap: fc.boolean(),
      rh: fc.constantFrom(0, 1, 2),
    });
    const some = fc.array(subscription, { minLength: 1, maxLength: 4 });
    const properties = fc.record(
      { userProperties, subscriptionIdentifier: fc.integer({ min: 1, max: 268_435_455 }) },
      optional,
    );
    fc.assert(
      fc.property(uint16, some, properties, share, (messageId, subscriptions, said, at) => {
        const { whole, length } = written({ cmd: 'subscribe', messageId, subscriptions, properties: said });
        expect(readSubscribe(whole, length, true)).toEqual({
          messageId,
          subscriptions,
          hasSubscriptionIdentifier: said.subscriptionIdentifier !== undefined,
        });
        if (subscriptions.length === 1) {
          const shorter = cut(whole, length, at);
          expect(readSubscribe(shorter.whole, shorter.length, true)).toEqual(isReason);
        }
        const filters = subscriptions.map((each) => each.topic);
        const { subscriptionIdentifier, ...rest } = said;
        const un = written({ cmd: 'unsubscribe', messageId, unsubscriptions: filters, properties: rest });
        expect(readUnsubscribe(un.whole, un.length, true)).toEqual({ messageId, filters });
      }),
      cases(),
    );
  });

  it('DISCONNECT', () => {
    const code = fc.constantFrom(0, 4, 0x80, 0x82, 0x97, 0x99);
    const properties = fc.record(
      { sessionExpiryInterval: uint32, reasonString: text(), userProperties },
      optional,
    );
    fc.assert(
      fc.property(code, properties, (reasonCode, said) => {
        const { whole, length } = written({ cmd: 'disconnect', reasonCode, properties: said });
        expect(readDisconnect(whole, whole.length - length, whole.length)).toEqual({
          code: reasonCode,
          sessionExpirySec: said.sessionExpiryInterval,
        });
      }),
      cases(),
    );
  });
});
