import { once } from 'node:events';
import { createServer, connect as dial } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { makeCertificate } from '../../../src/stand-in/certificate.ts';
import { zeroCounts } from '../../../src/stand-in/endpoint/counts.ts';
import { Listeners } from '../../../src/stand-in/listeners.ts';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { connect, D1, D2, DEVICES, optionsOf, returnCodeOf } from './fleet.ts';

describe('listeners', () => {
  it('takes the same device over tcp, tls, ws and wss, with a certificate the client can verify', async () => {
    const standIn = await startStandIn({ devices: DEVICES, tcp: 0, tls: 0, ws: 0, wss: 0 });
    const { tcp, tls, ws, wss } = standIn.urls as Required<StandIn['urls']>;
    expect(tls).toMatch(/^mqtts:\/\/127\.0\.0\.1:\d+$/);
    expect(wss).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/mqtt$/);
    for (const url of [tcp, tls, ws, wss]) {
      const client = await connect(D1, url, { ca: standIn.ca, rejectUnauthorized: true });
      await client.publishAsync('/pk/d1/user/update', 'x', { qos: 1 });
      await client.endAsync();
    }
    await vi.waitFor(() => expect(standIn.counts()).toMatchObject({ disconnects: 4, connections_open: 0 }));
    expect(standIn.counts()).toMatchObject({
      connections_accepted: 4,
      connects_ok: 4,
      publishes_received: 4,
      kicked: 0,
    });
    await standIn.close();
  });

  it.each(['tls', 'ws', 'wss'] as const)('says why over %s as well', async (transport) => {
    const standIn = await startStandIn({ devices: DEVICES, [transport]: 0 });
    const url = standIn.urls[transport]!;
    const options = { ...optionsOf(D1, url), ca: standIn.ca, password: 'wrong' };
    expect(await returnCodeOf(url, options)).toBe(4);
    await standIn.close();
  });

  it.each(['tls', 'wss'] as const)(
    'tells why a TLS handshake over %s came to nothing, once',
    async (transport) => {
      const standIn = await startStandIn({ devices: DEVICES, [transport]: 0 });
      for (let times = 0; times < 3; times++) {
        const socket = dial(standIn.ports[transport]!, '127.0.0.1').resume();
        socket.on('error', () => {});
        socket.write('GET / HTTP/1.1\r\n\r\n');
        await once(socket, 'close');
      }
      const notes = await standIn.refusals.take();
      expect(notes).toMatchObject([
        { device: '', code: 'TLS handshake', mistake: expect.stringContaining('no TLS') },
      ]);
      expect([...standIn.refusals.beyond()]).toEqual([[notes[0]!.reason, 2]]);
      await standIn.close();
    },
  );

  it('lets a client go away that does not trust the certificate', async () => {
    const standIn = await startStandIn({ devices: DEVICES, tls: 0 });
    await expect(connect(D1, standIn.urls.tls!)).rejects.toThrow(/self-signed/);
    expect(standIn.counts()).toMatchObject({ connections_accepted: 1, connects_ok: 0 });
    await standIn.close();
  });

  it('takes and counts a securemode that does not fit the transport', async () => {
    const standIn = await startStandIn({ devices: DEVICES, tcp: 0, tls: 0, wss: 0 });
    const { tcp, tls, wss } = standIn.urls as Required<StandIn['urls']>;
    expect(await returnCodeOf(tls, { ...optionsOf(D1, tls), ca: standIn.ca })).toBe(0);
    expect(standIn.counts().connects_securemode_mismatch).toBe(0);
    expect(await returnCodeOf(tls, { ...optionsOf(D1, tcp), ca: standIn.ca })).toBe(0);
    expect(await returnCodeOf(wss, { ...optionsOf(D1, tcp), ca: standIn.ca })).toBe(0);
    expect(await returnCodeOf(tcp, optionsOf(D1, tls))).toBe(0);
    // Who is refused for another reason is no matter of its securemode.
    expect(await returnCodeOf(tcp, { ...optionsOf(D1, tls), password: 'wrong' })).toBe(4);
    expect(standIn.counts()).toMatchObject({ connects_ok: 4, connects_securemode_mismatch: 3 });
    await standIn.close();
  });

  it('refuses such a securemode where it is told to be strict', async () => {
    const standIn = await startStandIn({ devices: DEVICES, tcp: 0, tls: 0, strictSecuremode: true });
    const { tcp, tls } = standIn.urls as Required<StandIn['urls']>;
    expect(await returnCodeOf(tls, { ...optionsOf(D1, tcp), ca: standIn.ca })).toBe(2);
    expect(await returnCodeOf(tcp, optionsOf(D1, tls))).toBe(2);
    expect(await returnCodeOf(tcp, optionsOf(D1, tcp))).toBe(0);
    expect(standIn.counts()).toMatchObject({ connects_refused_2: 2, connects_ok: 1 });
    expect(standIn.counts().connects_securemode_mismatch).toBe(0);
    await standIn.close();
  });

  it('closes with devices signed in and a silent connection, and frees the port', async () => {
    const standIn = await startStandIn({ devices: DEVICES, tcp: 0, ws: 0 });
    const clients = await Promise.all([connect(D1, standIn.urls.tcp!), connect(D2, standIn.urls.ws!)]);
    const silent = await import('node:net').then(({ connect }) => connect(standIn.ports.tcp!, '127.0.0.1'));
    silent.on('error', () => {});
    await vi.waitFor(() => expect(standIn.counts().connections_accepted).toBe(3));
    await standIn.close();
    await vi.waitFor(() => expect(clients.map((client) => client.connected)).toEqual([false, false]));
    expect(standIn.counts()).toMatchObject({ connections_open: 0, disconnects: 2 });
    const again = await startStandIn({ devices: DEVICES, tcp: standIn.ports.tcp });
    expect(await returnCodeOf(again.urls.tcp!, optionsOf(D1, again.urls.tcp!))).toBe(0);
    await again.close();
  });

  it('says that a port is taken, and leaves nothing behind', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const port = (taken.address() as { port: number }).port;
    await expect(startStandIn({ devices: DEVICES, tcp: 0, ws: port })).rejects.toMatchObject({
      code: 'broker-failed',
      message: expect.stringContaining(`port ${port}: EADDRINUSE`),
      hint: expect.stringContaining('another port'),
    });
    await new Promise((resolve) => taken.close(resolve));
  });

  it.each([
    ['tls', ''],
    ['tls', '\x16\x03\x01'],
    ['wss', ''],
    ['ws', ''],
    ['ws', 'GET /mqtt HTTP/1.1\r\nHost: x\r\n'],
    ['ws', 'GET /mqtt HTTP/1.1\r\nHost: x\r\n\r\n'],
  ] as const)('closes who says no more than this over %s: %j', async (transport, said) => {
    const listeners = new Listeners(zeroCounts(), 100);
    let accepted = 0;
    await listeners.open(transport, '127.0.0.1', 0, { own: await makeCertificate([]) }, () => accepted++);
    const socket = dial(listeners.ports[transport]!, '127.0.0.1').resume();
    socket.on('error', () => {});
    if (said !== '') socket.write(said, 'latin1');
    await once(socket, 'close');
    expect(accepted).toBe(0);
    await listeners.close();
  });
});
