/** What a connection says that it has sent, of a peer that reads no more. */
import { expect, it, vi } from 'vitest';
import type { Bench } from '../device.ts';

const MESSAGE = Buffer.alloc(16_384, 'x');
/** Thirty-two megabytes: more than two kernels hold for a connection. */
const MESSAGES = 2_000;

export function describeBacklog(bench: Bench): void {
  it('does not count as sent what waits in this process, and takes nothing back when that is given up', async () => {
    const { device, server } = await bench.play(async (peer) => {
      await peer.welcome();
      peer.freeze();
    });
    await device.until('opened');
    const { connection } = device;
    const given: number[] = [connection.bytesSent];
    for (let sent = 0; sent < MESSAGES; sent++) connection.publish('a', MESSAGE, 0);
    const steady = (): void => {
      given.push(connection.bytesSent);
      expect(given.at(-1)).toBe(given.at(-20));
    };
    await vi.waitFor(steady, { timeout: 20_000, interval: 50 });
    expect(given.at(-1)).toBeLessThan(MESSAGES * MESSAGE.length * 0.9);
    connection.close();
    given.push(connection.bytesSent);
    await device.until('ended');
    given.push(connection.bytesSent);
    expect(given).toEqual(given.toSorted((a, b) => a - b));
    expect(server.peers).toHaveLength(1);
  });
}
