/** What no server may send, packet by packet: each a device's own failure and no other's. */

export type Protocol = '3.1.1' | '5';

/** `stage`: in place of the CONNACK, or of the SUBACK to two filters, whose packet id is `id`. */
export interface Malformed {
  name: string;
  stage: 'connack' | 'open';
  bytes: (id: number) => Buffer;
}

/** A packet with the right length before its body. */
export function packet(first: number, ...body: (number | string)[]): Buffer {
  const bytes = Buffer.concat(
    body.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part, 'latin1'))),
  );
  return Buffer.concat([Buffer.of(first, bytes.length), bytes]);
}

const id16 = (id: number): number[] => [id >> 8, id & 0xff];

function at(
  stage: Malformed['stage'],
  named: Record<string, Buffer | ((id: number) => Buffer)>,
): Malformed[] {
  return Object.entries(named).map(([name, bytes]) => ({
    name: `${stage}: ${name}`,
    stage,
    bytes: typeof bytes === 'function' ? bytes : () => bytes,
  }));
}

/** The body of a sound packet cut off after each of its bytes, with the length that it then has; but for `sound` lengths. */
function cuts(
  stage: Malformed['stage'],
  name: string,
  first: number,
  body: (id: number) => number[],
  sound: number[] = [],
): Malformed[] {
  return Array.from({ length: body(1).length }, (_, length) => length)
    .filter((length) => !sound.includes(length))
    .map((length) => ({
      name: `${stage}: ${name} cut to ${length}`,
      stage,
      bytes: (id) => packet(first, ...body(id).slice(0, length)),
    }));
}

/** Whatever is none of those that a server may begin with. */
const NO_CONNACK = {
  'PUBLISH first': packet(0x30, 0, 1, 'a'),
  'PUBACK first': packet(0x40, 0, 1),
  'SUBACK first': packet(0x90, 0, 1, 0),
  'PINGRESP first': packet(0xd0),
  'CONNECT first': packet(0x10, 0, 4, 'MQTT', 4, 2, 0, 60, 0, 0),
  'AUTH first': packet(0xf0),
  'DISCONNECT first': packet(0xe0),
  'type 0': packet(0x00, 0, 0),
  'CONNACK with flags in its first byte': packet(0x21, 0, 0),
  'CONNACK with reserved flags': packet(0x20, 2, 0),
  'a length of five bytes': Buffer.of(0x20, 0x80, 0x80, 0x80, 0x80, 1),
  'a length with a byte too many': Buffer.of(0x20, 0x82, 0, 0, 0),
};

/** Beyond what a client takes, of which nothing follows. */
const OVERSIZE = Buffer.of(0x30, 0x80, 0xe5, 0x9a, 0x77, 0, 1, 0x61);

const ANY_OPEN = {
  'type 0': packet(0x00, 0, 0),
  'a second CONNACK': packet(0x20, 0, 0, 0),
  CONNECT: packet(0x10, 0, 4, 'MQTT', 4, 2, 0, 60, 0, 0),
  SUBSCRIBE: packet(0x82, 0, 1, 0, 1, 'a', 0),
  UNSUBSCRIBE: packet(0xa2, 0, 1, 0, 1, 'a'),
  'an UNSUBACK to nothing': packet(0xb0, 0, 1),
  PINGREQ: packet(0xc0),
  PUBREC: packet(0x50, 0, 1),
  PUBREL: packet(0x62, 0, 1),
  PUBCOMP: packet(0x70, 0, 1),
  AUTH: packet(0xf0, 0x18, 0),
  'PUBACK with flags': packet(0x42, 0, 1),
  'SUBACK with flags': packet(0x92, 0, 1, 0),
  'PINGRESP with flags': packet(0xd1),
  'PINGRESP with a body': packet(0xd0, 0),
  'PUBACK without an id': packet(0x40),
  'PUBACK of half an id': packet(0x40, 1),
  'PUBACK of id 0': packet(0x40, 0, 0),
  'SUBACK of nothing': packet(0x90),
  'PUBLISH of nothing': packet(0x30),
  'a length of five bytes': Buffer.of(0x30, 0xff, 0xff, 0xff, 0xff, 1),
  'a packet of 250 MB': OVERSIZE,
};

