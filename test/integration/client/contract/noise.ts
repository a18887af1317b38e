/** Servers that answer with well-framed nonsense: whatever it means to a client, its story stays well formed and nothing is thrown. */
import { expect, it } from 'vitest';
import type { Bench } from '../device.ts';

/** mulberry32: reproducible by its seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** First bytes: every packet type with the flags it should have, PUBLISH with several. */
const FIRST_BYTES = [
  0x10, 0x20, 0x30, 0x31, 0x32, 0x34, 0x3a, 0x40, 0x50, 0x62, 0x70, 0x82, 0x90, 0xa2, 0xb0, 0xc0, 0xd0, 0xe0,
  0xf0,
];

function nonsense(next: () => number, packetIds: number[]): Buffer {
  const pick = (below: number): number => Math.floor(next() * below);
  const packets = Array.from({ length: 1 + pick(6) }, () => {
    const body = Buffer.from(Array.from({ length: pick(12) }, () => pick(next() < 0.5 ? 6 : 256)));
    // An id that is in use gets further into a client than one that is not.
    if (body.length >= 2 && next() < 0.6) body.writeUInt16BE(packetIds[pick(packetIds.length)]!);
    return Buffer.concat([Buffer.of(FIRST_BYTES[pick(FIRST_BYTES.length)]!, body.length), body]);
  });
  return Buffer.concat(packets);
}

const CONNECTIONS = 300;

export function describeNoise(bench: Bench): void {
  for (const protocol of ['3.1.1', '5'] as const) {
    it(`survives nonsense after and instead of CONNACK (MQTT ${protocol})`, async () => {
      let seed = 0;
      let sent = 0;
      const server = await bench.serve(async (peer) => {
        const next = random(++seed);
        if (seed % 2 === 0) {
          await peer.next('connect');
          peer.send(nonsense(next, [0]));
        } else {
          await peer.welcome();
          const { messageId: subscribeId } = await peer.next('subscribe');
          const { messageId: publishId } = await peer.next('publish');
          peer.send(nonsense(next, [subscribeId!, publishId!]));
        }
        sent++;
        peer.fin();
      });
      const devices = Array.from({ length: CONNECTIONS }, () =>
        bench.connect(server.endpoint, {
          protocol,
          onOpened: (connection) => {
            connection.subscribe([{ topic: 'a', qos: 1 }]);
            connection.publish('a', 'x', 1);
          },
        }),
      );
      await expect.poll(() => devices.filter(({ over }) => !over).length, { timeout: 20_000 }).toBe(0);
      expect(sent).toBeGreaterThan(CONNECTIONS / 2);
    });
  }
}
