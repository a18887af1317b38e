/** Streams of MQTT packets that are sound before they are spoiled: bytes that get past the first check reach further than noise. */
import { generate, type Packet } from 'mqtt-packet';
import type { Chance } from './chance.ts';

export interface Names {
  version: 4 | 5;
  /** Of packets that the other side waits for. */
  ids: readonly number[];
  topics: readonly string[];
}

/** What a server may send a device, and a few that it may not. */
export function fromServer(chance: Chance, names: Names): Buffer {
  return stream(chance, names, [
    ...['connack', 'publish', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback'],
    ...['pingresp', 'disconnect', 'auth', 'pingreq', 'subscribe'],
  ] as Packet['cmd'][]);
}

/** What a device may send a server, and a few that it may not. */
export function fromDevice(chance: Chance, names: Names): Buffer {
  return stream(chance, names, [
    ...['publish', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'subscribe', 'unsubscribe', 'pingreq'],
    ...['disconnect', 'auth', 'connack', 'suback'],
  ] as Packet['cmd'][]);
}

function stream(chance: Chance, names: Names, kinds: readonly Packet['cmd'][]): Buffer {
  const packets = Array.from({ length: 1 + chance.upTo(5) }, () => sound(chance, chance.of(kinds), names));
  if (chance.is(0.1)) packets.push(announced(chance));
  return chance.spoiledBytes(Buffer.concat(packets));
}

/** A fixed header of any kind with a length that its body does not have. */
function announced(chance: Chance): Buffer {
  const header = [chance.upTo(256)];
  let left = chance.length();
  do {
    header.push((left & 127) | (left > 127 ? 128 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.concat([Buffer.from(header), chance.bytes(chance.upTo(12))]);
}

function sound(chance: Chance, cmd: Packet['cmd'], { version, ids, topics }: Names): Buffer {
  const messageId = chance.is(0.7) ? chance.of(ids) : 1 + chance.upTo(65_535);
  const reasonCode = version === 5 ? chance.of([0, 0x10, 0x80, 0x87, 0x97, 0x99]) : 0;
  const properties = version === 5 && chance.is(0.4) ? { properties: propertiesOf(chance, cmd) } : {};
  const qos = chance.of([0, 1, 1, 2] as const);
  const made: Record<string, unknown> = {
    cmd,
    messageId,
    reasonCode,
    returnCode: chance.of([0, 0, 1, 5]),
    sessionPresent: chance.is(0.2),
    topic: chance.of(topics),
    payload: chance.bytes(chance.upTo(40)),
    qos,
    dup: qos > 0 && chance.is(0.2),
    retain: chance.is(0.2),
    granted: cmd === 'suback' || cmd === 'unsuback' ? [chance.of([0, 1, 2, 128])] : undefined,
    subscriptions: [{ topic: chance.of(topics), qos: chance.of([0, 1] as const) }],
    unsubscriptions: [chance.of(topics)],
    ...properties,
  };
  if (cmd === 'publish' && qos === 0) delete made.messageId;
  try {
    return generate(made as unknown as Packet, { protocolVersion: version });
  } catch {
    // The library makes no packet of these; two bytes of its kind will do.
    return Buffer.of(chance.upTo(256), 0);
  }
}

function propertiesOf(chance: Chance, cmd: Packet['cmd']): Record<string, unknown> {
  const some: Record<string, unknown> = { userProperties: { a: 'b' } };
  if (cmd === 'connack') {
    some.receiveMaximum = chance.of([1, 20, 65_535]);
    some.topicAliasMaximum = chance.upTo(21);
    some.serverKeepAlive = chance.of([1, 60]);
    some.maximumPacketSize = chance.of([64, 262_144]);
    some.maximumQoS = chance.upTo(2);
  }
  if (cmd === 'publish') some.topicAlias = 1 + chance.upTo(30);
  if (cmd !== 'publish' && cmd !== 'subscribe' && cmd !== 'unsubscribe') some.reasonString = 'because';
  return some;
}