/** Topic and what stands between it and the payload: nothing in 3.1.1, no properties in 5. */
function publishes(between: number[]): Record<string, Buffer> {
  return {
    'PUBLISH at QoS 2': packet(0x34, 0, 1, 'a', 0, 1, ...between),
    'PUBLISH at QoS 3': packet(0x36, 0, 1, 'a', 0, 1, ...between),
    'PUBLISH at QoS 0 said to be a second one': packet(0x38, 0, 1, 'a', ...between),
    'PUBLISH of id 0': packet(0x32, 0, 1, 'a', 0, 0, ...between),
    'PUBLISH without a topic': packet(0x30, 0, 0, ...between, 'x'),
    'PUBLISH to +': packet(0x30, 0, 3, 'a/+', ...between),
    'PUBLISH to #': packet(0x30, 0, 1, '#', ...between),
    'PUBLISH to a topic with NUL': packet(0x30, 0, 2, 'a\0', ...between),
    'PUBLISH to a topic of half a character': packet(0x30, 0, 2, 'a\xc3', ...between),
    'PUBLISH to a topic with a surrogate': packet(0x30, 0, 3, '\xed\xa0\x80', ...between),
    'PUBLISH to a topic longer than the packet': packet(0x30, 0, 9, 'a', ...between),
  };
}

const MALFORMED_311: Malformed[] = [
  ...at('connack', {
    ...NO_CONNACK,
    'CONNACK of length 0': packet(0x20),
    'CONNACK of length 1': packet(0x20, 0),
    'CONNACK of length 3': packet(0x20, 0, 0, 0),
    'CONNACK of length 3 that refuses': packet(0x20, 0, 5, 0),
    'CONNACK of length 128': Buffer.concat([Buffer.of(0x20, 0x80, 1), Buffer.alloc(128)]),
  }),
  ...at('open', {
    ...ANY_OPEN,
    ...publishes([]),
    DISCONNECT: packet(0xe0),
    'PUBACK of length 3': packet(0x40, 0, 1, 0),
    'SUBACK without codes': (id) => packet(0x90, ...id16(id)),
    'SUBACK with too few codes': (id) => packet(0x90, ...id16(id), 0),
    'SUBACK with too many codes': (id) => packet(0x90, ...id16(id), 0, 0, 0),
    'SUBACK with code 3': (id) => packet(0x90, ...id16(id), 0, 3),
    'SUBACK with code 135': (id) => packet(0x90, ...id16(id), 0, 135),
    'SUBACK of id 0': packet(0x90, 0, 0, 0, 0),
  }),
  ...cuts('open', 'PUBLISH', 0x32, () => [0, 1, 0x61, 0, 1]),
];

/** A property of each shape that a CONNACK may have. */
const CONNACK_PROPERTIES = [
  ...[0x21, 0, 20],
  ...[0x24, 1],
  ...[0x27, 0, 1, 0, 0],
  ...[0x12, 0, 2, 0x61, 0x62],
  ...[0x26, 0, 1, 0x61, 0, 1, 0x62],
];

const connack5 = (...properties: number[]): Buffer => packet(0x20, 0, 0, properties.length, ...properties);

