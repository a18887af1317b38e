/** Far sides that are written: a small broker, and servers that do one thing wrong to every second connection. */
import {
  type Peer,
  type Script,
  type ScriptOptions,
  startScriptedServer,
} from '../../integration/scripted-server.ts';
import { isCanaryPassword } from '../canary.ts';
import type { Stage } from '../row.ts';

export interface FarSide {
  target: string;
  peers: Peer[];
  /** Those to whom the fault was done. */
  hit: Peer[];
  /** Messages of QoS 1 that came. */
  messages: number;
  /** Connections that sent a CONNECT. */
  connects: number;
}

export interface Wrong extends ScriptOptions {
  /** What is done to a connection in place of serving it. */
  script?(peer: Peer, far: FarSide): Promise<void> | void;
  /** Whose turn it is, the first is 0 [every second]. */
  to?(index: number): boolean;
  /** How what it says is cut into writes [whole]. */
  write?(peer: Peer, bytes: Buffer): Promise<void>;
  /** It withholds its PUBACKs. */
  silent?: boolean;
}

export async function farSide(stage: Stage, wrong: Wrong = {}): Promise<FarSide> {
  const { script, to = (index) => index % 2 === 1, ...options } = wrong;
  const far: FarSide = { target: '', peers: [], hit: [], messages: 0, connects: 0 };
  const answer: Script = async (peer) => {
    const index = far.peers.push(peer) - 1;
    if (script === undefined || !to(index)) return serve(peer, far, wrong);
    far.hit.push(peer);
    await script(peer, far);
  };
  const server = await startScriptedServer(answer, options);
  stage.atEnd(() => server.close());
  const { protocol, host, port } = server.endpoint;
  far.target = `${protocol}://${host}:${port}`;
  return far;
}

/** As a broker does, until the client has gone: it answers what a device of the matrix sends. */
export async function serve(peer: Peer, far: FarSide, { write, silent = false }: Wrong = {}): Promise<void> {
  const send = async (packet: Parameters<Peer['encode']>[0][number]): Promise<void> => {
    const bytes = peer.encode([packet]);
    if (write === undefined) peer.send(bytes);
    else await write(peer, bytes);
  };
  const { password } = await peer.next('connect');
  if (!isCanaryPassword(`${password}`)) throw new Error(`no password of the fleet: ${password}`);
  far.connects++;
  await send({ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0 });
  void subscriptions(peer, send);
  void pings(peer, send);
  for (;;) {
    const { messageId, topic, payload, qos } = await peer.next('publish');
    if (qos === 0) continue;
    far.messages++;
    if (silent) continue;
    await send({ cmd: 'puback', messageId });
    if (write !== undefined)
      await send({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
  }
}

type Send = (packet: Parameters<Peer['encode']>[0][number]) => Promise<void>;

async function subscriptions(peer: Peer, send: Send): Promise<void> {
  for (;;) {
    const { messageId, subscriptions } = await peer.next('subscribe');
    await send({ cmd: 'suback', messageId, granted: subscriptions.map(() => 0) });
  }
}

async function pings(peer: Peer, send: Send): Promise<void> {
  for (;;) {
    await peer.next('pingreq');
    await send({ cmd: 'pingresp' });
  }
}
