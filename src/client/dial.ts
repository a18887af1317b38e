/**
 * Opens the byte stream below MQTT: name, TCP, TLS, WebSocket, each phase timed on the attempt. The sockets are ours rather than the
 * library's because the library tells only that a connection came about, not where its time went.
 */
import { type LookupAddress, lookup } from 'node:dns';
import { connect, isIP, type LookupFunction, type OnReadOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import { createWebSocketStream, WebSocket } from 'ws';
import { pskContext, secureContext } from '../input/secure-context.ts';
import type { TlsOptions } from '../model/scenario.ts';
import { authorityOf, isTls } from '../model/target.ts';
import { MAX_PACKET_BYTES } from '../mqtt/frames.ts';
import { own, ownerOf, type StreamOwner, sharedRead } from '../mqtt/owned-stream.ts';
import type { Endpoint } from '../platform/endpoint.ts';
import type { Attempt } from './attempt.ts';
import { TlsSessions } from './tls-sessions.ts';

/** The longest a timer of Node's can be; the attempt has a deadline of its own. */
const NEVER_MS = 2 ** 31 - 1;

export interface DialOptions {
  /** Made once per shard: parsing CAs per connection would be most of its cost. */
  secureContext: SecureContext | undefined;
  /** Of devices with a pre-shared key, once there is one. */
  pskContext?: SecureContext;
  servername: string | undefined;
  verify: boolean;
  alpn?: string[] | undefined;
  /** Undefined where every handshake is to be a full one. */
  sessions?: TlsSessions | undefined;
  /** Reads a plain TCP stream in place of its 'data' events; `this` in its callback is the stream. */
  onread: OnReadOpts;
}

/** Reads the PEM files once per shard. */
export function dialOptions(tls: TlsOptions): DialOptions {
  return {
    secureContext: secureContext(tls),
    servername: tls.servername,
    verify: tls.verify,
    alpn: tls.alpn,
    sessions: tls.resume && new TlsSessions(tls.resume),
    onread: sharedRead(),
  };
}

export interface DialHandler {
  /** The stream is ready for CONNECT; its errors are the receiver's from here. */
  dialed(stream: Duplex): void;
  dialFailed(error: Error | undefined): void;
}

/** The addresses of a host that is one itself: nothing is to be looked up. */
const LITERAL: LookupAddress[] = [];

function namedOrLiteral(host: string, addresses: LookupAddress[]) {
  if (addresses === LITERAL) return { host };
  const lookup: LookupFunction = (_host, _options, done) => done(null, addresses);
  return { host, lookup, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: NEVER_MS };
}

function sameFamily(host: string, addresses: LookupAddress[], localAddress: string): string {
  if (addresses === LITERAL) return host;
  const family = isIP(localAddress);
  return (addresses.find((each) => each.family === family) ?? addresses[0]!).address;
}

function onConnect(this: Socket): void {
  (ownerOf(this) as Dial).tcpOpened();
}

/** One dialing. `destroy` at any time gives it up; the handler is not called after that. */
export class Dial implements StreamOwner {
  private tcp: Socket | undefined;
  /** The TCP socket, or the TLS socket on it. */
  private socket: Socket | undefined;
  private readonly attempt: Attempt;
  private readonly endpoint: Endpoint;
  private readonly options: DialOptions;
  private readonly handler: DialHandler;
  private over = false;

  constructor(attempt: Attempt, endpoint: Endpoint, options: DialOptions, handler: DialHandler) {
    this.attempt = attempt;
    this.endpoint = endpoint;
    this.options = options;
    this.handler = handler;
    const family = isIP(endpoint.host);
    if (family === 0) this.resolve();
    else this.openTcp(LITERAL);
  }

  /** The socket that `onread` reads, if it is one. */
  get plain(): Socket | undefined {
    return this.endpoint.protocol === 'mqtt' ? this.tcp : undefined;
  }

  /**
   * Bytes of the TCP connection: what the network carries, TLS and WebSocket framing included. They stay after its end. Node counts what
   * waits in the socket as well, and no more once it is given up.
   */
  get bytesSent(): number {
    return this.tcp === undefined ? 0 : this.tcp.bytesWritten - this.tcp.writableLength;
  }

  get bytesReceived(): number {
    return this.tcp?.bytesRead ?? 0;
  }

  destroy(): void {
    this.over = true;
    this.socket?.destroy();
  }

  private resolve(): void {
    this.attempt.enter('dns');
    lookup(this.endpoint.host, { all: true }, (error, addresses) => {
      if (this.over) return;
      if (error) this.fail(error);
      else this.openTcp(addresses);
    });
  }

  /**
   * The next address is tried when one is refused, not when it is slow: `localhost` is often ::1 first, where many a broker does not
   * listen, whereas a SYN that waits is just what is to be measured. Node's own limit is 250 ms. From a local address of ours Node tries
   * one address only: the first that is of the same family.
   */
  private openTcp(addresses: LookupAddress[]): void {
    this.attempt.enter('tcp');
    const { host, port, protocol, localAddress } = this.endpoint;
    const onread = protocol === 'mqtt' ? this.options.onread : undefined;
    const socket = connect({
      port,
      noDelay: true,
      ...(localAddress === undefined
        ? namedOrLiteral(host, addresses)
        : { host: sameFamily(host, addresses, localAddress), localAddress }),
      ...(onread && { onread }),
    });
    this.tcp = socket;
    this.watch(socket);
    socket.once('connect', onConnect);
  }

  tcpOpened(): void {
    if (this.over) return;
    if (isTls(this.endpoint.protocol)) this.openTls(this.tcp!);
    else this.ready(this.tcp!);
  }

  private openTls(tcp: Socket): void {
    this.attempt.enter('tls');
    const { servername, verify, alpn, sessions } = this.options;
    const { row = 0 } = this.endpoint;
    const name = servername ?? this.endpoint.host;
    const session = sessions?.of(row);
    const { psk } = this.endpoint;
    if (psk !== undefined) this.options.pskContext ??= pskContext();
    const socket: TLSSocket = connectTls({
      socket: tcp,
      // A device's own certificate comes with its own context, the scenario's authority in it.
      secureContext: psk
        ? this.options.pskContext
        : (this.endpoint.secureContext ?? this.options.secureContext),
      rejectUnauthorized: verify,
      // RFC 6066 forbids a literal address in SNI; the certificate is checked against the host all the same.
      servername: isIP(name) ? '' : name,
      host: name,
      ...(psk && {
        pskCallback: () => ({ identity: psk.identity, psk: psk.key }),
        // There is no certificate: that the server knows the key is the proof.
        checkServerIdentity: () => undefined,
      }),
      ...(alpn && { ALPNProtocols: alpn }),
      ...(session && { session }),
    });
    this.watch(socket);
    if (sessions !== undefined) socket.on('session', (next: Buffer) => sessions.keep(row, next));
    socket.once('secureConnect', () => {
      if (this.over) return;
      this.attempt.isResumed = socket.isSessionReused();
      this.ready(socket);
    });
  }

  private ready(socket: Socket): void {
    this.attempt.enter('connack');
    const { protocol, host, port, path } = this.endpoint;
    if (protocol !== 'ws' && protocol !== 'wss') {
      this.succeed(socket);
      return;
    }
    // The upgrade is part of the connack phase: it is the platform's front door that answers it, not the transport.
    const webSocket = new WebSocket(`ws://${authorityOf(host, port)}${path}`, 'mqtt', {
      createConnection: () => socket,
      perMessageDeflate: false,
      // The library gathers a message before it hands it on. One may hold several packets, or a part of one.
      maxPayload: 2 * MAX_PACKET_BYTES,
    });
    webSocket.on('error', (error) => this.fail(error));
    webSocket.once('open', () => {
      if (!this.over) this.succeed(createWebSocketStream(webSocket));
    });
  }

  private succeed(stream: Duplex): void {
    this.over = true;
    this.handler.dialed(stream);
  }

  /** Listens to a socket that is not handed over yet: an unheard 'error' would end the process. */
  private watch(socket: Socket): void {
    this.socket = socket;
    own(socket, this);
  }

  failed(error: Error): void {
    this.fail(error);
  }

  closed(): void {
    this.fail(undefined);
  }

  /** Passes over what comes: nothing is expected before the stream is handed over. */
  read(): boolean {
    return true;
  }

  drained(): void {}

  private fail(error: Error | undefined): void {
    if (this.over) return;
    this.over = true;
    this.socket?.destroy();
    if (this.attempt.phase === 'tls') this.options.sessions?.forget(this.endpoint.row ?? 0);
    this.handler.dialFailed(error);
  }
}
