/** A connection at work: subscribe, publish, receive, however the bytes are cut on their way. */
import { describe, expect, it } from 'vitest';
import type { Peer, Script } from '../../scripted-server.ts';
import type { Bench, Device, Told } from '../device.ts';

const SUBSCRIPTIONS = Array.from({ length: 20 }, (_, n) => ({ topic: `t/${n}`, qos: (n % 2) as 0 | 1 }));

/** How a flight of the server's packets goes onto the wire. */
type Send = (peer: Peer, bytes: Buffer) => Promise<void>;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const IN_ONE_WRITE: Send = async (peer, bytes) => peer.send(bytes);
const BYTE_BY_BYTE: Send = async (peer, bytes) => {
  for (const byte of bytes) {
    peer.send(Buffer.of(byte));
    // Two turns: one for the server to write it, one for the client to read it.
    await turn();
    await turn();
  }
};
const cutAt =
  (at: number): Send =>
  async (peer, bytes) => {
    peer.send(bytes.subarray(0, at));
    await turn();
    await turn();
    peer.send(bytes.subarray(at));
  };

/** CONNACK and a first message; then, once the device has asked, SUBACK, PUBACK and two more messages. */
const session =
  (send: Send): Script =>
  async (peer) => {
    await peer.next('connect');
    await send(
      peer,
      peer.encode([
        { cmd: 'connack', sessionPresent: false, returnCode: 0 },
        { cmd: 'publish', topic: 'early', payload: '0', qos: 0, dup: false, retain: false },
      ]),
    );
    const { messageId: subscribeId } = await peer.next('subscribe');
    const { messageId: publishId } = await peer.next('publish');
    await send(
      peer,
      peer.encode([
        { cmd: 'suback', messageId: subscribeId!, granted: [1] },
        { cmd: 'puback', messageId: publishId! },
        { cmd: 'publish', topic: 'a', payload: 'one', qos: 0, dup: false, retain: false },
        { cmd: 'publish', topic: 'b', payload: 'two', qos: 1, messageId: 77, dup: false, retain: false },
      ]),
    );
  };

/** The longer of the two flights is 31 bytes. */
const CUTS = Array.from({ length: 30 }, (_, n) => [`cut after ${n + 1}`, cutAt(n + 1)] as const);

const otherThan = (packetId: number): number => (packetId % 65535) + 1;

