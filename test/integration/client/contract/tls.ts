/** TLS: what is accepted, and by which code what is not. */
import type { TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { expiredIdentity, goodIdentity, type Identity, otherNameIdentity } from '../certificates.ts';
import type { Bench } from '../device.ts';
import { expectWholeService } from './opening.ts';

export function describeTls(bench: Bench): void {
  describe('over TLS', () => {
    let good: Identity;
    let expired: Identity;
    let otherName: Identity;
    beforeAll(async () => {
      [good, expired, otherName] = await Promise.all([
        goodIdentity(),
        expiredIdentity(),
        otherNameIdentity(),
      ]);
    });

    it.each(['mqtts', 'wss'] as const)(
      'opens %s with the right CA and times the handshake',
      async (protocol) => {
        const { device } = await bench.play(async (peer) => void (await peer.welcome()), {
          server: { protocol, identity: good },
          tls: { ca: good.cert },
        });
        await device.until('opened');
        expect(device.phases).toEqual(['sign', 'tcp', 'tls', 'connack']);
        expectWholeService(device);
      },
    );

    it.each([
      ['a self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', () => good, () => expired.cert],
      ['an expired certificate', 'CERT_HAS_EXPIRED', () => expired, () => expired.cert],
      ['another name', 'ERR_TLS_CERT_ALTNAME_INVALID', () => otherName, () => otherName.cert],
    ] as const)('fails on %s', async (_what, code, identity, ca) => {
      const { device, server } = await bench.play(async (peer) => void (await peer.welcome()), {
        server: { protocol: 'mqtts', identity: identity() },
        tls: { ca: ca() },
      });
      await device.untilOver();
      expect(device.told).toEqual([['failed', { phase: 'tls', kind: 'certificate', code }]]);
      // Nothing of CONNECT, which holds the signature, may have reached a server that was not trusted.
      for (const peer of server.peers) expect(peer.received).toHaveLength(0);
    });

    it('takes any certificate when it is not to verify, and another name by servername', async () => {
      const server = await bench.serve(async (peer) => void (await peer.welcome()), {
        protocol: 'mqtts',
        identity: otherName,
      });
      const careless = bench.connect(server.endpoint, { tls: { verify: false } });
      const knowing = bench.connect(server.endpoint, {
        tls: { ca: otherName.cert, servername: '192.0.2.1' },
      });
      await careless.until('opened');
      await knowing.until('opened');
    });

    it.each([
      ['127.0.0.1', false],
      ['localhost', 'localhost'],
    ])('to %s with the server name %s [RFC 6066, 3]', async (host, name) => {
      const names: unknown[] = [];
      const server = await bench.serve(
        async (peer) => {
          names.push((peer.stream as TLSSocket).servername);
          await peer.welcome();
        },
        { protocol: 'mqtts', identity: good },
      );
      const device = bench.connect({ ...server.endpoint, host }, { tls: { verify: false } });
      await device.until('opened');
      expect(names).toEqual([name]);
    });

    it('fails at the deadline when a plain port says nothing', async () => {
      const server = await bench.serve(() => {});
      const device = bench.connect({ ...server.endpoint, protocol: 'mqtts' });
      await expect.poll(() => server.peers[0]?.received.length).toBeGreaterThan(0);
      device.connection.expire();
      expect(device.told).toEqual([['failed', { phase: 'tls', kind: 'timeout', code: '' }]]);
    });

    it('fails when the answer is no TLS', async () => {
      const server = await bench.serve(async (peer) => {
        await peer.until(() => peer.received.length > 0);
        peer.send(Buffer.from([0x20, 2, 0, 0, 0x20, 2, 0, 0]));
      });
      const device = bench.connect({ ...server.endpoint, protocol: 'mqtts' });
      await device.untilOver();
      expect(device.told).toEqual([
        ['failed', { phase: 'tls', kind: 'tls', code: expect.stringMatching(/^(ERR_SSL_|EPROTO)/) }],
      ]);
    });

    it.each([
      ['closes', 'closed', ''],
      ['resets', 'reset', 'ECONNRESET'],
    ])('fails when the far side %s within the handshake', async (how, kind, code) => {
      const server = await bench.serve(async (peer) => {
        await peer.until(() => peer.received.length > 0);
        if (how === 'closes') peer.fin();
        else peer.rst();
      });
      const device = bench.connect({ ...server.endpoint, protocol: 'mqtts' });
      await device.untilOver();
      expect(device.told).toEqual([['failed', { phase: 'tls', kind, code }]]);
    });
  });
}
