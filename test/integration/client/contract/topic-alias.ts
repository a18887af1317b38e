/** Topics by their numbers, as far as an MQTT 5 server takes that and the scenario asks for it. */
import { describe, expect, it } from 'vitest';
import type { Peer } from '../../scripted-server.ts';
import type { Bench, Device, DeviceOptions } from '../device.ts';

const TOPIC = '/sys/pk/d1/thing/event/property/post';

interface Seen {
  topic: string;
  alias: number | undefined;
}

export function describeTopicAlias(bench: Bench): void {
  async function opened(properties: object, options: DeviceOptions = { topicAlias: true }) {
    const { device, server } = await bench.play(
      async (peer) => {
        await peer.next('connect');
        peer.send({ cmd: 'connack', sessionPresent: false, reasonCode: 0, properties });
      },
      { protocol: '5', ...options },
    );
    await device.until('opened');
    return { device, peer: server.peers[0]! };
  }

  async function seen(peer: Peer, count: number): Promise<Seen[]> {
    const found: Seen[] = [];
    for (let nth = 0; nth < count; nth++) {
      const { topic, properties } = await peer.next('publish');
      found.push({ topic, alias: properties?.topicAlias });
    }
    return found;
  }

  function say({ connection }: Device, ...topics: string[]): void {
    for (const [at, topic] of topics.entries()) connection.publish(topic, `message ${at}`, (at % 2) as 0 | 1);
  }

  describe('topic aliases', () => {
    it('name a topic once, and as many as the server takes', async () => {
      const { device, peer } = await opened({ topicAliasMaximum: 2 });
      say(device, 'a', 'b', 'c', 'a', 'b', 'c', 'a');
      expect(await seen(peer, 7)).toEqual([
        { topic: 'a', alias: 1 },
        { topic: 'b', alias: 2 },
        { topic: 'c', alias: undefined },
        { topic: '', alias: 1 },
        { topic: '', alias: 2 },
        { topic: 'c', alias: undefined },
        { topic: '', alias: 1 },
      ]);
    });

    it.each([
      ['the server takes none', {}, { topicAlias: true }],
      ['nobody asked for them', { topicAliasMaximum: 20 }, {}],
    ] as const)('are not there where %s', async (_, properties, options) => {
      const { device, peer } = await opened(properties, options);
      say(device, 'a', 'a', 'b');
      const names = ['a', 'a', 'b'].map((topic) => ({ topic, alias: undefined }));
      expect(await seen(peer, 3)).toEqual(names);
    });

    it('are as good as names: what was sent is acknowledged, and holds what it should', async () => {
      const { device, peer } = await opened({ topicAliasMaximum: 20 });
      const payloads = ['dé', Buffer.from([0, 255]), 'x'.repeat(300)];
      const ids = payloads.map((payload) => device.connection.publish(TOPIC, payload, 1));
      for (const [at, payload] of payloads.entries()) {
        const packet = await peer.next('publish');
        expect(packet).toMatchObject({ qos: 1, messageId: ids[at], payload: Buffer.from(payload) });
        peer.send({ cmd: 'puback', messageId: packet.messageId! });
      }
      await device.until('acked', 3);
    });

    it('do not make a packet too large for the server', async () => {
      // The header takes 2 bytes, the topic 3, the properties 1.
      const { device, peer } = await opened({ topicAliasMaximum: 20, maximumPacketSize: 40 });
      const { connection } = device;
      connection.publish('a', 'x'.repeat(34), 0);
      connection.publish('a', 'x', 0);
      connection.publish('a', 'x'.repeat(34), 0);
      expect(await seen(peer, 3)).toEqual([
        { topic: 'a', alias: undefined },
        { topic: 'a', alias: 1 },
        { topic: '', alias: 1 },
      ]);
    });

    it('save the bytes of the names', async () => {
      const bytes: number[] = [];
      for (const topicAlias of [undefined, true] as const) {
        const { device, peer } = await opened(
          { topicAliasMaximum: 20 },
          { ...(topicAlias && { topicAlias }) },
        );
        const before = device.connection.bytesSent;
        for (let nth = 0; nth < 100; nth++) device.connection.publish(TOPIC, 'x', 0);
        await seen(peer, 100);
        bytes.push(device.connection.bytesSent - before);
      }
      // The name each time but the first; the property of three bytes each time.
      expect(bytes[0]! - bytes[1]!).toBe(99 * TOPIC.length - 100 * 3);
    });
  });
}
