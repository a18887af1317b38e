/** Faults of the handshake, done to every second connection: the devices beside it must not feel them. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { freePort, type Peer } from '../../integration/scripted-server.ts';
import { farSide, type Wrong } from '../far/scripted.ts';
import {
  BOTH,
  DEVICES,
  type ExpectedFailure,
  type Fault,
  type Provoked,
  type Row,
  type Stage,
} from '../row.ts';

const HALF = DEVICES / 2;

const NOT_MQTT = /does not speak MQTT on this port, or sent a malformed packet/;
const NO_CONNACK: ExpectedFailure = { is: 'connack: timeout', hint: /no CONNACK came.*`connect\.timeout`/ };
const MALFORMED: ExpectedFailure = { is: 'connack: protocol', hint: NOT_MQTT };

/** `happened` of each connection that was hit. */
function everySecond(script: NonNullable<Wrong['script']>, happened: (peer: Peer) => boolean): Fault {
  return async (stage) => {
    const far = await farSide(stage, { script });
    return {
      target: far.target,
      proof: () => {
        expect(far.hit.map(happened)).toEqual(Array(HALF).fill(true));
        expect(far.messages, 'the others were served').toBeGreaterThan(HALF);
      },
    };
  };
}

/** After CONNECT. */
function answers(...bytes: number[]): Fault {
  const script = async (peer: Peer): Promise<void> => {
    await peer.next('connect');
    peer.send(Buffer.from(bytes));
  };
  return everySecond(script, (peer) => peer.tcp.bytesWritten === bytes.length);
}

/** Half of the fleet fails, and nothing else happens. */
const HALF_FAILS = {
  clients: BOTH,
  outcome: 'completed',
  exit: 99,
  counters: { connects_ok: HALF, connects_failed: HALF, disconnects: 0, messages_unacked: 0 },
  endsInSec: 30,
} as const;

const ENDED_BY_US = (peer: Peer): boolean => peer.stream.writableEnded;
const RESET_BY_US = (peer: Peer): boolean => peer.tcp.destroyed;
const HAS_SENT_CONNECT = (peer: Peer): boolean => peer.received[0] === 0x10;

/** Two seconds are enough for the devices that are served. */
const DEADLINE = ['connect.timeout=2s'];

const CLOSED: ExpectedFailure = { is: 'connack: closed', hint: /ended before a CONNACK.*broker at a limit/ };
/** A reset on accept may come before the client knows that it is connected. */
const RESET: ExpectedFailure = {
  is: /^(tcp|connack): reset ECONNRESET$/,
  hint: /ended before a CONNACK|reset the connection/,
};

const CONNACK_HINTS: [number, RegExp][] = [
  [1, /protocol version/],
  [2, /malformed client id/],
  [3, /service not available.*quota/],
  [4, /wrong user name or password: check the DeviceSecret/],
  [5, /not authorised: no such device/],
  [200, /refused the connection/],
];

