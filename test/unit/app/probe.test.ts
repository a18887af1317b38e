import { expect, it } from 'vitest';
import { probe, probeText } from '../../../src/app/probe.ts';
import { paintFor } from '../../../src/report/text/paint.ts';
import { startScriptedServer } from '../../integration/scripted-server.ts';
import { devicesOf, scenarioOf } from '../load/fleet.ts';

it.each([
  [
    'mqtt',
    '5',
    [0x24, 0, 0x27, 0, 0, 0, 200, 0x13, 0, 60],
    'Maximum QoS 0, Maximum Packet Size 200, Server Keep Alive 60',
  ],
  ['wire', '5', [0x21, 0, 20, 0x28, 0], 'Receive Maximum 20, Wildcard Subscription Available 0'],
  ['wire', '5', [], undefined],
] as const)('says what the server limits (%s)', async (client, protocol, properties, limits) => {
  const server = await startScriptedServer(async (peer) => {
    await peer.next('connect');
    peer.send(Buffer.of(0x20, 3 + properties.length, 0, 0, properties.length, ...properties));
  });
  const { host, port } = server.endpoint;
  const target = { kind: 'url', protocol: 'mqtt', host, port, path: '' } as const;
  const probed = await probe(scenarioOf({ client, protocol, target }), devicesOf(1));
  await server.close();
  const lines = probeText(probed, paintFor(process.stderr, { NO_COLOR: '1' })).split('\n');
  expect(lines.find((line) => line.includes('CONNACK 0'))).toBeDefined();
  const said = lines.find((line) => line.includes('limits'))?.trim();
  expect(said).toBe(limits && `the server’s limits: ${limits}`);
});
