/** What MQTT asks of a server, beyond what well-behaved clients provoke: raw packets on a socket. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { generate, type Packet } from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { zeroCounts } from '../../../src/stand-in/endpoint/counts.ts';
import { StandInEndpoint } from '../../../src/stand-in/endpoint/endpoint.ts';
import { SignInDesk } from '../../../src/stand-in/endpoint/sign-in.ts';
import { Truth } from '../../../src/stand-in/endpoint/truth.ts';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { connectPacketOf, D1, DEVICES } from './fleet.ts';

let standIn: StandIn;
let socket: Socket;
let answer: Buffer;

beforeEach(async () => {
  standIn = await startStandIn({ devices: DEVICES });
  socket = connect(standIn.ports.tcp!, '127.0.0.1');
  answer = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    answer = Buffer.concat([answer, bytes]);
  });
  socket.on('error', () => {});
});
afterEach(async () => {
  socket.destroy();
  await standIn.close();
});

const CONNECT = connectPacketOf(D1);
const SUBSCRIBE: Packet = {
  cmd: 'subscribe',
  messageId: 7,
  subscriptions: Array.from({ length: 130 }, (_, n) => ({ topic: `/pk/d1/user/${n}`, qos: 1 })),
};
const PUBLISH: Packet = {
  cmd: 'publish',
  topic: '/pk/d1/user/3',
  payload: 'x',
  qos: 1,
  messageId: 8,
  dup: false,
  retain: false,
};
const CONNACK = [0x20, 2, 0, 0];

it('answers what came together with CONNECT, in order, after the CONNACK', async () => {
  socket.write(Buffer.concat([CONNECT, generate(SUBSCRIBE), generate(PUBLISH), Buffer.from([0xc0, 0])]));
  const suback = [0x90, 0x84, 0x01, 0, 7, ...new Array<number>(130).fill(1)];
  const puback = [0x40, 2, 0, 8];
  await vi.waitFor(() => expect(answer.subarray(-2)).toEqual(Buffer.from([0xd0, 0])));
  const before = [...CONNACK, ...suback, ...puback];
  expect([...answer.subarray(0, before.length)]).toEqual(before);
  // The message itself, at the sender's QoS.
  expect(answer[before.length]).toBe(0x32);
});

describe('closes the connection', () => {
  it.each<[string, Buffer]>([
    ['of a client that does not begin with CONNECT', Buffer.from([0xc0, 0])],
    ['on a second CONNECT', Buffer.concat([CONNECT, CONNECT])],
    ['on a CONNECT that is cut off', Buffer.from([0x10, 4, 0, 4, 0x4d, 0x51])],
    ['on a packet of a reserved type', Buffer.concat([CONNECT, Buffer.from([0, 0])])],
    ['on a topic with a wildcard', Buffer.concat([CONNECT, generate({ ...PUBLISH, topic: '/pk/d1/#' })])],
    ['on an empty topic', Buffer.concat([CONNECT, Buffer.from([0x30, 3, 0, 0, 0x78])])],
    ['on a SUBSCRIBE without filters', Buffer.concat([CONNECT, Buffer.from([0x82, 2, 0, 1])])],
    ['on DISCONNECT', Buffer.concat([CONNECT, Buffer.from([0xe0, 0])])],
    ['on PUBREL, a part of QoS 2', Buffer.concat([CONNECT, Buffer.from([0x62, 2, 0, 1])])],
  ])('%s', async (_what, bytes) => {
    socket.write(bytes);
    await once(socket, 'close');
    const { connects_ok, disconnects, connections_open } = standIn.counts();
    expect([connects_ok, connections_open]).toEqual([disconnects, 0]);
  });
});

it('closes who is silent for longer than one and a half keepalives, and who never says CONNECT', async () => {
  const nowUs = 1e6;
  const counts = zeroCounts();
  const truth = new Truth();
  const endpoint = new StandInEndpoint(new SignInDesk(DEVICES), counts, {
    clock: { nowUs: () => nowUs },
    truth,
  });
  let accepted = 0;
  const server = createServer((stream) => {
    accepted++;
    endpoint.accept(stream, false);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const silent = connect(port, '127.0.0.1').resume();
  const device = connect(port, '127.0.0.1').resume();
  device.write(CONNECT);
  await vi.waitFor(() => expect(counts.connections_open).toBe(1));
  await vi.waitFor(() => expect(accepted).toBe(2));

  let hasLeft = false;
  silent.once('close', () => {
    hasLeft = true;
  });
  // However much it says that is no CONNECT yet.
  silent.write(CONNECT.subarray(0, 20));
  const { patience } = endpoint;
  patience.lookAtNewcomers(nowUs + 10e6);
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasLeft).toBe(false);
  patience.lookAtNewcomers(nowUs + 10e6 + 1);
  await vi.waitFor(() => expect(hasLeft).toBe(true));
  expect(counts.connections_open).toBe(1);
  patience.lookAtGuests(nowUs + 90e6);
  expect(counts.connections_open).toBe(1);
  patience.lookAtGuests(nowUs + 90e6 + 1);
  await once(device, 'close');
  expect(counts).toMatchObject({ connections_open: 0, disconnects: 1 });
  endpoint.close();
  truth.close();
  await new Promise((resolve) => server.close(resolve));
});

it('takes what came ahead of a delayed CONNACK in its order, and reads no more of it than a little', async () => {
  const late = await startStandIn({
    devices: DEVICES,
    faults: { delay: { connack: { kind: 'fixed', us: 300_000 } } },
  });
  const eager = connect(late.ports.tcp!, '127.0.0.1');
  const answers: Buffer[] = [];
  eager.on('data', (bytes) => answers.push(bytes));
  const messages = 4_000;
  const payload = 'x'.repeat(1000);
  eager.write(CONNECT);
  for (let messageId = 1; messageId <= messages; messageId++) {
    eager.write(generate({ ...PUBLISH, topic: '/pk/d1/user/x', payload, messageId }));
  }
  await vi.waitFor(() => expect(late.counts().bytes_received).toBeGreaterThan(0));
  await new Promise((resolve) => setTimeout(resolve, 150));
  // What the kernel has taken, it has not.
  expect(late.counts().bytes_received).toBeLessThan(500_000);
  expect(answers).toEqual([]);
  const length = 4 + 4 * messages;
  await vi.waitFor(() => expect(Buffer.concat(answers)).toHaveLength(length), { timeout: 10_000 });
  const all = Buffer.concat(answers);
  expect([...all.subarray(0, 4)]).toEqual(CONNACK);
  const ids = Array.from({ length: messages }, (_, n) => all.readUInt16BE(4 + 4 * n + 2));
  expect(ids).toEqual(Array.from({ length: messages }, (_, n) => n + 1));
  eager.destroy();
  await late.close();
});

it('reads nothing more from a device that does not take its own messages', async () => {
  socket.pause();
  socket.write(
    Buffer.concat([
      CONNECT,
      generate({ ...SUBSCRIBE, subscriptions: [{ topic: '/pk/d1/user/echo', qos: 0 }] }),
    ]),
  );
  const payload = Buffer.alloc(64 * 1024);
  const echo = generate({ ...PUBLISH, topic: '/pk/d1/user/echo', payload, qos: 0, messageId: undefined });
  let written = 0;
  const write = (): void => {
    while (written < 60_000_000) {
      written += echo.length;
      if (!socket.write(echo)) return;
    }
  };
  socket.on('drain', write);
  write();
  let before = -1;
  await vi.waitFor(
    () => {
      const { bytes_received } = standIn.counts();
      const hasGrown = bytes_received !== before;
      before = bytes_received;
      expect(hasGrown).toBe(false);
    },
    { timeout: 10_000, interval: 200 },
  );
  expect(before).toBeGreaterThan(1000);
  expect(before).toBeLessThan(40_000_000);
});
