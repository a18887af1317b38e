/** TLS handshakes: which are resumed, what is asked for in them, and by which code a server refuses. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { generate } from 'mqtt-packet';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/model/failure.ts';
import type { Endpoint } from '../../../../src/platform/endpoint.ts';
import { findProgram, mustBeInstalledInCi } from '../../../support/program.ts';
import { freePort } from '../../scripted-server.ts';
import { goodIdentity, type Identity } from '../certificates.ts';
import type { Bench, Device, DeviceOptions } from '../device.ts';

const CONNACK = generate({ cmd: 'connack', sessionPresent: false, returnCode: 0 });
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

export function describeHandshakes(bench: Bench): void {
  describe('in the TLS handshake', () => {
    let good: Identity;
    let stranger: Identity;
    const servers: Server[] = [];
    let spoken: (string | null)[] = [];
    beforeAll(async () => {
      [good, stranger] = [await goodIdentity(), await goodIdentity()];
    });
    afterEach(async () => {
      await bench.clear();
      for (const server of servers.splice(0)) server.close();
    });

    /** Lets everybody in who has shaken hands. */
    async function serve(options: TlsOptions = {}): Promise<Endpoint> {
      const server = createServer({ ...good, ...options }, (socket) => {
        spoken.push(socket.getProtocol());
        socket.once('data', () => socket.write(CONNACK));
        socket.on('end', () => socket.end()).on('error', () => {});
      });
      server.on('tlsClientError', (_, socket) => socket.destroy());
      servers.push(server.listen(0, '127.0.0.1'));
      await once(server, 'listening');
      return { protocol: 'mqtts', host: '127.0.0.1', port: (server.address() as AddressInfo).port, path: '' };
    }

    async function failureOf(endpoint: Endpoint, options: DeviceOptions = {}): Promise<Failure> {
      const device = bench.connect(endpoint, { ...options, tls: { ca: good.cert, ...options.tls } });
      await device.untilOver();
      return (device.told[0] as ['failed', Failure])[1];
    }

    describe.each(VERSIONS)('of %s', (version) => {
      const tls = () => ({ ca: good.cert, minVersion: version, maxVersion: version });

      async function visit(endpoint: Endpoint, options: DeviceOptions): Promise<Device> {
        const device = bench.connect(endpoint, options);
        await device.until('opened');
        device.connection.close();
        await device.untilOver();
        return device;
      }

      it('a device goes on with its own last session, and no other with it', async () => {
        const endpoint = await serve();
        const client = bench.client({ tls: { ...tls(), resume: 'own' } });
        const resumed: unknown[] = [];
        for (const row of [0, 0, 1, 0, 1])
          resumed.push((await visit({ ...endpoint, row }, { client })).attempt.isResumed);
        expect(resumed).toEqual([false, true, false, true, true]);
      });

      it('all go on with one session where it is shared', async () => {
        const endpoint = await serve();
        const client = bench.client({ tls: { ...tls(), resume: 'shared' } });
        const resumed: unknown[] = [];
        for (const row of [0, 1, 2])
          resumed.push((await visit({ ...endpoint, row }, { client })).attempt.isResumed);
        expect(resumed).toEqual([false, true, true]);
      });

      it('none is resumed unless that is asked for', async () => {
        const endpoint = await serve();
        const client = bench.client({ tls: tls() });
        for (let time = 0; time < 2; time++)
          expect((await visit({ ...endpoint, row: 0 }, { client })).attempt.isResumed).toBe(false);
      });

      it('a server that has forgotten the session gets a full one', async () => {
        const first = await serve();
        const client = bench.client({ tls: { ...tls(), resume: 'own' } });
        await visit({ ...first, row: 0 }, { client });
        const other = await serve();
        expect((await visit({ ...other, row: 0 }, { client })).attempt.isResumed).toBe(false);
      });

      it('is spoken where it is asked for, and refused by a server that does not speak it', async () => {
        const other = VERSIONS.find((each) => each !== version)!;
        spoken = [];
        await visit(await serve(), { tls: tls() });
        expect(spoken).toEqual([version]);
        const strict = await serve({ minVersion: other, maxVersion: other });
        expect(await failureOf(strict, { tls: tls() })).toEqual({
          phase: 'tls',
          kind: 'tls',
          code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
        });
      });
    });

    it('asks for its protocols, and is refused by a server that has none of them', async () => {
      const asked: string[][] = [];
      const endpoint = await serve({
        ALPNCallback: ({ protocols }) => {
          asked.push(protocols);
          return protocols.find((name) => name === 'mqtt');
        },
      });
      const device = bench.connect(endpoint, { tls: { ca: good.cert, alpn: ['x-amzn-mqtt-ca', 'mqtt'] } });
      await device.until('opened');
      expect(asked).toEqual([['x-amzn-mqtt-ca', 'mqtt']]);
      expect(await failureOf(endpoint, { tls: { alpn: ['coap'] } })).toEqual({
        phase: 'tls',
        kind: 'tls',
        code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
      });
    });

    // TLS 1.3 lets a client be done before the server has looked at its certificate: the alert comes in place of CONNACK.
    it.each([
      ['TLSv1.2', 'tls', 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'],
      ['TLSv1.3', 'connack', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
    ] as const)('of %s is told in %s that a certificate is missing', async (version, phase, code) => {
      const endpoint = await serve({ requestCert: true, ca: stranger.cert });
      const failure = await failureOf(endpoint, { tls: { maxVersion: version } });
      expect(failure).toEqual({ phase, kind: 'tls', code });
    });

    describeOpenssl(() => ({ good, stranger, failureOf }));
  });
}

interface Parts {
  good: Identity;
  stranger: Identity;
  failureOf(endpoint: Endpoint, options: DeviceOptions): Promise<Failure>;
}

/** Node's own servers end such a connection without a word. */
function describeOpenssl(parts: () => Parts): void {
  const OPENSSL = findProgram('openssl');
  mustBeInstalledInCi('openssl', OPENSSL);
  describe.skipIf(OPENSSL === undefined)('with openssl s_server', () => {
    let server: ChildProcess | undefined;
    let folder: string;
    afterEach(async () => {
      server?.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each([
      ['TLSv1.2', 'tls'],
      ['TLSv1.3', 'connack'],
    ] as const)('of %s is told in %s that its certificate is not taken', async (version, phase) => {
      const { good, stranger, failureOf } = parts();
      folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-tls-'));
      const file = (name: string, text: string): string => {
        writeFileSync(join(folder, name), text);
        return join(folder, name);
      };
      const [cert, key] = [file('server.pem', good.cert), file('server.key', good.key)];
      const port = await freePort();
      const args = ['s_server', '-accept', String(port), '-cert', cert, '-key', key, '-CAfile', cert];
      server = spawn(OPENSSL!, [...args, '-Verify', '1', '-verify_return_error'], { stdio: 'pipe' });
      for await (const said of server.stdout!) if (String(said).includes('ACCEPT')) break;
      const tls = {
        maxVersion: version,
        certFile: file('device.pem', stranger.cert),
        keyFile: file('device.key', stranger.key),
      };
      const endpoint = { protocol: 'mqtts', host: '127.0.0.1', port, path: '' } as const;
      const failure = await failureOf(endpoint, { tls });
      expect(failure).toEqual({ phase, kind: 'tls', code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' });
    });
  });
}
