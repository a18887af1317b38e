/** close(): goodbye on an open connection, giving up on any other; `ended` once, and in bounded time. */
import { beforeAll, describe, expect, it } from 'vitest';
import { LINGER_MS } from '../../../../src/client/connection.ts';
import type { Peer } from '../../scripted-server.ts';
import { goodIdentity, type Identity } from '../certificates.ts';
import type { Bench } from '../device.ts';

const DISCONNECT = [0xe0, 0x00];

/** How the far side may take a DISCONNECT, from polite to not at all. */
const MANNERS: [string, (peer: Peer) => void][] = [
  ['closes its side', () => {}],
  [
    'never closes its side',
    (peer) => {
      peer.holdsOpen = true;
    },
  ],
  ['does not even read', (peer) => peer.freeze()],
];

export function describeClosing(bench: Bench): void {
  describe('closes while opening, and tells nothing but its end,', () => {
    it('in phase dns', async () => {
      const server = await bench.serve(() => {});
      const device = bench.connect({ ...server.endpoint, host: 'localhost' });
      expect(device.attempt.phase).toBe('dns');
      device.connection.close();
      await device.until('ended');
      expect(device.told).toEqual([['ended']]);
    });

    it('in phase tcp', async () => {
      const server = await bench.serve(() => {});
      const device = bench.connect(server.endpoint);
      expect(device.attempt.phase).toBe('tcp');
      device.connection.close();
      await device.until('ended');
      expect(device.told).toEqual([['ended']]);
    });

    it.each([
      ['tls', 'mqtts'],
      ['tls', 'wss'],
      ['connack', 'mqtt'],
      ['connack', 'ws'],
    ] as const)('in phase %s of %s', async (phase, protocol) => {
      // A plain port: it says nothing to a ClientHello, to an upgrade or to CONNECT.
      const server = await bench.serve(() => {});
      const device = bench.connect({ ...server.endpoint, protocol, path: '/mqtt' });
      await expect.poll(() => server.peers[0]?.received.length).toBeGreaterThan(0);
      expect(device.attempt.phase).toBe(phase);
      device.connection.close();
      device.connection.close();
      device.connection.expire();
      await device.until('ended');
      await expect.poll(() => server.openSockets).toBe(0);
      expect(device.told).toEqual([['ended']]);
    });
  });

  describe('closes an open connection', () => {
    let identity: Identity;
    beforeAll(async () => {
      identity = await goodIdentity();
    });

    it('with DISCONNECT and then the end of the stream', async () => {
      const { device, server } = await bench.play(async (peer) => void (await peer.welcome()));
      await device.until('opened');
      const peer = server.peers[0]!;
      const before = peer.received.length;
      device.connection.close();
      device.connection.close();
      await device.until('ended');
      await peer.until(() => peer.ended);
      expect([...peer.received.subarray(before)]).toEqual(DISCONNECT);
      expect(device.told).toEqual([['opened'], ['ended']]);
    });

    it('as soon as a far side that is polite has closed', async () => {
      const closings: number[] = [];
      const server = await bench.serve(async (peer) => void (await peer.welcome()));
      // The best of a few: the machine may be busy.
      for (let nth = 0; nth < 5; nth++) {
        const device = bench.connect(server.endpoint, { onOpened: (opened) => opened.publish('a', 'x', 0) });
        await device.until('opened');
        const beganMs = performance.now();
        device.connection.close();
        await device.until('ended');
        closings.push(performance.now() - beganMs);
      }
      expect(Math.min(...closings)).toBeLessThan(LINGER_MS);
    });

    it('with reason 0 in MQTT 5', async () => {
      const { device, server } = await bench.play(async (peer) => void (await peer.welcome()), {
        protocol: '5',
      });
      await device.until('opened');
      device.connection.close();
      expect((await server.peers[0]!.next('disconnect')).reasonCode ?? 0).toBe(0);
      await device.until('ended');
    });

    for (const protocol of ['mqtt', 'mqtts', 'ws', 'wss'] as const) {
      it.each(MANNERS)(`over ${protocol} to a server that %s`, async (_how, behave) => {
        const { device, server } = await bench.play(
          async (peer) => {
            await peer.welcome();
            behave(peer);
          },
          { server: { protocol, identity }, tls: { ca: identity.cert } },
        );
        await device.until('opened');
        device.connection.subscribe([{ topic: 'a', qos: 0 }]);
        for (let n = 0; n < 10; n++) device.connection.publish('a', 'never acknowledged', 1);
        device.connection.close();
        await device.until('ended');
        expect(device.told).toEqual([['opened'], ['ended']]);
        for (const peer of server.peers) peer.release();
        await expect.poll(() => server.openSockets).toBe(0);
        expect([...server.peers[0]!.received.subarray(-2)]).toEqual(DISCONNECT);
      });
    }

    it('that is choked with what it has sent', async () => {
      const { device } = await bench.play(async (peer) => {
        await peer.welcome();
        peer.freeze();
      });
      await device.until('opened');
      const megabyte = Buffer.alloc(1 << 20);
      for (let n = 0; n < 16; n++) device.connection.publish('a', megabyte, 1);
      device.connection.close();
      await device.until('ended');
      expect(device.told).toEqual([['opened'], ['ended']]);
    });

    it('on which answers and messages keep coming, and tells none of them', async () => {
      const { device, server } = await bench.play(async (peer) => {
        await peer.welcome();
        const { messageId: subscribeId } = await peer.next('subscribe');
        const { messageId: publishId } = await peer.next('publish');
        await peer.next('disconnect');
        peer.send(
          { cmd: 'suback', messageId: subscribeId!, granted: [0] },
          { cmd: 'puback', messageId: publishId! },
          { cmd: 'publish', topic: 'a', payload: 'x', qos: 1, messageId: 9, dup: false, retain: false },
          Buffer.alloc(8, 0xff),
        );
      });
      await device.until('opened');
      device.connection.subscribe([{ topic: 'a', qos: 0 }]);
      device.connection.publish('a', 'x', 1);
      device.connection.close();
      await device.until('ended');
      await expect.poll(() => server.openSockets).toBe(0);
      expect(device.told).toEqual([['opened'], ['ended']]);
      expect([...server.peers[0]!.received.subarray(-2)]).toEqual(DISCONNECT);
    });

    it('after acknowledgements came twice', async () => {
      const { device } = await bench.play(async (peer) => {
        await peer.welcome();
        const { messageId } = await peer.next('publish');
        peer.send({ cmd: 'puback', messageId: messageId! }, { cmd: 'puback', messageId: messageId! });
      });
      await device.until('opened');
      const packetId = device.connection.publish('a', 'acknowledged twice', 1);
      await device.until('acked', 2);
      device.connection.publish('a', 'never acknowledged', 1);
      device.connection.close();
      await device.until('ended');
      expect(device.told).toEqual([['opened'], ['acked', packetId, 0], ['acked', packetId, 0], ['ended']]);
    });

    it.each(['mqtt', 'mqtts', 'ws', 'wss'] as const)(
      'with the books of %s balanced to the byte',
      async (protocol) => {
        const { device, server } = await bench.play(
          async (peer) => {
            await peer.welcome();
            const { messageId } = await peer.next('publish');
            peer.send({ cmd: 'puback', messageId: messageId! });
          },
          { server: { protocol, identity }, tls: { ca: identity.cert } },
        );
        await device.until('opened');
        const { connection } = device;
        connection.publish('a', Buffer.alloc(100_000), 1);
        await device.until('acked');
        const { tcp } = server.peers[0]!;
        expect([connection.bytesSent, connection.bytesReceived]).toEqual([tcp.bytesRead, tcp.bytesWritten]);
        connection.close();
        await device.until('ended');
        await expect.poll(() => server.openSockets).toBe(0);
        expect([connection.bytesSent, connection.bytesReceived]).toEqual([tcp.bytesRead, tcp.bytesWritten]);
        expect(connection.bytesSent).toBeGreaterThan(100_000);
      },
    );
  });
}
