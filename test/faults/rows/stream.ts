/** What the far side does to an open connection, or to the bytes on it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Peer } from '../../integration/scripted-server.ts';
import { farSide, serve } from '../far/scripted.ts';
import { until } from '../far/until.ts';
import { BOTH, DEVICES, type Fault, type Row } from '../row.ts';

const HALF = DEVICES / 2;

/** Served at first; to every second connection `cut` is done once it has sent something. */
function midRun(cut: (peer: Peer) => void, happened: (peer: Peer) => boolean): Fault {
  return async (stage) => {
    const far = await farSide(stage, {
      script: async (peer, far) => {
        void serve(peer, far);
        await peer.until(() => far.messages > 2 * DEVICES);
        cut(peer);
      },
    });
    return {
      target: far.target,
      proof: () => expect(far.hit.map(happened)).toEqual(Array(HALF).fill(true)),
    };
  };
}

const HALF_CUT = {
  clients: BOTH,
  outcome: 'completed',
  exit: 99,
  counters: { connects_ok: DEVICES, connects_failed: 0, disconnects: HALF },
  endsInSec: 30,
} as const;

export const STREAM: Row[] = [
  {
    ...HALF_CUT,
    name: 'FIN in mid-run',
    fault: midRun(
      (peer) => peer.fin(),
      (peer) => peer.stream.writableEnded,
    ),
    failures: [{ is: 'open: closed', hint: /closed the connection without a word/ }],
  },
  {
    ...HALF_CUT,
    name: 'RST in mid-run',
    fault: midRun(
      (peer) => peer.rst(),
      (peer) => peer.tcp.destroyed,
    ),
    failures: [{ is: /^open: reset E/, hint: /reset the connection/ }],
  },
  {
    ...HALF_CUT,
    name: 'garbage in mid-run',
    fault: midRun(
      (peer) => peer.send(Buffer.from([0xf0, 0xff, 0xff, 0xff, 0xff, 0xff])),
      (peer) => peer.received.length > 0,
    ),
    failures: [{ is: 'open: protocol', hint: /sent a malformed packet/ }],
  },
  {
    name: 'every byte in a write of its own',
    clients: BOTH,
    fault: everyByte,
    set: ['subscribe=[{ topic: "/${productKey}/${deviceName}/user/up" }]', 'hold=1500ms'],
    outcome: 'completed',
    exit: 0,
    counters: { connects_ok: DEVICES, disconnects: 0, messages_failed: 0, messages_lost: 0 },
    endsInSec: 30,
    inCit: true,
    look: ({ counters }) => {
      expect(counters.messages_acked).toBeGreaterThan(DEVICES);
      expect(counters.messages_received).toBeGreaterThan(DEVICES);
      expect(counters.messages_duplicated + counters.messages_reordered).toBe(0);
    },
  },
  {
    name: 'a server that stops reading',
    clients: BOTH,
    fault: slowReader,
    // 8 MB a second for each device: more than two kernels hold.
    set: [
      'publish.0={ topic: a/b, qos: 1, every: 1ms, payload: { size: 16KB } }',
      'devices.count=2',
      'hold=2s',
      'gracefulStop=500ms',
    ],
    outcome: 'completed',
    exit: 0,
    failures: [
      { is: 'publish: backpressure', hint: /reads.* more slowly than the pace asks for/ },
      { is: 'publish: cut-off', hint: /too slowly for `gracefulStop`/ },
    ],
    counters: { connects_ok: 2, disconnects: 0 },
    endsInSec: 30,
    look: ({ counters }) => expect(counters.messages_unacked).toBeGreaterThan(0),
  },
  {
    name: 'a server that falls silent, with a keepalive of a second',
    clients: BOTH,
    fault: silence,
    set: ['protocol=5', 'hold=4s'],
    outcome: 'completed',
    exit: 99,
    failures: [{ is: 'open: keepalive', hint: /no PINGRESP within/ }],
    counters: { connects_ok: DEVICES, disconnects: HALF },
    endsInSec: 30,
  },
];

async function everyByte(stage: Parameters<Fault>[0]) {
  let writes = 0;
  const far = await farSide(stage, {
    write: async (peer, bytes) => {
      for (const byte of bytes) {
        writes++;
        await new Promise((resolve) => peer.stream.write(Buffer.of(byte), resolve));
        // Else the client's kernel joins what it has not read yet.
        if (writes % 4 === 0) await sleep(1);
      }
    },
  });
  return {
    target: far.target,
    proof: () => {
      expect(writes).toBeGreaterThan(DEVICES * 100);
      expect(far.peers.reduce((sum, { tcp }) => sum + tcp.bytesWritten, 0)).toBe(writes);
    },
  };
}

/** It stops once it has seen a few messages, and never reads again. */
async function slowReader(stage: Parameters<Fault>[0]) {
  const far = await farSide(stage, {
    to: () => true,
    script: async (peer, far) => {
      void serve(peer, far);
      await peer.until(() => peer.received.length > 100_000);
      peer.freeze();
    },
  });
  let readBytes = 0;
  const read = (): number => far.peers.reduce((sum, { tcp }) => sum + tcp.bytesRead, 0);
  return {
    target: far.target,
    during: async () => {
      await until('both frozen', () => far.hit.length === 2 && far.hit.every(({ tcp }) => tcp.isPaused()));
      await sleep(500);
      readBytes = read();
      await sleep(1000);
    },
    proof: () => {
      expect(readBytes).toBeGreaterThan(100_000);
      expect(read(), 'nothing was read any more').toBe(readBytes);
    },
  };
}

/** Every second connection is served for one message, and hears nothing after that. */
async function silence(stage: Parameters<Fault>[0]) {
  const connack = { cmd: 'connack', sessionPresent: false, reasonCode: 0 } as const;
  const far = await farSide(stage, {
    script: async (peer) => {
      await peer.next('connect');
      peer.send({ ...connack, properties: { serverKeepAlive: 1 } });
      await peer.next('publish');
      peer.freeze();
    },
  });
  return {
    target: far.target,
    proof: () => expect(far.hit.map(({ tcp }) => tcp.isPaused())).toEqual(Array(HALF).fill(true)),
  };
}
