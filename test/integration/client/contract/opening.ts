/** CONNACK 0, and where the time went. */
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { goodIdentity } from '../certificates.ts';
import { type Bench, CREDENTIALS, type Device } from '../device.ts';

/** Phases are contiguous: nothing of the attempt is outside of them, nothing is counted twice. */
export function expectWholeService({ attempt, serviceUs }: Device): void {
  const sumUs = Object.values(attempt.durationUs).reduce((sum, us) => sum + us, 0);
  expect(Math.abs(sumUs - serviceUs)).toBeLessThanOrEqual(1);
  expect(serviceUs).toBeGreaterThan(0);
}

const HAS_IPV6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

export function describeOpening(bench: Bench): void {
  describe('opens', () => {
    it('with CONNACK 0; a literal address takes no DNS, mqtt:// no TLS', async () => {
      const { device } = await bench.play(async (peer) => void (await peer.welcome()));
      await device.until('opened');
      expect(device.phases).toEqual(['sign', 'tcp', 'connack']);
      expectWholeService(device);
    });

    it('a name by way of DNS', async () => {
      const server = await bench.serve(async (peer) => void (await peer.welcome()));
      const device = bench.connect({ ...server.endpoint, host: 'localhost' });
      await device.until('opened');
      expect(device.phases).toEqual(['sign', 'dns', 'tcp', 'connack']);
      expectWholeService(device);
    });

    it.each(['3.1.1', '5'] as const)('MQTT %s and says who it is', async (protocol) => {
      let connect: unknown;
      const { device } = await bench.play(
        async (peer) => {
          connect = await peer.welcome();
        },
        { protocol, keepaliveSec: 77 },
      );
      await device.until('opened');
      const { mqttClientId, username, password } = CREDENTIALS;
      expect(connect).toMatchObject({
        protocolId: 'MQTT',
        protocolVersion: protocol === '5' ? 5 : 4,
        clean: true,
        keepalive: 77,
        clientId: mqttClientId,
        username,
        password: Buffer.from(password!),
      });
    });

    it.skipIf(!HAS_IPV6).each(['mqtt', 'ws'] as const)('%s on a literal IPv6 address', async (protocol) => {
      const { device, server } = await bench.play(async (peer) => void (await peer.welcome()), {
        server: { protocol, host: '::1' },
      });
      await device.until('opened');
      expect(server.endpoint.host).toBe('::1');
      expect(device.phases).toEqual(['sign', 'tcp', 'connack']);
    });

    it.skipIf(process.platform !== 'linux').each([
      ['mqtt', '127.0.0.1'],
      ['mqtts', '127.0.0.1'],
      ['ws', 'localhost'],
    ] as const)('%s from the local address that it is given', async (protocol, host) => {
      const from: (string | undefined)[] = [];
      const identity = protocol === 'mqtts' ? await goodIdentity() : undefined;
      const server = await bench.serve(
        async (peer) => {
          from.push(peer.tcp.remoteAddress);
          await peer.welcome();
        },
        { protocol, identity },
      );
      const addresses = ['127.0.0.2', '127.0.0.3', undefined];
      for (const localAddress of addresses) {
        const endpoint = { ...server.endpoint, host, localAddress };
        await bench.connect(endpoint, { tls: { verify: false } }).until('opened');
      }
      expect(from).toEqual(['127.0.0.2', '127.0.0.3', '127.0.0.1']);
    });

    it('not from an address that is not this machine’s', async () => {
      const server = await bench.serve(() => {});
      // Of the block that is kept for documentation (RFC 5737).
      const device = bench.connect({ ...server.endpoint, localAddress: '192.0.2.1' });
      await device.until('failed');
      expect(device.told).toEqual([['failed', { phase: 'tcp', kind: 'no-ports', code: 'EADDRNOTAVAIL' }]]);
    });

    it('over WebSocket', async () => {
      const { device, server } = await bench.play(async (peer) => void (await peer.welcome()), {
        server: { protocol: 'ws' },
      });
      await device.until('opened');
      expect(server.endpoint.protocol).toBe('ws');
      expect(device.phases).toEqual(['sign', 'tcp', 'connack']);
      expectWholeService(device);
    });
  });
}
