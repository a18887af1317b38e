/** The doors of the stand-in: TCP, TLS, WebSocket and WebSocket over TLS, each one server on a port of its own. */
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, DEFAULT_CIPHERS, type TLSSocket, type TlsOptions } from 'node:tls';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { PSK_CIPHERS } from '../input/secure-context.ts';
import { FleetError } from '../model/errors.ts';
import type { Protocol, TlsVersion } from '../model/scenario.ts';
import { MAX_PACKET_BYTES } from '../mqtt/frames.ts';
import type { Certificate } from './certificate.ts';
import type { Counts } from './endpoint/counts.ts';
import { type HandshakeFault, handshakeFaultOf } from './handshake-faults.ts';

/** Scheme and path of the address that leads to each door. */
export const SCHEME_OF = {
  tcp: { protocol: 'mqtt', path: '' },
  tls: { protocol: 'mqtts', path: '' },
  ws: { protocol: 'ws', path: '/mqtt' },
  wss: { protocol: 'wss', path: '/mqtt' },
} as const satisfies Record<string, { protocol: Protocol; path: string }>;

export type Transport = keyof typeof SCHEME_OF;
export const TRANSPORTS = Object.keys(SCHEME_OF) as Transport[];

/** Ports by transport: 0 for any free one; a transport without one is not offered. */
export type Ports = Partial<Record<Transport, number>>;

/** What tls and wss show who comes, and the versions of TLS that they speak: Node's own where none is said. */
export interface TlsIdentity extends Certificate {
  minVersion?: TlsVersion;
  maxVersion?: TlsVersion;
}

/** `certificate` is the SHA-256 fingerprint of the client's, where it was asked for one and had it. */
export type Accept = (stream: Duplex, tls: boolean, certificate?: string) => void;

/** What clients are asked for in the handshake: a certificate, signed by that authority (PEM) where one is given. */
export interface ClientCertificates {
  ca?: string | undefined;
}

/** Connections that wait for accept(). The kernel cuts it to net.core.somaxconn (4096 by default), and Node's own default is 511. */
const BACKLOG = 4096;

/** Small packets are not to wait for the acknowledgment of earlier ones (Nagle's algorithm). */
const SOCKET = { noDelay: true };
/** The time (ms) for a TLS handshake and for the request that opens a WebSocket. Later there is the deadline for a CONNECT. */
const OPENING_MS = 10_000;
const LOOKS_PER_OPENING = 10;

export class Listeners {
  readonly ports: Ports = {};
  private readonly counts: Counts;
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();
  private closedBytesReceived = 0;
  private closedBytesSent = 0;
  private readonly openingMs: number;
  /** Called for each that did not get through the handshake, by its own doing. */
  onHandshakeFault: ((fault: HandshakeFault) => void) | undefined;

  constructor(counts: Counts, openingMs = OPENING_MS) {
    this.counts = counts;
    this.openingMs = openingMs;
  }

  /** Throws a FleetError `broker-failed` if the port cannot be had. `secured` is needed for tls and wss. */
  async open(
    transport: Transport,
    host: string,
    port: number,
    secured: Secured | undefined,
    accept: Accept,
  ): Promise<void> {
    const server = serverOf(transport, secured, this.openingMs, accept);
    server.on('connection', (socket: Socket) => this.track(socket));
    server.on('secureConnection', (socket: TLSSocket) => {
      this.counts[socket.isSessionReused() ? 'tls_handshakes_resumed' : 'tls_handshakes_full']++;
    });
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
      const fault = handshakeFaultOf(error, socket.authorizationError);
      if (fault !== undefined) this.onHandshakeFault?.(fault);
    });
    await listen(server, host, port);
    this.servers.push(server);
    this.ports[transport] = (server.address() as AddressInfo).port;
  }

  /** Brings the counts of bytes up to date. */
  countBytes(): void {
    let received = this.closedBytesReceived;
    let sent = this.closedBytesSent;
    for (const socket of this.sockets) {
      received += socket.bytesRead;
      sent += socket.bytesWritten;
    }
    this.counts.bytes_received = received;
    this.counts.bytes_sent = sent;
  }

  /** Stops listening and cuts every connection. */
  async close(): Promise<void> {
    const closed = this.servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(closed);
  }

  private track(socket: Socket): void {
    this.counts.connections_accepted++;
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.closedBytesReceived += socket.bytesRead;
      this.closedBytesSent += socket.bytesWritten;
    });
  }
}

