/** Every way in which an attempt can fail short of TLS: one outcome each, with its phase, kind and code. */
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/model/failure.ts';
import { freePort, type Script } from '../../scripted-server.ts';
import type { Bench } from '../device.ts';

const REST_OF_TIME = new Promise<void>(() => {});

/** Sends these bytes instead of a CONNACK, and then nothing. */
function answer(bytes: Buffer | string): Script {
  return async (peer) => {
    await peer.next('connect');
    peer.send(Buffer.from(bytes));
  };
}

const CONNACK: Omit<Failure, 'kind'> = { phase: 'connack', code: '' };

export function describeFailedAttempts(bench: Bench): void {
  describe('fails', () => {
    it.each([1, 2, 3, 4, 5, 200])('refused with CONNACK %i', async (code) => {
      const { device } = await bench.play(answer(Buffer.from([0x20, 2, 0, code])));
      await device.untilOver();
      expect(device.told).toEqual([
        ['failed', { phase: 'connack', kind: 'rejected', code: `CONNACK ${code}` }],
      ]);
    });

    it.each([132, 134, 135, 137])('refused with MQTT 5 reason %i', async (code) => {
      const { device } = await bench.play(answer(Buffer.from([0x20, 3, 0, code, 0])), { protocol: '5' });
      await device.untilOver();
      expect(device.told).toEqual([
        ['failed', { phase: 'connack', kind: 'rejected', code: `CONNACK ${code}` }],
      ]);
    });

    it.each<[string, Buffer | string, string?]>([
      ['an HTTP answer', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', 'HTTP'],
      ['the alert of a TLS port', Buffer.from([0x15, 0x03, 0x03, 0, 2, 2, 70]), 'TLS'],
      [
        'a packet of 2 MB',
        Buffer.from([0x30, 0x80, 0x80, 0x80, 1, 0, 1, 0x61]),
        'Maximum Packet Size 1048576',
      ],
      ['bytes of 0xff', Buffer.alloc(64, 0xff)],
      ['a remaining length without end', Buffer.from([0x20, 0xff, 0xff, 0xff, 0xff, 0xff])],
      ['CONNACK with reserved flags', Buffer.from([0x20, 2, 0xfe, 0])],
      ['CONNACK of type 0', Buffer.from([0x00, 2, 0, 0])],
    ])('%s as a protocol error', async (_what, bytes, code = '') => {
      const { device } = await bench.play(answer(bytes));
      await device.untilOver();
      expect(device.told).toEqual([['failed', { ...CONNACK, kind: 'protocol', code }]]);
    });

    it('refused by a server of 3.1.1 where MQTT 5 was asked for', async () => {
      const { device } = await bench.play(answer(Buffer.from([0x20, 2, 0, 1])), { protocol: '5' });
      await device.untilOver();
      expect(device.told).toEqual([['failed', { phase: 'connack', kind: 'rejected', code: 'CONNACK 1' }]]);
    });

    it.each([
      ['silence', Buffer.alloc(0)],
      ['half a CONNACK', Buffer.from([0x20, 2, 0])],
    ])('%s at the deadline', async (_what, bytes) => {
      const { device, server } = await bench.play(answer(bytes));
      await expect.poll(() => server.peers[0]?.received.length).toBeGreaterThan(0);
      await expect.poll(() => server.peers[0]?.tcp.bytesWritten).toBe(bytes.length);
      expect(device.told).toEqual([]);
      device.connection.expire();
      device.connection.expire();
      expect(device.told).toEqual([['failed', { ...CONNACK, kind: 'timeout' }]]);
    });

    it('closed on accept', async () => {
      const { device } = await bench.play((peer) => peer.fin());
      await device.untilOver();
      expect(device.told).toEqual([['failed', { ...CONNACK, kind: 'closed' }]]);
    });

    it('closed after CONNECT', async () => {
      const { device } = await bench.play(async (peer) => {
        await peer.next('connect');
        peer.fin();
      });
      await device.untilOver();
      expect(device.told).toEqual([['failed', { ...CONNACK, kind: 'closed' }]]);
    });

    it('reset on accept', async () => {
      const { device } = await bench.play((peer) => peer.rst());
      await device.untilOver();
      const [, failure] = device.told[0] as ['failed', Failure];
      expect(failure).toMatchObject({ kind: 'reset', code: 'ECONNRESET' });
      // The reset may overtake the client's own notice of being connected.
      expect(['tcp', 'connack']).toContain(failure.phase);
    });

    it('reset after CONNECT', async () => {
      const { device } = await bench.play(async (peer) => {
        await peer.next('connect');
        peer.rst();
      });
      await device.untilOver();
      expect(device.told).toEqual([['failed', { phase: 'connack', kind: 'reset', code: 'ECONNRESET' }]]);
    });

    it('refused by the machine', async () => {
      const device = bench.connect({ protocol: 'mqtt', host: '127.0.0.1', port: await freePort(), path: '' });
      await device.untilOver();
      expect(device.told).toEqual([['failed', { phase: 'tcp', kind: 'refused', code: 'ECONNREFUSED' }]]);
    });

    it('a name that does not resolve', async () => {
      const device = bench.connect({ protocol: 'mqtt', host: 'no-such-host.invalid', port: 1883, path: '' });
      await device.untilOver();
      expect(device.told).toEqual([
        ['failed', { phase: 'dns', kind: 'dns', code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) }],
      ]);
    });

    // No answer to SYN needs a network namespace of its own; the deadline itself does not.
    it.each([
      ['dns', 'localhost'],
      ['tcp', '127.0.0.1'],
    ])('at a deadline in phase %s', async (phase, host) => {
      const server = await bench.serve(() => REST_OF_TIME);
      const device = bench.connect({ ...server.endpoint, host });
      device.connection.expire();
      expect(device.told).toEqual([['failed', { phase, kind: 'timeout', code: '' }]]);
    });

    it('once, whatever comes on top of a refusal', async () => {
      const { device } = await bench.play(async (peer) => {
        await peer.next('connect');
        peer.send(Buffer.from([0x20, 2, 0, 5, 0x20, 2, 0, 0, 0xff, 0xff]));
        peer.rst();
      });
      await device.untilOver();
      device.connection.expire();
      device.connection.close();
      expect(device.told).toHaveLength(1);
      expect(device.told[0]![0]).toBe('failed');
    });
  });

  describe('fails before WebSocket', () => {
    it.each<[string, Script, Partial<Failure>]>([
      [
        'an HTTP refusal',
        (peer) => peer.send(Buffer.from('HTTP/1.1 403 No\r\n\r\n')),
        { kind: 'rejected', code: 'HTTP 403' },
      ],
      ['a CONNACK for an answer', (peer) => peer.send(Buffer.from([0x20, 2, 0, 0])), { kind: 'protocol' }],
      ['a close', (peer) => peer.fin(), { kind: 'closed', code: '' }],
      ['a reset', (peer) => peer.rst(), { kind: 'reset', code: 'ECONNRESET' }],
    ])('by %s', async (_what, behave, failure) => {
      const server = await bench.serve(async (peer) => {
        await peer.until(() => peer.received.includes('\r\n\r\n'));
        await behave(peer);
      });
      const device = bench.connect({ ...server.endpoint, protocol: 'ws', path: '/mqtt' });
      await device.untilOver();
      expect(device.told).toEqual([['failed', expect.objectContaining({ phase: 'connack', ...failure })]]);
    });

    it('by silence at the deadline', async () => {
      const server = await bench.serve(() => REST_OF_TIME);
      const device = bench.connect({ ...server.endpoint, protocol: 'ws', path: '/mqtt' });
      await expect.poll(() => server.peers[0]?.received.length).toBeGreaterThan(0);
      device.connection.expire();
      expect(device.told).toEqual([['failed', { phase: 'connack', kind: 'timeout', code: '' }]]);
    });
  });
}
