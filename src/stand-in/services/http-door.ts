/**
 * The door of the platform's services: one port for HTTP and HTTPS alike. A TLS handshake begins with a byte of its own, which no HTTP
 * request does, so the first byte says who is to read the connection.
 */
import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Certificate } from '../certificate.ts';
import type { Counts } from '../endpoint/counts.ts';
import { listen } from '../listeners.ts';

export type Handle = (tls: boolean, ...request: Parameters<RequestListener>) => void;

/** Type of a TLS record that holds a part of a handshake (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16;
/** The time (ms) for the first byte, for a TLS handshake, and for a whole request, however slowly it comes. */
const PATIENCE_MS = 10_000;
const LOOKS_PER_PATIENCE = 10;
/** How long (ms) a connection may lie idle that might be used again: longer than clients keep one, so that it is they who close it. */
const IDLE_MS = 65_000;

export class HttpDoor {
  private readonly counts: Counts;
  private readonly patienceMs: number;
  private readonly server: Server;
  /** They listen to no port of their own. */
  private readonly http: HttpServer;
  private readonly https: HttpServer;
  private readonly sockets = new Set<Socket>();

  constructor(certificate: Certificate, counts: Counts, handle: Handle, patienceMs = PATIENCE_MS) {
    this.counts = counts;
    this.patienceMs = patienceMs;
    const http = {
      headersTimeout: patienceMs,
      requestTimeout: patienceMs,
      connectionsCheckingInterval: patienceMs / LOOKS_PER_PATIENCE,
      keepAliveTimeout: IDLE_MS,
      noDelay: true,
    };
    this.http = createHttpServer(http, (...request) => handle(false, ...request));
    const https = createHttpsServer({ ...http, ...certificate, handshakeTimeout: patienceMs }, (...request) =>
      handle(true, ...request),
    );
    https.on('tlsClientError', (_, socket) => socket.destroy());
    this.https = https;
    this.server = createServer({ noDelay: true }, (socket) => this.greet(socket));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Throws a FleetError `broker-failed` if the port cannot be had. */
  async open(host: string, port: number): Promise<void> {
    await listen(this.server, host, port);
    // Their looks for requests that take too long begin with this.
    for (const server of [this.http, this.https]) server.emit('listening');
  }

  /** Stops listening and cuts every connection. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const server of [this.http, this.https]) server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private greet(socket: Socket): void {
    this.counts.http_connections++;
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    const cut = () => socket.destroy();
    socket.on('error', cut);
    socket.setTimeout(this.patienceMs, cut);
    socket.once('readable', () => {
      const first: Buffer | null = socket.read();
      if (first === null) return;
      socket.setTimeout(0).off('timeout', cut);
      // The server that takes it over finds what has come as if nobody had looked at it.
      socket.unshift(first);
      (first[0] === TLS_HANDSHAKE ? this.https : this.http).emit('connection', socket);
    });
  }
}