/** The server's own certificate, and what it asks of clients. */
export interface Secured {
  own: TlsIdentity;
  clients?: ClientCertificates | undefined;
  /** The keys of clients that shake hands without certificates. */
  pskOf?: ((identity: string) => Buffer | undefined) | undefined;
}

/** Node's own, and those of pre-shared keys that the platform's C SDK and others have. Who has no such key offers none of these. */
const WITH_PSK = `${DEFAULT_CIPHERS.replace(/:!PSK\b/, '')}:${PSK_CIPHERS}`;

/** Without an authority any certificate is let through: who showed which is judged at CONNECT. */
function tlsOptionsOf(secured: Secured | undefined): TlsOptions {
  const { own, clients, pskOf } = secured ?? {};
  const psk = pskOf && {
    pskCallback: (_: TLSSocket, identity: string) => pskOf(identity) ?? null,
    ciphers: WITH_PSK,
  };
  if (clients === undefined) return { ...own, ...psk };
  const { ca } = clients;
  return { ...own, ...psk, requestCert: true, rejectUnauthorized: ca !== undefined, ...(ca && { ca }) };
}

/** A session that is gone on with holds the certificate as well. */
function fingerprintOf(socket: TLSSocket): string | undefined {
  return socket.getPeerX509Certificate()?.fingerprint256;
}

function serverOf(
  transport: Transport,
  secured: Secured | undefined,
  openingMs: number,
  accept: Accept,
): Server {
  const tls = { ...SOCKET, ...tlsOptionsOf(secured), handshakeTimeout: openingMs };
  const http = {
    headersTimeout: openingMs,
    requestTimeout: openingMs,
    connectionsCheckingInterval: openingMs / LOOKS_PER_OPENING,
  };
  switch (transport) {
    case 'tcp':
      return createServer(SOCKET, (socket) => accept(socket, false));
    case 'tls':
      // By itself the server tells of a handshake that takes too long, and leaves it open.
      return createTlsServer(tls, (socket) => accept(socket, true, fingerprintOf(socket))).on(
        'tlsClientError',
        (_, socket) => socket.destroy(),
      );
    case 'ws':
      return withWebSockets(createHttpServer({ ...SOCKET, ...http }), false, accept);
    case 'wss':
      return withWebSockets(createHttpsServer({ ...tls, ...http }), true, accept);
  }
}

/** Any request path is taken: brokers use /mqtt, the platform's own endpoint takes the bare host. */
function withWebSockets(server: ReturnType<typeof createHttpServer>, tls: boolean, accept: Accept): Server {
  const webSockets = new WebSocketServer({
    server,
    perMessageDeflate: false,
    handleProtocols,
    // One may hold several packets, or a part of one.
    maxPayload: 2 * MAX_PACKET_BYTES,
  });
  server.on('request', (_, response) => {
    response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end();
  });
  webSockets.on('connection', (socket, { socket: transport }) => {
    accept(createWebSocketStream(socket), tls, tls ? fingerprintOf(transport as TLSSocket) : undefined);
  });
  // The server's own faults come a second time through here; listen() has seen them already.
  webSockets.on('error', () => {});
  return server;
}

/** MQTT 3.1.1, section 6: the subprotocol is `mqtt`; clients of 3.1 offer `mqttv3.1`. */
function handleProtocols(offered: Set<string>): string | false {
  return ['mqtt', 'mqttv3.1'].find((name) => offered.has(name)) ?? false;
}

export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenFault(error, host, port)));
    server.listen({ host, port, backlog: BACKLOG }, resolve);
  });
}

const LISTEN_HINTS: Record<string, string> = {
  EADDRINUSE: 'another program listens there; choose another port, or 0 for any free one',
  EACCES: 'ports below 1024 need privileges; choose a higher one, or 0 for any free one',
  EADDRNOTAVAIL: 'the host must be an address of this machine',
  ENOTFOUND: 'the host must be an address of this machine',
};

/** What to do about an address that cannot be had, by the system's code. */
export function listenHint(code: string | undefined): string | undefined {
  return code === undefined ? undefined : LISTEN_HINTS[code];
}

function listenFault(error: NodeJS.ErrnoException, host: string, port: number): FleetError {
  const code = error.code ?? error.message;
  return new FleetError('broker-failed', `the stand-in cannot listen on ${host} port ${port}: ${code}`, {
    hint: listenHint(code),
    cause: error,
  });
}