const MALFORMED_5: Malformed[] = [
  ...at('connack', {
    ...NO_CONNACK,
    'CONNACK of length 0': packet(0x20),
    'CONNACK of length 1': packet(0x20, 0),
    'CONNACK of 3.1.1': packet(0x20, 0, 0),
    'CONNACK of a session that we never had': packet(0x20, 1, 0, 0),
    'a property that there is none of': connack5(0x99, 0xff),
    'a property of another packet': connack5(0x0b, 1),
    'the same property twice': connack5(0x21, 0, 9, 0x21, 0, 9),
    'Receive Maximum 0': connack5(0x21, 0, 0),
    'Maximum Packet Size 0': connack5(0x27, 0, 0, 0, 0),
    'Maximum QoS 2': connack5(0x24, 2),
    'Retain Available 2': connack5(0x25, 2),
    'text of half a character': connack5(0x1f, 0, 1, 0xc3),
    'text with NUL': connack5(0x1f, 0, 1, 0),
    'bytes behind the properties': packet(0x20, 0, 0, 0, 0),
    'properties longer than the packet': packet(0x20, 0, 0, 9, 0x21, 0, 9),
    'a property that ends behind the properties': packet(0x20, 0, 0, 2, 0x21, 0, 9),
    'a length of the properties with five bytes': packet(0x20, 0, 0, 0x80, 0x80, 0x80, 0x80, 1),
    'a length of the properties with a byte too many': packet(0x20, 0, 0, 0x80, 0),
  }),
  ...cuts('connack', 'CONNACK', 0x20, () => [0, 0, CONNACK_PROPERTIES.length, ...CONNACK_PROPERTIES]),
  ...at('open', {
    ...ANY_OPEN,
    ...publishes([0]),
    'PUBLISH with an alias': packet(0x30, 0, 1, 'a', 3, 0x23, 0, 1),
    'PUBLISH with an alias only': packet(0x30, 0, 0, 3, 0x23, 0, 1),
    'PUBLISH with a property that there is none of': packet(0x30, 0, 1, 'a', 2, 0x99, 0),
    'PUBLISH with properties longer than the packet': packet(0x30, 0, 1, 'a', 5, 0x01, 0),
    'PUBLISH with a subscription identifier of five bytes': packet(
      0x30,
      ...[0, 1, 'a', 6, 0x0b, 0x80, 0x80, 0x80, 0x80, 1],
    ),
    'PUBACK with a reason that there is none of': packet(0x40, 0, 1, 0x28),
    'PUBACK with a property of another packet': packet(0x40, 0, 1, 0, 3, 0x21, 0, 1),
    'PUBACK with bytes behind the properties': packet(0x40, 0, 1, 0, 0, 0),
    'SUBACK without codes': (id) => packet(0x90, ...id16(id), 0),
    'SUBACK with too few codes': (id) => packet(0x90, ...id16(id), 0, 0),
    'SUBACK with too many codes': (id) => packet(0x90, ...id16(id), 0, 0, 0, 0),
    'SUBACK with a code that there is none of': (id) => packet(0x90, ...id16(id), 0, 0, 3),
    'SUBACK with properties longer than the packet': (id) => packet(0x90, ...id16(id), 9, 0, 0),
    'DISCONNECT with a reason that there is none of': packet(0xe0, 0x28),
    'DISCONNECT with a reason of clients': packet(0xe0, 0x04),
    'DISCONNECT with properties longer than the packet': packet(0xe0, 0, 5),
    'DISCONNECT with a property of clients': packet(0xe0, 0x8b, 5, 0x11, 0, 0, 0, 1),
  }),
  ...cuts('open', 'PUBLISH', 0x32, () => [0, 1, 0x61, 0, 1, 4, 0x03, 0, 1, 0x61]),
  ...cuts('open', 'PUBACK', 0x40, () => [0, 1, 0x10, 4, 0x1f, 0, 1, 0x61], [2, 3]),
  ...cuts('open', 'SUBACK', 0x90, (id) => [...id16(id), 4, 0x1f, 0, 1, 0x61, 0, 0]),
  ...cuts('open', 'DISCONNECT', 0xe0, () => [0x8b, 4, 0x1f, 0, 1, 0x61], [0, 1]),
];

export const MALFORMED: Record<Protocol, Malformed[]> = { '3.1.1': MALFORMED_311, '5': MALFORMED_5 };
