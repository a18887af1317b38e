/** A session that outlives its connection: how it is asked for, whether it is there, and what goes out again. Wills, too. */
import { describe, expect, it } from 'vitest';
import type { KeptSession } from '../../../../src/model/scenario.ts';
import type { Peer } from '../../scripted-server.ts';
import { type Bench, CREDENTIALS, type Device } from '../device.ts';

const VERSIONS = ['3.1.1', '5'] as const;
type Version = (typeof VERSIONS)[number];

const KEPT: Record<Version, KeptSession> = { '3.1.1': {}, '5': { expirySec: 100_000 } };

export function describePersistence(bench: Bench): void {
  /** A device whose session is kept; the server says whether it has it. */
  async function opened(
    protocol: Version,
    sessionPresent: boolean,
    properties: object = {},
  ): Promise<{ device: Device; peer: Peer }> {
    const { device, server } = await bench.play(
      async (peer) => {
        await peer.next('connect');
        peer.send({ cmd: 'connack', sessionPresent, returnCode: 0, reasonCode: 0, properties });
      },
      { protocol, keptSession: KEPT[protocol] },
    );
    await device.until('opened');
    return { device, peer: server.peers[0]! };
  }

  describe.each(VERSIONS)('a kept session (MQTT %s)', (protocol) => {
    it('is asked for in CONNECT', async () => {
      const { server, device } = await bench.play(() => {}, { protocol, keptSession: KEPT[protocol] });
      await expect.poll(() => server.peers.length).toBe(1);
      const connect = await server.peers[0]!.next('connect');
      expect(connect.clean).toBe(false);
      expect(connect.properties?.sessionExpiryInterval).toBe(KEPT[protocol].expirySec);
      device.connection.close();
    });

    it.each([true, false])('is there, or is not, as CONNACK says: %s', async (sessionPresent) => {
      const { device } = await opened(protocol, sessionPresent);
      expect(device.connection.isResumed).toBe(sessionPresent);
    });

    it('takes its messages again as they were, with DUP and their ids; those after them have later ones', async () => {
      const { device, peer } = await opened(protocol, true);
      const { connection } = device;
      const bytes = Buffer.from([0, 255, 7]);
      expect(connection.resend(65_535, 'a/b', 'text')).toBe(true);
      expect(connection.resend(4, 'c', bytes)).toBe(true);
      expect(connection.publish('d', 'new', 1)).toBe(5);
      const sent = [await peer.next('publish'), await peer.next('publish'), await peer.next('publish')];
      expect(sent).toMatchObject([
        { messageId: 65_535, dup: true, qos: 1, retain: false, topic: 'a/b', payload: Buffer.from('text') },
        { messageId: 4, dup: true, qos: 1, retain: false, topic: 'c', payload: bytes },
        { messageId: 5, dup: false, qos: 1, retain: false, topic: 'd' },
      ]);
      for (const { messageId } of [...sent].reverse()) peer.send({ cmd: 'puback', messageId: messageId! });
      await device.until('acked', 3);
      expect(device.told.slice(1)).toEqual([
        ['acked', 5, 0],
        ['acked', 4, 0],
        ['acked', 65_535, 0],
      ]);
    });
  });

  it('says of a message that the server takes no more that it did not go out again (MQTT 5)', async () => {
    const { device, peer } = await opened('5', true, { maximumPacketSize: 100 });
    expect(device.connection.resend(7, 'a', 'x'.repeat(200))).toBe(false);
    expect(device.connection.resend(8, 'a', 'x')).toBe(true);
    expect(await peer.next('publish')).toMatchObject({ messageId: 8, dup: true });
  });

  it('a server that has a session where a new one was asked for speaks no MQTT 5', async () => {
    const { device } = await bench.play(
      async (peer) => {
        await peer.next('connect');
        peer.send({ cmd: 'connack', sessionPresent: true, reasonCode: 0 });
      },
      { protocol: '5' },
    );
    await device.untilOver();
    expect(device.told).toEqual([['failed', { phase: 'connack', kind: 'protocol', code: '' }]]);
  });

  it.each(VERSIONS)(
    'asks for no session, and says no will, without being told (MQTT %s)',
    async (protocol) => {
      const { server, device } = await bench.play(() => {}, { protocol });
      await expect.poll(() => server.peers.length).toBe(1);
      const connect = await server.peers[0]!.next('connect');
      expect(connect).toMatchObject({ clean: true });
      expect(connect.will).toBeUndefined();
      expect(connect.properties?.sessionExpiryInterval).toBeUndefined();
      device.connection.close();
    },
  );

  describe.each(VERSIONS)('a will (MQTT %s)', (protocol) => {
    it.each([
      [0, false],
      [1, true],
    ] as const)('is said in CONNECT: QoS %i, retain %s', async (qos, retain) => {
      const will = { topic: 'gone/dé1', payload: 'lost: dé1', qos, retain };
      const credentials = { ...CREDENTIALS, will };
      const { server, device } = await bench.play(() => {}, { protocol, credentials });
      await expect.poll(() => server.peers.length).toBe(1);
      const connect = await server.peers[0]!.next('connect');
      const { mqttClientId, username, password } = CREDENTIALS;
      expect(connect).toMatchObject({
        clientId: mqttClientId,
        username,
        password: Buffer.from(password!),
        will: { topic: will.topic, payload: Buffer.from(will.payload), qos, retain },
      });
      device.connection.close();
    });
  });
}
