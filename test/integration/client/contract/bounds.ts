/** However much a server says, or however little it reads: what a connection holds of it is bounded. */
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/model/failure.ts';
import { MAX_PACKET_BYTES, OVERSIZE } from '../../../../src/mqtt/frames.ts';
import type { Peer } from '../../scripted-server.ts';
import { goodIdentity } from '../certificates.ts';
import type { Bench } from '../device.ts';

const MEGABYTE = 1 << 20;

/** A PUBLISH at QoS 0 of so many bytes in all, of three bytes of length. */
function publishOf(bytes: number): Buffer {
  const whole = Buffer.alloc(bytes, 'x');
  const length = bytes - 4;
  whole.set([0x30, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14, 0, 1, 0x61]);
  return whole;
}

/** As fast as the other side takes it. */
async function pour(peer: Peer, chunk: Buffer, times: number): Promise<void> {
  for (let time = 0; time < times && !peer.stream.destroyed; time++) {
    if (peer.stream.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      const goOn = (): void => {
        peer.stream.off('drain', goOn).off('close', goOn);
        resolve();
      };
      peer.stream.on('drain', goOn).on('close', goOn);
    });
  }
}

export function describeBounds(bench: Bench): void {
  describe('of what it holds', () => {
    it.each(['mqtt', 'ws'] as const)('no packet is larger than a megabyte (%s)', async (protocol) => {
      const { device } = await bench.play(
        async (peer) => {
          await peer.welcome();
          peer.send(publishOf(MAX_PACKET_BYTES));
          await peer.next('publish');
          peer.send(publishOf(MAX_PACKET_BYTES + 1));
        },
        { server: { protocol } },
      );
      await device.until('received');
      device.connection.publish('next', '', 0);
      await device.untilOver();
      expect(device.told.map(([what]) => what)).toEqual(['opened', 'received', 'lost']);
      expect(device.told[2]![1]).toEqual({ phase: 'open', kind: 'protocol', code: OVERSIZE });
    });

    it('a packet that is announced as larger is not gathered', async () => {
      const { device } = await bench.play(async (peer) => {
        await peer.welcome();
        peer.send(Buffer.of(0x30, 0x80, 0xe5, 0x9a, 0x77, 0, 1, 0x61));
        await pour(peer, Buffer.alloc(64 * 1024, 'a'), 320);
      });
      await device.untilOver();
      expect((device.told[1]![1] as Failure).code).toBe(OVERSIZE);
      expect(device.connection.bytesReceived).toBeLessThan(8 * MEGABYTE);
    });

    it('a WebSocket message of any length is not gathered', async () => {
      const { device } = await bench.play(
        async (peer) => {
          await peer.welcome();
          peer.send(Buffer.alloc(20 * MEGABYTE));
        },
        { server: { protocol: 'ws' } },
      );
      await device.untilOver();
      const code = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
      expect(device.told[1]).toEqual(['lost', { phase: 'open', kind: 'protocol', code }]);
    });

    it.each(['mqtt', 'mqtts', 'ws'] as const)(
      'messages whose PUBACKs the server does not take stay outside (%s)',
      async (protocol) => {
        let isChoked = false;
        const identity = protocol === 'mqtts' ? await goodIdentity() : undefined;
        const { device, server } = await bench.play(
          async (peer) => {
            await peer.welcome();
            await peer.next('publish');
            peer.freeze();
            while (!isChoked) await new Promise((resolve) => setTimeout(resolve, 5));
            const message = { cmd: 'publish', topic: 'a', payload: 'x'.repeat(1000), qos: 1 } as const;
            const packet = peer.encode([{ ...message, messageId: 1, dup: false, retain: false }]);
            await pour(peer, Buffer.concat(Array.from({ length: 60 }, () => packet)), 200);
          },
          { server: { protocol, identity }, tls: { ca: identity?.cert } },
        );
        await device.until('opened');
        const { connection } = device;
        const payload = Buffer.alloc(256 * 1024);
        connection.publish('b', 'x', 0);
        // The kernels of both sides are full when it still takes none after a while.
        for (let full = 0; full < 5; full = connection.takesMore ? 0 : full + 1) {
          if (connection.takesMore) connection.publish('b', payload, 0);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        isChoked = true;
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect(connection.bytesReceived).toBeGreaterThan(1000);
        expect(connection.bytesReceived).toBeLessThan(MEGABYTE);
        expect(connection.unwrittenBytes).toBeLessThan(MEGABYTE);
        server.peers[0]!.release();
        await device.until('received', 12_000);
        expect(device.over).toBe(false);
      },
    );
  });

  it('gives 65,535 packet ids out, none of them 0, and begins anew', async () => {
    const { device } = await bench.play(async (peer) => void (await peer.welcome()));
    await device.until('opened');
    const ids = new Uint16Array(65_535 + 1);
    for (let n = 0; n < ids.length; n++) {
      ids[n] = device.connection.publish('a', '', 1);
      if (n % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(ids[65_535]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(65_535);
    expect(ids).not.toContain(0);
  });
}
