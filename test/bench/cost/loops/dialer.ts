/** Opens the streams of a loop: TCP, or TLS with one context for all, whose handshakes are full or go on with the last session. */
import { connect, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { Handshake } from '../load.ts';
import type { LoopJob } from './child.ts';

/** Its sockets know whose they are, so that their listeners are the same functions for all. */
type DialedSocket = TLSSocket & { dialer: Dialer };

function onSession(this: DialedSocket, session: Buffer): void {
  this.dialer.session = session;
}

function onSecure(this: DialedSocket): void {
  if (this.isSessionReused()) this.dialer.resumed++;
}

export class Dialer {
  /** The event of a socket of it that can be written to. */
  readonly isReady: 'connect' | 'secureConnect';
  resumed = 0;
  session: Buffer | undefined;
  private readonly address: { host: string; port: number; onread: OnReadOpts };
  private readonly handshake: Handshake | undefined;
  private readonly secureContext: SecureContext | undefined;

  constructor({ host, port, ca, load }: LoopJob, onread: OnReadOpts) {
    this.address = { host, port, onread };
    this.handshake = load.tls;
    this.isReady = load.tls === undefined ? 'connect' : 'secureConnect';
    // Parsing the authority's certificate for each would be most of the cost.
    if (load.tls !== undefined) this.secureContext = createSecureContext({ ca });
  }

  dial(): Socket {
    if (this.secureContext === undefined) return connect(this.address);
    const { address, secureContext, session } = this;
    const options = { ...address, secureContext, servername: '', ...(session && { session }) };
    const socket = connectTls(options) as DialedSocket;
    socket.dialer = this;
    socket.on('secureConnect', onSecure);
    if (this.handshake === 'resumed') socket.on('session', onSession);
    return socket;
  }
}
