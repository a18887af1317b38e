/** A server that does exactly what a test's script says: the far side of every fault a client must survive. */
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { generate, type Packet, type Parser, parser } from 'mqtt-packet';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Protocol } from '../../src/model/scenario.ts';
import type { Endpoint } from '../../src/platform/endpoint.ts';

/** Runs once per connection. A step that never comes leaves it waiting; what it throws is thrown by the server's `close`. */
export type Script = (peer: Peer) => Promise<void> | void;

export interface ScriptOptions {
  protocol?: Protocol;
  /** An address of this machine; 127.0.0.1 if not given. */
  host?: string;
  /** For mqtts and wss, PEM. */
  identity?: { key: string; cert: string };
}

type Accept = (stream: Duplex, transport: Socket) => void;

type PacketOf<Cmd> = Extract<Packet, { cmd: Cmd }>;

/** One connection as the server sees it. */
export class Peer {
  /** Carries the MQTT bytes. */
  readonly stream: Duplex;
  /** The TCP connection beneath; its byte counts include TLS and WebSocket framing. */
  readonly tcp: Socket;
  /** The client has ended its side. */
  ended = false;
  /** Of mqtt:// only: by default the server ends its side when the client has ended its own. */
  holdsOpen = false;
  private readonly transport: Socket;
  private readonly settings = { protocolVersion: 4 };
  private readonly parser: Parser = parser(this.settings);
  private readonly packets: Packet[] = [];
  private chunks: Buffer[] = [];
  private arrived: (() => void)[] = [];

  constructor(stream: Duplex, transport: Socket, tcp: Socket) {
    this.stream = stream;
    this.transport = transport;
    this.tcp = tcp;
    stream.on('error', () => {});
    this.parser.on('error', () => {});
    this.parser.on('packet', (packet) => {
      if (packet.cmd === 'connect') this.settings.protocolVersion = packet.protocolVersion ?? 4;
      this.packets.push(packet);
    });
    stream.on('data', (bytes: Buffer) => {
      this.chunks.push(bytes);
      this.parser.parse(bytes);
      this.wake();
    });
    stream.on('end', () => {
      this.ended = true;
      this.wake();
      if (!this.holdsOpen) stream.end();
    });
  }

  /** Every MQTT byte that has come. */
  get received(): Buffer {
    if (this.chunks.length !== 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0]!;
  }

  /** The next packet of that kind, whatever came before it. */
  async next<Cmd extends Packet['cmd']>(cmd: Cmd): Promise<PacketOf<Cmd>> {
    let index = -1;
    await this.until(() => {
      index = this.packets.findIndex((packet) => packet.cmd === cmd);
      return index !== -1;
    });
    return this.packets.splice(index, 1)[0] as PacketOf<Cmd>;
  }

  /** Looks again after every piece of data and after the end. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.arrived.push(resolve));
  }

  encode(packets: (Packet | Buffer)[]): Buffer {
    return Buffer.concat(
      packets.map((packet) => (Buffer.isBuffer(packet) ? packet : generate(packet, this.settings))),
    );
  }

  /** In one write. */
  send(...packets: (Packet | Buffer)[]): void {
    this.stream.write(this.encode(packets));
  }

  /** CONNECT → CONNACK 0. */
  async welcome(): Promise<PacketOf<'connect'>> {
    const connect = await this.next('connect');
    this.send({ cmd: 'connack', sessionPresent: false, returnCode: 0, reasonCode: 0 });
    return connect;
  }

  /** Reads no more, so that it does not see the client's end either: a hung broker. */
  freeze(): void {
    this.stream.pause();
    this.transport.pause();
  }

  /** No more holding open, no more freezing. */
  release(): void {
    this.holdsOpen = false;
    if (this.ended) this.stream.end();
    this.transport.resume();
    this.stream.resume();
  }

  fin(): void {
    this.stream.end();
  }

  rst(): void {
    this.tcp.resetAndDestroy();
  }

  private wake(): void {
    const waiters = this.arrived;
    this.arrived = [];
    for (const resolve of waiters) resolve();
  }
}

export class ScriptedServer {
  readonly endpoint: Endpoint;
  readonly peers: Peer[] = [];
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly faults: unknown[] = [];

  constructor(server: Server, protocol: Protocol) {
    this.server = server;
    const { address, port } = server.address() as AddressInfo;
    const path = protocol.startsWith('ws') ? '/mqtt' : '';
    this.endpoint = { protocol, host: address, port, path };
  }

  /** TCP connections that have not ended. */
  get openSockets(): number {
    return this.sockets.size;
  }

  track(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.sockets.delete(socket));
  }

  /** `transport` is the TCP socket, or the TLS socket on it; the two share their remote port. */
  async accept(stream: Duplex, transport: Socket, script: Script): Promise<void> {
    const tcp = [...this.sockets].find(({ remotePort }) => remotePort === transport.remotePort)!;
    const peer = new Peer(stream, transport, tcp);
    this.peers.push(peer);
    try {
      await script(peer);
    } catch (fault) {
      this.faults.push(fault);
    }
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
    if (this.faults.length > 0) throw this.faults[0];
  }
}

export async function startScriptedServer(
  script: Script,
  { protocol = 'mqtt', host = '127.0.0.1', identity }: ScriptOptions = {},
): Promise<ScriptedServer> {
  const accept: Accept = (stream, transport) => void scripted.accept(stream, transport, script);
  const server = serverOf(protocol, identity, accept);
  server.on('connection', (socket: Socket) => {
    scripted.track(socket);
    if (protocol === 'mqtt') accept(socket, socket);
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host, backlog: 512 }, resolve));
  const scripted = new ScriptedServer(server, protocol);
  return scripted;
}

function serverOf(protocol: Protocol, identity: ScriptOptions['identity'], accept: Accept): Server {
  if (protocol === 'mqtt') return createServer({ allowHalfOpen: true, noDelay: true });
  const settings = { noDelay: true, ...identity };
  if (protocol === 'mqtts') {
    const server = createTlsServer(settings, (socket) => accept(socket, socket));
    server.on('tlsClientError', () => {});
    return server;
  }
  const server = protocol === 'ws' ? createHttpServer(settings) : createHttpsServer(settings);
  server.on('tlsClientError', () => {});
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket, request) => {
    accept(createWebSocketStream(socket), request.socket);
  });
  return server;
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
