/** The ends of an open connection that nobody asked for. */
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/model/failure.ts';
import type { Script } from '../../scripted-server.ts';
import type { Bench, DeviceOptions } from '../device.ts';

const DISCONNECT_MQTT5 = (reasonCode: number): Buffer => Buffer.from([0xe0, 2, reasonCode, 0]);

export function describeLoss(bench: Bench): void {
  describe('loses an open connection', () => {
    it.each<[string, Partial<Failure>, Script, DeviceOptions?]>([
      ['by a close', { kind: 'closed', code: '' }, (peer) => peer.fin()],
      ['by a reset', { kind: 'reset', code: 'ECONNRESET' }, (peer) => peer.rst()],
      ['by garbage', { kind: 'protocol' }, (peer) => peer.send(Buffer.alloc(32, 0xff))],
      ['by a second CONNACK', { kind: 'protocol' }, (peer) => peer.send(Buffer.from([0x20, 2, 0, 0]))],
      ['by a PUBREL without a packet id', { kind: 'protocol' }, (peer) => peer.send(Buffer.from([0x62, 0]))],
      [
        'by a QoS 1 message without a packet id',
        { kind: 'protocol' },
        (peer) => peer.send(Buffer.from([0x32, 3, 0, 1, 0x61])),
      ],
      ['by silence', { kind: 'keepalive' }, () => {}, { keepaliveSec: 1 }],
      [
        'to another login',
        { kind: 'kicked', code: 'DISCONNECT 142' },
        (peer) => {
          peer.send(DISCONNECT_MQTT5(0x8e));
          peer.fin();
        },
        { protocol: '5' },
      ],
      [
        'by a DISCONNECT after which the server leaves closing to us',
        { kind: 'closed', code: 'DISCONNECT 139' },
        (peer) => peer.send(DISCONNECT_MQTT5(139)),
        { protocol: '5' },
      ],
    ])('%s', async (_how, failure, behave, options) => {
      const { device, server } = await bench.play(async (peer) => {
        await peer.welcome();
        await peer.next('publish');
        await behave(peer);
      }, options);
      await device.until('opened');
      device.connection.publish('a', 'unacknowledged', 1);
      await device.untilOver();
      expect(device.told).toEqual([
        ['opened'],
        ['lost', expect.objectContaining({ phase: 'open', ...failure })],
      ]);
      device.connection.expire();
      device.connection.close();
      await expect.poll(() => server.openSockets).toBe(0);
    });

    it.each(['mqtt', 'ws'] as const)('while it sends without a pause (%s)', async (protocol) => {
      const { device } = await bench.play(
        async (peer) => {
          await peer.welcome();
          await peer.next('publish');
          peer.fin();
        },
        { server: { protocol } },
      );
      await device.until('opened');
      while (!device.over) {
        device.connection.publish('a', 'x'.repeat(1000), 1);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(device.told).toEqual([['opened'], ['lost', expect.objectContaining({ phase: 'open' })]]);
    });

    it('right after CONNACK', async () => {
      const { device } = await bench.play(async (peer) => {
        await peer.welcome();
        peer.fin();
      });
      await device.untilOver();
      expect(device.told).toEqual([['opened'], ['lost', { phase: 'open', kind: 'closed', code: '' }]]);
    });

    it('not as long as PINGREQ is answered', async () => {
      let pings = 0;
      const { device } = await bench.play(
        async (peer) => {
          await peer.welcome();
          for (; pings < 2; pings++) {
            await peer.next('pingreq');
            peer.send({ cmd: 'pingresp' });
          }
        },
        { keepaliveSec: 1 },
      );
      await expect.poll(() => pings, { timeout: 10_000 }).toBe(2);
      expect(device.told).toEqual([['opened']]);
    });
  });
}
