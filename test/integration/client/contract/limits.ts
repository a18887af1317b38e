/** What an MQTT 5 server says in its CONNACK that it does not take: it is not sent, and whoever asked for it is told. */
import type { ISubscribePacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { FORBIDDEN, refusedSubscription } from '../../../../src/mqtt/server-limits.ts';
import type { Script } from '../../scripted-server.ts';
import type { Bench, Device } from '../device.ts';
import { packet } from './malformed.ts';

/** Properties as bytes: each limit in the order of the standard. */
const connack = (...properties: number[]): Buffer => packet(0x20, 0, 0, properties.length, ...properties);

const welcome =
  (properties: number[], then: Script = () => {}): Script =>
  async (peer) => {
    await peer.next('connect');
    peer.send(connack(...properties));
    await then(peer);
  };

const SUBACK_FOR_ALL: Script = async (peer) => {
  for (;;) {
    const { messageId, subscriptions } = await peer.next('subscribe');
    peer.send({ cmd: 'suback', messageId: messageId!, granted: subscriptions.map(({ qos }) => qos) });
  }
};

const MAXIMUM_QOS_0 = [0x24, 0];
const MAXIMUM_PACKET_SIZE_200 = [0x27, 0, 0, 0, 200];
const NO_WILDCARDS = [0x28, 0];
const NO_SHARED = [0x2a, 0];

export function describeLimits(bench: Bench): void {
  async function opened(properties: number[], then?: Script): Promise<Device> {
    const { device } = await bench.play(welcome(properties, then), { protocol: '5', tickMs: 1000 });
    await device.until('opened');
    return device;
  }

  describe('limits of an MQTT 5 server', () => {
    it('are known once it is open', async () => {
      const device = await opened([
        ...[0x21, 0, 20],
        ...MAXIMUM_QOS_0,
        ...[0x25, 0],
        ...MAXIMUM_PACKET_SIZE_200,
        ...[0x12, 0, 1, 0x61],
        ...[0x22, 0, 5],
        ...NO_WILDCARDS,
        ...[0x29, 0],
        ...NO_SHARED,
        ...[0x13, 0, 60],
      ]);
      expect(device.connection.limits).toEqual({
        receiveMaximum: 20,
        maximumQos: 0,
        retainAvailable: 0,
        maximumPacketSize: 200,
        topicAliasMaximum: 5,
        wildcardSubscriptionAvailable: 0,
        subscriptionIdentifierAvailable: 0,
        sharedSubscriptionAvailable: 0,
        serverKeepAlive: 60,
      });
    });

    it('of its QoS keep back what is above', async () => {
      let topic = '';
      const device = await opened(MAXIMUM_QOS_0, async (peer) => {
        ({ topic } = await peer.next('publish'));
      });
      expect(device.connection.publish('above', 'x', 1)).toBe(FORBIDDEN);
      expect(device.connection.publish('within', 'x', 0)).toBe(0);
      await expect.poll(() => topic).toBe('within');
    });

    it.each([0, 1] as const)('of its packets keep back what is larger, to the byte (QoS %i)', async (qos) => {
      const sizes: number[] = [];
      const device = await opened(MAXIMUM_PACKET_SIZE_200, async (peer) => {
        for (;;) sizes.push((await peer.next('publish')).length!);
      });
      // Fixed header of 3 bytes, the topic’s 3, no properties, and the packet id.
      const fits = 200 - 3 - 3 - 1 - (qos === 0 ? 0 : 2);
      expect(device.connection.publish('t', 'x'.repeat(fits + 1), qos)).toBe(FORBIDDEN);
      expect(device.connection.publish('t', Buffer.alloc(fits + 1), qos)).toBe(FORBIDDEN);
      expect(device.connection.publish('t', 'x'.repeat(fits), qos)).not.toBe(FORBIDDEN);
      await expect.poll(() => sizes).toEqual([197]);
    });

    it('of its subscriptions keep back filters, each of which is answered in its place', async () => {
      const asked: string[][] = [];
      const device = await opened([...NO_WILDCARDS, ...NO_SHARED], async (peer) => {
        for (;;) {
          const { messageId, subscriptions }: ISubscribePacket = await peer.next('subscribe');
          asked.push(subscriptions.map(({ topic }) => topic));
          peer.send({ cmd: 'suback', messageId: messageId!, granted: subscriptions.map(() => 1) });
        }
      });
      const subscribe = (...topics: string[]): void =>
        device.connection.subscribe(topics.map((topic) => ({ topic, qos: 1 })));
      subscribe('a/+', 'b', '$share/g/c', 'd');
      await device.until('subscribed');
      subscribe('#');
      await device.until('subscribed', 2);
      expect(asked).toEqual([['b', 'd']]);
      const codes = device.told.flatMap((told) => (told[0] === 'subscribed' ? told[1] : []));
      const failures = codes.map((code) => (code < 128 ? code : refusedSubscription(code).code));
      const wildcards = 'Wildcard Subscription Available 0';
      expect(failures).toEqual([wildcards, 1, 'Shared Subscription Available 0', 1, wildcards]);
    });

    it('of its packets divide a SUBSCRIBE', async () => {
      let packets = 0;
      const device = await opened(MAXIMUM_PACKET_SIZE_200, async (peer) => {
        for (;;) {
          const { messageId, subscriptions, length } = await peer.next('subscribe');
          packets++;
          expect(length).toBeLessThanOrEqual(198);
          peer.send({ cmd: 'suback', messageId: messageId!, granted: subscriptions.map(() => 0) });
        }
      });
      const topics = Array.from({ length: 8 }, (_, n) => `${n}`.repeat(50));
      topics.splice(3, 0, 'x'.repeat(200));
      device.connection.subscribe(topics.map((topic) => ({ topic, qos: 0 })));
      await device.until('subscribed', 3);
      const codes = device.told.flatMap((told) => (told[0] === 'subscribed' ? told[1] : []));
      expect(codes.map((code) => (code < 128 ? 0 : refusedSubscription(code).code))).toEqual([
        ...[0, 0, 0, 'Maximum Packet Size'],
        ...[0, 0, 0, 0, 0],
      ]);
      expect(packets).toBe(3);
    });

    it('of our own are told in CONNECT', async () => {
      const seen: unknown[] = [];
      for (const protocol of ['5', '3.1.1'] as const) {
        const { device } = await bench.play(
          async (peer) => {
            seen.push((await peer.welcome()).properties);
          },
          { protocol },
        );
        await device.until('opened');
      }
      expect(seen).toEqual([{ maximumPacketSize: 1024 * 1024 }, undefined]);
    });

    it('of silence are kept although a shard looks once a second only', async () => {
      let longestMs = 0;
      const device = await opened([0x13, 0, 2], async (peer) => {
        for (let pings = 0; pings < 2; pings++) {
          const fromMs = performance.now();
          await peer.next('pingreq');
          longestMs = Math.max(longestMs, performance.now() - fromMs);
          peer.send({ cmd: 'pingresp' });
        }
      });
      await expect.poll(() => longestMs, { timeout: 10_000 }).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      // When the server would close [MQTT-3.1.2-22].
      expect(longestMs).toBeLessThan(3_000);
      expect(device.told).toEqual([['opened']]);
    });

    it('are none where nothing is said of them', async () => {
      const device = await opened([], SUBACK_FOR_ALL);
      device.connection.subscribe([{ topic: '$share/g/#', qos: 1 }]);
      await device.until('subscribed');
      expect(device.told).toEqual([['opened'], ['subscribed', [1]]]);
    });
  });
}
