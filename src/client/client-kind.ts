/** What a client is before any of it is loaded: what a scenario calls it, and what its connections cost. */
import type { Client, ClientSettings } from './connection.ts';

/** A client of its folder, as an object that satisfies this; `clients.ts` lists them. */
export interface ClientKind {
  /** What a scenario calls it. */
  readonly name: string;
  /** What it is, after `is`. */
  readonly is: string;
  readonly cost: Cost;
  /** Kilobytes of heap that a connected device holds, and room for what one loss of all of them leaves behind. */
  readonly heapKb: number;
  /** Loaded by the threads that open connections, and by no other: only they need its libraries. */
  load(): Promise<CreateClient>;
}

/** Made once per shard. */
export type CreateClient = (settings: ClientSettings) => Client;

/** What a connection, a connect and a message cost: user and system time, and resident memory of the process. */
export interface Cost {
  /** Memory of an open connection that has nothing to do. */
  readonly tcpBytes: number;
  readonly tlsBytes: number;
  readonly connectUs: number;
  /** CPU of the TLS handshake, beside that of the connect. */
  readonly tlsUs: number;
  /** One message sent at QoS 1, with its PUBACK. */
  readonly messageUs: number;
  /** One message received. */
  readonly replyUs: number;
}