export const HANDSHAKE: Row[] = [
  {
    ...HALF_FAILS,
    name: 'FIN on accept',
    fault: everySecond((peer) => peer.fin(), ENDED_BY_US),
    failures: [CLOSED, { ...RESET, perhaps: true }],
  },
  {
    ...HALF_FAILS,
    name: 'RST on accept',
    fault: everySecond((peer) => peer.rst(), RESET_BY_US),
    failures: [RESET],
  },
  {
    ...HALF_FAILS,
    name: 'FIN after CONNECT',
    fault: everySecond(
      async (peer) => {
        await peer.next('connect');
        peer.fin();
      },
      (peer) => ENDED_BY_US(peer) && HAS_SENT_CONNECT(peer),
    ),
    failures: [CLOSED],
  },
  {
    ...HALF_FAILS,
    name: 'RST after CONNECT',
    fault: everySecond(
      async (peer) => {
        await peer.next('connect');
        peer.rst();
      },
      (peer) => RESET_BY_US(peer) && HAS_SENT_CONNECT(peer),
    ),
    failures: [RESET],
  },
  {
    ...HALF_FAILS,
    name: 'no CONNACK',
    fault: everySecond(async (peer) => void (await peer.next('connect')), HAS_SENT_CONNECT),
    set: DEADLINE,
    failures: [NO_CONNACK],
  },
  {
    ...HALF_FAILS,
    name: 'half a CONNACK',
    fault: answers(0x20, 2, 0),
    set: DEADLINE,
    failures: [NO_CONNACK],
  },
  {
    ...HALF_FAILS,
    name: 'CONNACK after the deadline',
    fault: everySecond(
      async (peer) => {
        // Also to a client that has ended its side.
        peer.holdsOpen = true;
        await peer.next('connect');
        await sleep(2_200);
        peer.send(Buffer.from([0x20, 2, 0, 0]));
        peer.release();
      },
      (peer) => peer.tcp.bytesWritten === 4,
    ),
    // Still there when it comes, to the last device as well.
    set: [...DEADLINE, 'hold=3s'],
    failures: [NO_CONNACK],
  },
  ...CONNACK_HINTS.map(
    ([code, hint]): Row => ({
      ...HALF_FAILS,
      name: `CONNACK ${code}`,
      fault: answers(0x20, 2, 0, code),
      failures: [{ is: `connack: rejected CONNACK ${code}`, hint }],
      ...(code === 4 && { inCit: true }),
    }),
  ),
  { ...HALF_FAILS, name: 'CONNACK of length 0', fault: answers(0x20, 0), failures: [MALFORMED] },
  { ...HALF_FAILS, name: 'CONNACK of length 1', fault: answers(0x20, 1, 0), failures: [MALFORMED] },
  { ...HALF_FAILS, name: 'CONNACK of length 3', fault: answers(0x20, 3, 0, 0, 0), failures: [MALFORMED] },
  {
    ...HALF_FAILS,
    name: 'CONNACK twice',
    // [MQTT-3.2.0-2] of MQTT 5 forbids the second; of 3.1.1 [MQTT-4.8.0-1] has the client close on what is against the protocol.
    fault: answers(0x20, 2, 0, 0, 0x20, 2, 0, 0),
    counters: { connects_ok: DEVICES, disconnects: HALF },
    failures: [{ is: 'open: protocol', hint: NOT_MQTT }],
  },
  {
    ...HALF_FAILS,
    name: 'garbage instead of CONNACK',
    fault: answers(...Array.from({ length: 64 }, (_, index) => (0xf0 + index * 29) & 0xff)),
    failures: [MALFORMED],
  },
  {
    ...HALF_FAILS,
    name: 'an HTTP server',
    fault: httpServer,
    counters: { connects_ok: 0, connects_failed: DEVICES },
    failures: [{ is: 'connack: protocol HTTP', hint: /an HTTP server answers on this port/ }],
  },
  {
    ...HALF_FAILS,
    name: 'nobody listens, and nothing is asked of the run',
    fault: async () => {
      const port = await freePort();
      return {
        target: `mqtt://127.0.0.1:${port}`,
        set: ['thresholds={}'],
        proof: () => expect(refusalAt(port)).resolves.toBe('ECONNREFUSED'),
      };
    },
    counters: { connects_ok: 0, connects_failed: DEVICES },
    failures: [{ is: 'tcp: refused ECONNREFUSED', hint: /nothing listens/ }],
  },
];

async function refusalAt(port: number): Promise<unknown> {
  const [error] = await once(connect(port, '127.0.0.1'), 'error');
  return error.code;
}

async function httpServer(stage: Stage): Promise<Provoked> {
  let refused = 0;
  const server = createServer().on('clientError', (_, socket) => {
    refused++;
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stage.atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { target: `mqtt://127.0.0.1:${port}`, proof: () => expect(refused).toBe(DEVICES) };
}
