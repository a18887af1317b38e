/** What a TLS handshake of ours says of itself, from the far side. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, createServer, type Server, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { Attempt } from '../../../src/client/attempt.ts';
import { Dial } from '../../../src/client/dial.ts';
import { sharedRead } from '../../../src/mqtt/owned-stream.ts';
import type { Endpoint } from '../../../src/platform/endpoint.ts';

type Pem = { key: string; cert: string };

let server: Server | undefined;
afterEach(() => server?.close());

let broker: Pem;
let device: Pem;
beforeAll(async () => {
  const made = async (name: string): Promise<Pem> => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: name }], { keySize: 2048 });
    return { key, cert };
  };
  [broker, device] = [await made('broker'), await made('a device')];
});

/** The server's end of a connection that was dialed so. */
async function dialed(
  options: { servername?: string; endpoint?: Partial<Endpoint> } = {},
): Promise<TLSSocket> {
  server = createServer({ ...broker, requestCert: true, rejectUnauthorized: false });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = { protocol: 'mqtts', host: '127.0.0.1', port, path: '', ...options.endpoint } as const;
  const { servername } = options;
  const settings = { secureContext: createSecureContext(), servername, verify: false, onread: sharedRead() };
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
  const opened = new Promise<Duplex>((resolve, reject) => {
    new Dial(new Attempt({ nowUs: () => 0 }), endpoint, settings, {
      dialed: resolve,
      dialFailed: (error) => reject(error ?? new Error('closed')),
    });
  });
  // In TLS 1.3 the client is done first: until the server is, the stream stays open.
  const [stream, [socket]] = await Promise.all([opened, accepted]);
  socket.on('error', () => {});
  stream.on('error', () => {}).destroy();
  return socket;
}

/** RFC 6066, section 3. */
it('names no host for a literal address, and the one that it is given else', async () => {
  expect((await dialed()).servername).toBe(false);
  server!.close();
  expect((await dialed({ servername: '127.0.0.9' })).servername).toBe(false);
  server!.close();
  expect((await dialed({ servername: 'iot.example' })).servername).toBe('iot.example');
  server!.close();
  expect((await dialed({ endpoint: { host: 'localhost' } })).servername).toBe('localhost');
});

it('shows the certificate of the device where its login brought one, and none else', async () => {
  expect((await dialed()).getPeerCertificate()).toEqual({});
  server!.close();
  const socket = await dialed({ endpoint: { secureContext: createSecureContext(device) } });
  expect(socket.getPeerCertificate().subject.CN).toBe('a device');
});
