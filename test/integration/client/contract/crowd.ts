/** Many connections at once to servers of every kind: each has the one outcome that its server is good for. */
import { expect, it } from 'vitest';
import type { Script } from '../../scripted-server.ts';
import type { Bench, Device } from '../device.ts';

const CROWD = 200;

const afterConnect =
  (behave: Script): Script =>
  async (peer) => {
    await peer.next('connect');
    await behave(peer);
  };

/** What the device is told, in one word each. */
const BEHAVIOURS: [Script, RegExp][] = [
  [afterConnect((peer) => peer.send(Buffer.from([0x20, 2, 0, 0]))), /^opened$/],
  [afterConnect((peer) => peer.send(Buffer.from([0x20, 2, 0, 4]))), /^failed rejected$/],
  [afterConnect((peer) => peer.send(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))), /^failed protocol$/],
  [afterConnect((peer) => peer.fin()), /^failed closed$/],
  [afterConnect((peer) => peer.rst()), /^failed reset$/],
  [(peer) => peer.fin(), /^failed closed$/],
  [(peer) => peer.rst(), /^failed reset$/],
  [() => {}, /^failed timeout$/],
  [
    async (peer) => {
      await peer.welcome();
      peer.fin();
    },
    /^opened lost closed$/,
  ],
  [
    async (peer) => {
      await peer.welcome();
      peer.rst();
    },
    // libuv takes a reset that comes with the last data for an end of the stream.
    /^opened lost (reset|closed)$/,
  ],
];

function story({ told }: Device): string {
  return told
    .map(([what, failure]) =>
      typeof failure === 'object' && 'kind' in failure ? `${what} ${failure.kind}` : what,
    )
    .join(' ');
}

export function describeCrowd(bench: Bench): void {
  it(`${CROWD} at once have exactly one outcome each`, async () => {
    const servers = await Promise.all(BEHAVIOURS.map(([script]) => bench.serve(script)));
    const devices = Array.from({ length: CROWD }, (_, n) =>
      bench.connect(servers[n % servers.length]!.endpoint),
    );
    const isSilent = (n: number): boolean => BEHAVIOURS[n % servers.length]![1].source.includes('timeout');
    const expected = devices.map((_, n) => BEHAVIOURS[n % servers.length]![1]);
    await expect
      .poll(
        () => devices.filter((device, n) => !isSilent(n) && !expected[n]!.test(story(device))).map(story),
        {
          timeout: 10_000,
        },
      )
      .toEqual([]);
    devices.forEach((device, n) => {
      if (isSilent(n)) device.connection.expire();
    });
    devices.forEach((device, n) => {
      expect(story(device)).toMatch(expected[n]!);
    });
  });
}
