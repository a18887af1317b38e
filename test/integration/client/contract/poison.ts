/** Devices that share a client, as those of a worker do: one that is sent what no server may send fails by it, and no other does. */
import { expect, it } from 'vitest';
import type { Peer } from '../../scripted-server.ts';
import { type Bench, CREDENTIALS, type Device } from '../device.ts';
import { MALFORMED, type Malformed, type Protocol } from './malformed.ts';

const FILTERS = [
  { topic: 'a', qos: 1 as const },
  { topic: 'b', qos: 1 as const },
];

/** Told to the server by the client id: which packet it is to send, or none. */
const NONE = 'none';
const credentialsOf = (number: string) => ({ ...CREDENTIALS, mqttClientId: `${number}|` });

async function serve(peer: Peer, packets: Malformed[]): Promise<void> {
  const { clientId } = await peer.next('connect');
  const poison = packets[Number.parseInt(clientId, 10)];
  if (poison?.stage === 'connack') {
    peer.send(poison.bytes(0));
    return;
  }
  peer.send({ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0 });
  const { messageId } = await peer.next('subscribe');
  if (poison !== undefined) {
    peer.send(poison.bytes(messageId!));
    return;
  }
  peer.send({ cmd: 'suback', messageId: messageId!, granted: [0, 1] });
  const { messageId: publishId } = await peer.next('publish');
  peer.send({ cmd: 'puback', messageId: publishId! });
}

function connect(bench: Bench, server: { endpoint: Device['endpoint'] }, protocol: Protocol) {
  const client = bench.client({ protocol });
  return (number: string): Device =>
    bench.connect(server.endpoint, {
      protocol,
      client,
      credentials: credentialsOf(number),
      onOpened: (connection) => {
        connection.subscribe(FILTERS);
        connection.publish('a', 'x', 1);
      },
    });
}

function story({ told }: Device): string {
  return told
    .map(([what, failure]) =>
      typeof failure === 'object' && 'kind' in failure ? `${what} ${failure.phase} ${failure.kind}` : what,
    )
    .join(', ');
}

const STORY_OF: Record<Malformed['stage'], string> = {
  connack: 'failed connack protocol',
  open: 'opened, lost open protocol',
};

export function describePoison(bench: Bench): void {
  it.each(['3.1.1', '5'] as const)(
    'a packet that no server may send is its device’s failure (MQTT %s)',
    async (protocol) => {
      const packets = MALFORMED[protocol];
      const server = await bench.serve((peer) => serve(peer, packets));
      const device = connect(bench, server, protocol);
      const victims: Device[] = [];
      const witnesses: Device[] = [];
      for (const [at, { name }] of packets.entries()) {
        victims.push(device(`${at}`));
        await victims[at]!.untilOver().catch(() => expect.fail(`${name}: ${story(victims[at]!)}`));
        // The next one that comes.
        witnesses.push(device(NONE));
      }
      const outcomes = packets.map(({ name }, at) => `${name} → ${story(victims[at]!)}`);
      expect(outcomes).toEqual(packets.map(({ name, stage }) => `${name} → ${STORY_OF[stage]}`));
      for (const witness of witnesses) await witness.until('acked');
      expect([...new Set(witnesses.map(story))]).toEqual(['opened, subscribed, acked']);
      expect(packets.length).toBeGreaterThan(50);
    },
  );

  it('what is pointless but harmless ends no connection', async () => {
    const server = await bench.serve(async (peer) => {
      await peer.welcome();
      const { messageId } = await peer.next('subscribe');
      peer.send(
        Buffer.of(0xd0, 0),
        // To what was not asked, and to a SUBSCRIBE.
        { cmd: 'suback', messageId: (messageId! % 65535) + 1, granted: [0, 0, 0] },
        { cmd: 'puback', messageId: messageId! },
        { cmd: 'suback', messageId: messageId!, granted: [0, 1] },
        { cmd: 'suback', messageId: messageId!, granted: [0, 1] },
      );
      const { messageId: publishId } = await peer.next('publish');
      peer.send(
        { cmd: 'suback', messageId: publishId!, granted: [0] },
        { cmd: 'puback', messageId: publishId! },
        { cmd: 'publish', topic: 'last', payload: '', qos: 0, dup: false, retain: false },
      );
    });
    for (const protocol of ['3.1.1', '5'] as const) {
      const device = connect(bench, server, protocol)(NONE);
      await device.until('received');
      expect(story(device)).toBe('opened, acked, subscribed, acked, received');
    }
  });
}