export function describeSession(bench: Bench): void {
  async function opened(script: Script, protocol: '3.1.1' | '5' = '3.1.1'): Promise<[Device, Peer]> {
    const { device, server } = await bench.play(
      async (peer) => {
        await peer.welcome();
        await script(peer);
      },
      { protocol },
    );
    await device.until('opened');
    return [device, server.peers[0]!];
  }

  describe('a whole session', () => {
    it.each([['merged into one write', IN_ONE_WRITE], ['byte by byte', BYTE_BY_BYTE], ...CUTS] as const)(
      'is the same %s',
      async (_how, send) => {
        let packetId = 0;
        const { device, server } = await bench.play(session(send), {
          onOpened: (connection) => {
            connection.subscribe([{ topic: 'a', qos: 1 }]);
            packetId = connection.publish('out', 'hello', 1);
          },
        });
        await device.until('received', 3);
        const story: Told[] = [
          ['opened'],
          ['received', 'early', '0'],
          ['subscribed', [1]],
          ['acked', packetId, 0],
          ['received', 'a', 'one'],
          ['received', 'b', 'two'],
        ];
        expect(device.told).toEqual(story);
        expect(packetId).toBeGreaterThan(0);
        expect(await server.peers[0]!.next('puback')).toMatchObject({ messageId: 77 });
      },
    );
  });

  describe('subscribe', () => {
    it('asks for at most 8 topics at once, for all of them in order, with their QoS', async () => {
      const batches: { topic: string; qos: number }[][] = [];
      const [device] = await opened(async (peer) => {
        for (;;) {
          const { subscriptions, messageId } = await peer.next('subscribe');
          batches.push(subscriptions.map(({ topic, qos }) => ({ topic, qos })));
          peer.send({ cmd: 'suback', messageId: messageId!, granted: subscriptions.map(({ qos }) => qos) });
        }
      });
      device.connection.subscribe(SUBSCRIPTIONS);
      await device.until('subscribed', 3);
      expect(batches.map((batch) => batch.length)).toEqual([8, 8, 4]);
      expect(batches.flat()).toEqual(SUBSCRIPTIONS);
      const codes = device.told.flatMap((told) => (told[0] === 'subscribed' ? told[1] : []));
      expect(codes).toEqual(SUBSCRIPTIONS.map(({ qos }) => qos));
    });

    it.each(['3.1.1', '5'] as const)('passes refusals through (MQTT %s)', async (protocol) => {
      const [device] = await opened(async (peer) => {
        const { messageId } = await peer.next('subscribe');
        peer.send({ cmd: 'suback', messageId: messageId!, granted: [0, 128, 1] });
      }, protocol);
      device.connection.subscribe(SUBSCRIPTIONS.slice(0, 3));
      await device.until('subscribed');
      expect(device.told).toEqual([['opened'], ['subscribed', [0, 128, 1]]]);
    });
  });

  it('says which topics a SUBACK is about, in whatever order they come', async () => {
    // What looks like a number is no less in its place.
    const subscriptions = [...SUBSCRIPTIONS.slice(0, 12), { topic: '7', qos: 1 as const }];
    const [device] = await opened(async (peer) => {
      const asked = [await peer.next('subscribe'), await peer.next('subscribe')];
      for (const { messageId, subscriptions } of asked.reverse()) {
        const granted = subscriptions.map(({ topic }) => (topic === '7' ? 128 : 0));
        // Once more than it should.
        for (let time = 0; time < 2; time++) peer.send({ cmd: 'suback', messageId: messageId!, granted });
      }
    });
    device.connection.subscribe(subscriptions);
    await device.until('subscribed', 2);
    expect(device.subscribedFrom).toEqual([8, 0]);
    expect(device.told.slice(1)).toEqual([
      ['subscribed', [0, 0, 0, 0, 128]],
      ['subscribed', [0, 0, 0, 0, 0, 0, 0, 0]],
    ]);
  });

  it('says of what it receives whether it was retained', async () => {
    const [device] = await opened((peer) => {
      const message = { cmd: 'publish', payload: 'x', qos: 0, dup: false } as const;
      peer.send({ ...message, topic: 'old', retain: true }, { ...message, topic: 'new', retain: false });
    });
    await device.until('received', 2);
    expect(device.retained).toEqual(['old']);
  });

  describe('publish', () => {
    it('at QoS 0 returns 0 and arrives', async () => {
      const [device, peer] = await opened(() => {});
      expect(device.connection.publish('a/b', 'text', 0)).toBe(0);
      expect(device.connection.publish('a/b', Buffer.from([0, 255]), 0)).toBe(0);
      expect(await peer.next('publish')).toMatchObject({
        topic: 'a/b',
        qos: 0,
        payload: Buffer.from('text'),
      });
      expect(await peer.next('publish')).toMatchObject({ qos: 0, payload: Buffer.from([0, 255]) });
      expect(device.told).toEqual([['opened']]);
    });

    it('takes no id of a message that waits for its PUBACK still, for a message or a SUBSCRIBE', async () => {
      const [device, peer] = await opened(() => {});
      const { connection, awaited } = device;
      const idAfter = (id: number, steps: number): number => ((id - 1 + steps) % 65_535) + 1;
      const first = connection.publish('a', 'x', 1);
      for (const steps of [1, 2, 4]) awaited.add(idAfter(first, steps));
      expect(connection.publish('a', 'x', 1)).toBe(idAfter(first, 3));
      connection.subscribe([{ topic: 'a', qos: 0 }]);
      expect((await peer.next('subscribe')).messageId).toBe(idAfter(first, 5));
      expect(connection.publish('a', 'x', 1)).toBe(idAfter(first, 6));
    });

    it('says when it takes no more, and when it does again', async () => {
      const [device, peer] = await opened((peer) => peer.freeze());
      const { connection } = device;
      const payload = Buffer.alloc(64 * 1024);
      while (connection.takesMore) {
        connection.publish('a', payload, 0);
        await turn();
      }
      connection.awaitDrain();
      connection.awaitDrain();
      await turn();
      expect(device.told).toEqual([['opened']]);
      peer.release();
      await device.until('drained');
      expect(connection.takesMore).toBe(true);
      expect(device.told).toEqual([['opened'], ['drained']]);
    });

    it('knows how many messages the server takes at once (MQTT 5)', async () => {
      const { device } = await bench.play(
        async (peer) => {
          await peer.next('connect');
          const properties = { receiveMaximum: 20 };
          peer.send({ cmd: 'connack', sessionPresent: false, reasonCode: 0, properties });
        },
        { protocol: '5' },
      );
      await device.until('opened');
      expect(device.connection.limits.receiveMaximum).toBe(20);
      const [other] = await opened(() => {});
      expect(other.connection.limits.receiveMaximum).toBe(65_535);
    });

    it('at QoS 1 is acknowledged by its id, in any order', async () => {
      const [device] = await opened(async (peer) => {
        const first = await peer.next('publish');
        const second = await peer.next('publish');
        peer.send(
          { cmd: 'puback', messageId: second.messageId! },
          { cmd: 'puback', messageId: first.messageId! },
        );
      });
      const first = device.connection.publish('a', '1', 1);
      const second = device.connection.publish('a', '2', 1);
      await device.until('acked', 2);
      expect(first).not.toBe(second);
      expect(device.told).toEqual([['opened'], ['acked', second, 0], ['acked', first, 0]]);
    });

    it.each([0, 16, 128, 135])('passes reason code %i through (MQTT 5)', async (reasonCode) => {
      const [device] = await opened(async (peer) => {
        const { messageId } = await peer.next('publish');
        peer.send({ cmd: 'puback', messageId: messageId!, reasonCode });
      }, '5');
      const packetId = device.connection.publish('a', 'x', 1);
      await device.until('acked');
      expect(device.told).toEqual([['opened'], ['acked', packetId, reasonCode]]);
    });

    it('passes on acknowledgements that repeat or answer nothing, but no SUBACK of that kind', async () => {
      const [device] = await opened(async (peer) => {
        const { messageId } = await peer.next('publish');
        const other = otherThan(messageId!);
        peer.send({ cmd: 'puback', messageId: other }, { cmd: 'suback', messageId: other, granted: [0] });
        for (let times = 0; times < 3; times++) peer.send({ cmd: 'puback', messageId: messageId! });
        peer.send({ cmd: 'publish', topic: 'last', payload: '', qos: 0, dup: false, retain: false });
      });
      const packetId = device.connection.publish('a', 'x', 1);
      await device.until('received');
      const acked = ['acked', packetId, 0];
      expect(device.told).toEqual([
        ['opened'],
        ['acked', otherThan(packetId), 0],
        acked,
        acked,
        acked,
        ['received', 'last', ''],
      ]);
    });
  });

  it('acknowledges a QoS 1 message at once', async () => {
    const [device, peer] = await opened((peer) =>
      peer.send({
        cmd: 'publish',
        topic: 'b',
        payload: 'x',
        qos: 1,
        messageId: 5,
        dup: false,
        retain: false,
      }),
    );
    expect(await peer.next('puback')).toMatchObject({ messageId: 5 });
    expect(device.told).toEqual([['opened'], ['received', 'b', 'x']]);
  });
}
