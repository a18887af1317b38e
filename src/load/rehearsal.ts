/**
 * Compiles the hot paths before the start line. The first connects of a cold thread take ten times as long as those after them, all of it
 * the generator's own doing; without this, every report would hold it against the broker.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import mqttPacket from 'mqtt-packet';
import { startsCold } from '../machine/cold-start.ts';
import type { Clock } from '../model/clock.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import type { Scenario } from '../model/scenario.ts';
import { methodOf, platformOf } from '../platform/platforms.ts';
import { hurried } from './behaviour/behaviours.ts';
import {
  type FromShard,
  orderOfRun,
  type ShardAssignment,
  type ShardPort,
  type ToShard,
} from './protocol.ts';

/** Few connections at once, so that this costs no descriptors that the run would miss. */
const DEVICES = 40;
/** A large fleet rehearses longer: what is still being compiled in its run would cost it more than the wait. */
const LEAST_ROUNDS = 20;
const MOST_ROUNDS = 100;
const SETTLE_MS = 200;
const LOOPBACK = '127.0.0.1';

/** What it has open at most, of a run with so many starts: both ends of each connection, and the port they go to. */
export function rehearsalDescriptors(starts: number): number {
  return 2 * Math.min(DEVICES, starts) + 1;
}

export type RunShard = (assignment: ShardAssignment, port: ShardPort) => Promise<void>;

/**
 * Runs the shard's own code over loopback against a responder in this very thread; nothing of it is recorded. Who is stopped has nothing to
 * rehearse for.
 */
export async function rehearseShard(
  assignment: ShardAssignment,
  devices: DeviceTable,
  clock: Clock,
  runShard: RunShard,
  isStopped: () => boolean = () => false,
): Promise<void> {
  if (startsCold) return;
  const { service } = methodOf(platformOf(assignment.scenario), assignment.scenario.auth);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    answer(socket, service?.consent);
  });
  server.listen(0, LOOPBACK);
  // Where ports or descriptors are that short, they are for the run: it starts cold.
  const isListening = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!isListening) return;
  server.on('error', () => {});
  const { port } = server.address() as AddressInfo;
  // Cloned as the assignment itself was on its way here, and with all keys in the same order: code is compiled for the hidden classes that
  // it has seen, and for strings of their kind. Met with others at the start line it would be thrown away, and compiled anew during the run.
  const rehearsal: ShardAssignment = structuredClone({
    ...assignment,
    segment: { index: 0, of: 1 },
    scenario: rehearsalOf(assignment.scenario, service && `http://${LOOPBACK}:${port}${service.path}`),
    target: { kind: 'url', protocol: 'mqtt', host: LOOPBACK, port, path: '' },
    connections: Math.min(DEVICES, devices.count),
  });
  const rounds = roundsOf(assignment, devices);
  for (let round = 0; round < rounds && !isStopped(); round++)
    await runShard(rehearsal, conductedPort(rehearsal, clock));
  server.close();
  // Who asks for a token keeps its connections.
  for (const socket of sockets) socket.destroy();
  if (isStopped()) return;
  await sleep(SETTLE_MS);
}

function roundsOf({ segment }: ShardAssignment, devices: DeviceTable): number {
  const share = devices.count / segment.of;
  return Math.min(MOST_ROUNDS, Math.max(LEAST_ROUNDS, Math.round(share / DEVICES)));
}

/** A key that is not there may not appear. */
function rehearsalOf(scenario: Scenario, url: string | undefined): Scenario {
  const { localAddresses, auth } = scenario;
  return {
    ...hurried(scenario),
    ...(url !== undefined && { auth: { ...auth, url } }),
    ...(localAddresses && { localAddresses: localAddresses.map(() => LOOPBACK) }),
    connect: { ...scenario.connect, stages: [{ durationUs: 5_000, fromPerSec: 8000, toPerSec: 8000 }] },
    gracefulStopUs: 20_000,
  };
}

/** Has one trial done as a run has it, each step as soon as the shard can take it, and hears nothing of what it reports. */
function conductedPort({ scenario, connections }: ShardAssignment, clock: Clock): ShardPort {
  let tell: (message: ToShard) => void = () => {};
  const durationUs = scenario.publish.length > 0 ? 20_000 : 7_000;
  const answers: Partial<Record<FromShard['type'], () => ToShard>> = {
    prepared: () => ({ type: 'begin', startUs: clock.nowUs(), durationUs }),
    settled: () => ({ type: 'stop', graceful: false }),
  };
  return {
    post: ({ type }) => {
      const answer = answers[type]?.();
      if (answer) tell(answer);
    },
    onMessage: (listener) => {
      tell = listener;
      listener({ type: 'prepare', order: orderOfRun(connections) });
    },
  };
}

function httpOf(json: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
}

/** Says yes to everything a device sends. */
function answer(socket: Socket, consent: string | undefined): void {
  const parser = mqttPacket.parser();
  const version = { protocolVersion: 4 };
  const say = (packet: mqttPacket.Packet): void => void socket.write(mqttPacket.generate(packet, version));
  parser.on('packet', (packet) => {
    if (packet.cmd === 'connect') {
      version.protocolVersion = packet.protocolVersion ?? 4;
      say({ cmd: 'connack', returnCode: 0, reasonCode: 0, sessionPresent: false });
    } else if (packet.cmd === 'subscribe') {
      say({ cmd: 'suback', messageId: packet.messageId, granted: packet.subscriptions.map(() => 0) });
    } else if (packet.cmd === 'publish' && packet.qos === 1) {
      say({ cmd: 'puback', messageId: packet.messageId });
    }
  });
  // Whoever else finds the port may say what they like.
  parser.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    try {
      if (consent !== undefined && bytes.indexOf('POST ') === 0) socket.write(httpOf(consent));
      else parser.parse(bytes);
    } catch {
      socket.destroy();
    }
  });
  socket.on('error', () => socket.destroy());
}
