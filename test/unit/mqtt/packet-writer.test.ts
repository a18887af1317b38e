import type { Duplex } from 'node:stream';
import mqttPacket from 'mqtt-packet';
import { expect, it } from 'vitest';
import { Outbox } from '../../../src/mqtt/outbox.ts';
import { PacketWriter } from '../../../src/mqtt/packet-writer.ts';

/** What is written to it. */
function connectOf(username: string | undefined, password: string | undefined): Buffer {
  const written: Buffer[] = [];
  const stream = { writable: true, write: (bytes: Buffer) => written.push(Buffer.from(bytes)) };
  const outbox = new Outbox();
  new PacketWriter(outbox, '3.1.1', 60).connect(stream as unknown as Duplex, {
    mqttClientId: 'a client',
    username,
    password,
  });
  outbox.flush();
  return Buffer.concat(written);
}

it.each([
  ['both', 'user', 'pässword'],
  ['a user name alone', 'user', undefined],
  ['neither', undefined, undefined],
  ['both empty', '', ''],
])('a CONNECT with %s is as another library writes it', (_, username, password) => {
  const packet = mqttPacket.generate({
    cmd: 'connect',
    protocolVersion: 4,
    clientId: 'a client',
    keepalive: 60,
    clean: true,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: Buffer.from(password) }),
  });
  expect(connectOf(username, password).toString('hex')).toBe(packet.toString('hex'));
});
