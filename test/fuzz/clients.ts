/** A server that sends spoiled packets to both clients: each connection has one outcome, the same for both, and those beside it are served. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Attempt } from '../../src/client/attempt.ts';
import type { Client, Connection, ConnectionHandler } from '../../src/client/connection.ts';
import { createMqttJsClient } from '../../src/client/mqttjs/client.ts';
import { createWireClient } from '../../src/client/wire/client.ts';
import { monotonicClock } from '../../src/model/clock.ts';
import type { Failure } from '../../src/model/failure.ts';
import { CREDENTIALS } from '../integration/client/device.ts';
import type { Campaign } from './campaign.ts';
import { fromServer } from './packets.ts';

const TOPIC = 'up/d1';
/** One outcome, then events, then at most one end. */
const STORY = /^(f|e|o[sard]*[le]?)$/;
const CONNACK = { 4: Buffer.from([0x20, 2, 0, 0]), 5: Buffer.from([0x20, 3, 0, 0, 0]) };

/** Plays its part by itself: subscribes and publishes once it is in. */
class Target implements ConnectionHandler {
  story = '';
  failure: Failure | undefined;
  readonly connection: Connection;
  private readonly ticking: NodeJS.Timeout;
  private readonly over: () => void;
  readonly isOver: Promise<void>;

  constructor(client: Client, port: number) {
    let over = (): void => {};
    this.isOver = new Promise((resolve) => {
      over = resolve;
    });
    this.over = over;
    const clock = monotonicClock();
    const endpoint = { protocol: 'mqtt' as const, host: '127.0.0.1', port, path: '' };
    this.connection = client.connect(new Attempt(clock), endpoint, CREDENTIALS, this);
    this.ticking = setInterval(() => this.connection.tick(clock.nowUs()), 20);
  }

  awaitsAck(): boolean {
    return false;
  }

  opened(): void {
    this.story += 'o';
    this.connection.subscribe([{ topic: TOPIC, qos: 1 }]);
    this.connection.publish(TOPIC, 'x', 1);
  }
  failed(failure: Failure): void {
    this.ends('f', failure);
  }
  lost(failure: Failure): void {
    this.ends('l', failure);
  }
  subscribed(): void {
    this.story += 's';
  }
  acked(): void {
    this.story += 'a';
  }
  received(): void {
    this.story += 'r';
  }
  drained(): void {
    this.story += 'd';
  }
  ended(): void {
    this.ends('e');
  }

  private ends(how: string, failure?: Failure): void {
    this.story += how;
    this.failure = failure;
    clearInterval(this.ticking);
    this.over();
  }
}

/** What a connection came to: its outcome, and how often each thing was told. */
function accountOf({ story, failure }: Target): string {
  const told = [...story].sort().join('');
  return failure === undefined ? told : `${told} ${failure.phase}: ${failure.kind} ${failure.code}`.trim();
}

/**
 * The same bytes to both clients, who must make the same of them. Every connection of the campaign is of one and the same client of each
 * kind, as in a worker. Closes with `close`.
 */
export async function clientBytes(version: 4 | 5): Promise<Campaign & { close(): Promise<void> }> {
  let onSocket = (_socket: Socket): void => {};
  const server = createServer({ noDelay: true }, (socket) => onSocket(socket.on('error', () => {})));
  await listening(server);
  const { port } = server.address() as AddressInfo;
  const clients = [createWireClient, createMqttJsClient].map((createClient) =>
    createClient({
      protocol: version === 5 ? '5' : '3.1.1',
      connect: { stages: [], keepaliveSec: 300, timeoutUs: 10e6, maxInFlight: 1000 },
      tls: { verify: true },
    }),
  );
  const hear = async (client: Client, pieces: Buffer[], isBefore: boolean): Promise<Target | undefined> => {
    let isHit = false;
    onSocket = async (socket) => {
      await said(socket, isBefore ? 0 : version);
      for (const piece of pieces) {
        if (!socket.writable) break;
        await new Promise((resolve) => socket.write(piece, resolve));
      }
      isHit = true;
      socket.end();
      // Leaves no TIME_WAIT behind: there are more cases than ports.
      setTimeout(() => socket.resetAndDestroy(), 50).unref();
    };
    const target = new Target(client, port);
    await target.isOver;
    return isHit ? target : undefined;
  };
  return {
    name: `both clients, MQTT ${version === 5 ? '5' : '3.1.1'}`,
    share: 0.12,
    batch: 25,
    attack: async (chance) => {
      const isBefore = chance.is(0.15);
      const bytes = fromServer(chance, { version, ids: [1, 2], topics: [TOPIC, 'up/d1/x', ''] });
      const pieces = chance.pieces(bytes);
      const [wire, mqtt] = [
        await hear(clients[0]!, pieces, isBefore),
        await hear(clients[1]!, pieces, isBefore),
      ];
      if (wire === undefined || mqtt === undefined) return 'missed';
      const after = ` after ${isBefore ? 'CONNECT' : 'CONNACK'} ${bytes.toString('hex')}`;
      for (const { story } of [wire, mqtt]) if (!STORY.test(story)) throw new Error(`story ${story}${after}`);
      if (accountOf(wire) !== accountOf(mqtt))
        throw new Error(`wire: ${accountOf(wire)}, MQTT.js: ${accountOf(mqtt)}${after}`);
      return `${wire.story.at(-1)} ${wire.failure?.kind ?? ''}`.trim();
    },
    probe: async () => {
      onSocket = (socket) => void serveWell(socket, version);
      for (const client of clients) await probed(client, port);
    },
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** CONNECT has come; `version` 0: and no more; else it is answered, and SUBSCRIBE and PUBLISH have come as well. */
async function said(socket: Socket, version: 0 | 4 | 5): Promise<void> {
  await once(socket, 'data');
  if (version === 0) return;
  socket.write(CONNACK[version]);
  await once(socket, 'data');
}

async function probed(client: Client, port: number): Promise<void> {
  const target = new Target(client, port);
  while (!/^o(sa|as)r?$/.test(target.story)) {
    if (target.failure) throw new Error(`a sound server got ${JSON.stringify(target.failure)}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  target.connection.close();
  await target.isOver;
}

async function listening(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

/** CONNACK, then SUBACK and PUBACK, to whom sends SUBSCRIBE and PUBLISH with ids of its own. */
async function serveWell(socket: Socket, version: 4 | 5): Promise<void> {
  socket.once('end', () => socket.resetAndDestroy());
  await once(socket, 'data');
  socket.write(CONNACK[version]);
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 2 && bytes.length >= 2 + bytes[1]!) {
      const packet = bytes.subarray(0, 2 + bytes[1]!);
      bytes = bytes.subarray(packet.length);
      answer(socket, packet, version);
    }
  });
}

function answer(socket: Socket, packet: Buffer, version: 4 | 5): void {
  const type = packet[0]! >> 4;
  const none = version === 5 ? [0] : [];
  if (type === 8) socket.write(Buffer.from([0x90, 3 + none.length, packet[2]!, packet[3]!, ...none, 1]));
  if (type === 3) {
    const at = 4 + packet.readUInt16BE(2);
    socket.write(Buffer.from([0x40, 2, packet[at]!, packet[at + 1]!]));
  }
  if (type === 14) socket.end();
}
