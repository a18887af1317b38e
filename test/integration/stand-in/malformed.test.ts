/** What no device may send, from bare sockets: the connection is closed, and the next one is served as if nothing had been. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate } from 'mqtt-packet';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { packet } from '../client/contract/malformed.ts';
import { connectPacketOf, D1, DEVICES } from './fleet.ts';

let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn({ devices: DEVICES });
});
afterAll(() => standIn.close());

const CONNECT = connectPacketOf(D1);
/** Its length takes two bytes. */
const CONNECT_BODY = CONNECT.subarray(3);
const SUBSCRIBE_BODY = generate({
  cmd: 'subscribe',
  messageId: 7,
  subscriptions: [
    { topic: '/pk/d1/a', qos: 0 },
    { topic: '/pk/d1/b', qos: 1 },
  ],
}).subarray(2);
const UNSUBSCRIBE_BODY = packet(0xa2, 0, 7, 0, 3, '/pk').subarray(2);

function framed(first: number, body: Buffer): Buffer {
  const length = body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
  return Buffer.concat([Buffer.of(first, ...length), body]);
}

/** The body cut off after each of its bytes, with the length that it then has. */
function cuts(first: number, body: Buffer, sound: number[] = []): [string, Buffer][] {
  return Array.from({ length: body.length }, (_, length) => length)
    .filter((length) => !sound.includes(length))
    .map((length) => [`${first.toString(16)} cut to ${length}`, framed(first, body.subarray(0, length))]);
}

const withByte = (body: Buffer, at: number, value: number): Buffer => {
  const changed = Buffer.from(body);
  changed[at] = value;
  return changed;
};

const BEFORE_SIGN_IN: [string, Buffer][] = [
  ['four bytes', Buffer.of(0x10, 2, 0, 4)],
  ...cuts(0x10, CONNECT_BODY),
  ['CONNECT with a byte too many', framed(0x10, Buffer.concat([CONNECT_BODY, Buffer.of(0)]))],
  ['CONNECT of another protocol', framed(0x10, withByte(CONNECT_BODY, 2, 0x58))],
  ['CONNECT of version 9', framed(0x10, withByte(CONNECT_BODY, 6, 9))],
  ['CONNECT with the reserved flag', framed(0x10, withByte(CONNECT_BODY, 7, 0xc3))],
  ['CONNECT with a will that is not there', framed(0x10, withByte(CONNECT_BODY, 7, 0xc6))],
  ['CONNECT that is no UTF-8', framed(0x10, withByte(CONNECT_BODY, 12, 0xff))],
  ['CONNECT with flags in its first byte', framed(0x11, CONNECT_BODY)],
  ['CONNECT of MQTT 5 with no properties', framed(0x10, withByte(CONNECT_BODY, 6, 5).subarray(0, 10))],
  ['a CONNECT of 32 KB', Buffer.concat([Buffer.of(0x10, 0x80, 0x80, 2), CONNECT_BODY])],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['TLS', Buffer.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01)],
  ['a length of five bytes', Buffer.of(0x10, 0xff, 0xff, 0xff, 0xff, 1)],
  ['PUBLISH', packet(0x30, 0, 1, 'a')],
  ['PINGREQ', packet(0xc0)],
  ['DISCONNECT', packet(0xe0)],
];

const AFTERWARDS: [string, Buffer][] = [
  ['a second CONNECT', CONNECT],
  ['CONNACK', packet(0x20, 0, 0)],
  ['SUBACK', packet(0x90, 0, 1, 0)],
  ['UNSUBACK', packet(0xb0, 0, 1)],
  ['PINGRESP', packet(0xd0)],
  ['PUBREL', packet(0x62, 0, 1)],
  ['AUTH', packet(0xf0)],
  ['type 0', packet(0x00)],
  ['PINGREQ with a body', packet(0xc0, 0)],
  ['PUBACK of nothing', packet(0x40)],
  ['PUBACK of length 3', packet(0x40, 0, 1, 0)],
  ['PUBLISH at QoS 3', packet(0x36, 0, 1, 'a', 0, 1)],
  ['PUBLISH at QoS 2', packet(0x34, 0, 1, 'a', 0, 1)],
  ['PUBLISH of id 0', packet(0x32, 0, 1, 'a', 0, 0)],
  ['PUBLISH without a topic', packet(0x30, 0, 0)],
  ['PUBLISH to #', packet(0x30, 0, 1, '#')],
  ['PUBLISH to a topic with NUL', packet(0x30, 0, 2, 'a\0')],
  ['PUBLISH to a topic that is no UTF-8', packet(0x30, 0, 1, '\xff')],
  ['PUBLISH of 2 MB', Buffer.of(0x30, 0x80, 0x80, 0x80, 1, 0, 1, 0x61)],
  ...cuts(0x32, Buffer.from([0, 1, 0x61, 0, 1])),
  // 11: the first filter and no more.
  ...cuts(0x82, SUBSCRIBE_BODY, [2 + 2 + 8 + 1]),
  ['SUBSCRIBE with flags', framed(0x80, SUBSCRIBE_BODY)],
  ['SUBSCRIBE of id 0', framed(0x82, withByte(SUBSCRIBE_BODY, 1, 0))],
  ['SUBSCRIBE at QoS 3', framed(0x82, withByte(SUBSCRIBE_BODY, 12, 3))],
  ['SUBSCRIBE to nothing', packet(0x82, 0, 1, 0, 0, 0)],
  ['SUBSCRIBE to NUL', packet(0x82, 0, 1, 0, 1, 0, 0)],
  ['SUBSCRIBE to what is no UTF-8', packet(0x82, 0, 1, 0, 1, '\xff', 0)],
  ...cuts(0xa2, UNSUBSCRIBE_BODY),
  ['UNSUBSCRIBE of id 0', packet(0xa2, 0, 0, 0, 1, 'a')],
];

async function open(): Promise<Socket> {
  const socket = connect(standIn.ports.tcp!, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** The device signs in, and has its subscription granted and its message acknowledged. */
async function expectService(): Promise<void> {
  const socket = await open();
  let answer = '';
  socket.setEncoding('hex').on('data', (hex: string) => {
    answer += hex;
  });
  const publish = packet(0x32, 0, 8, '/pk/d1/x', 0, 9);
  socket.write(Buffer.concat([CONNECT, framed(0x82, SUBSCRIBE_BODY), publish]));
  await vi.waitFor(() => expect(answer).toBe(`20020000${'900400070001'}${'40020009'}`));
  socket.destroy();
}

async function expectClosed(name: string, bytes: Buffer): Promise<void> {
  const socket = await open();
  socket.resume();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(bytes);
  await Promise.race([
    closed,
    new Promise((_, reject) => setTimeout(() => reject(new Error(`left open: ${name}`)), 5_000).unref()),
  ]);
}

it('closes whoever sends it before a sign-in, and signs the next device in', async () => {
  for (const [name, bytes] of BEFORE_SIGN_IN) {
    await expectClosed(name, bytes);
    await expectService();
  }
  expect(standIn.counts()).toMatchObject({ connects_refused: 0, connects_ok: BEFORE_SIGN_IN.length });
});

it('closes whoever sends it after a sign-in, and serves the next device', async () => {
  for (const [name, bytes] of AFTERWARDS) {
    await expectClosed(name, Buffer.concat([CONNECT, bytes]));
    await expectService();
  }
});
