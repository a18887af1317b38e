/** One connection on the stand-in, from the transport's accept to its end. */
import type { Client } from 'aedes';
import { hasWildcard, matchesFilter } from './rules.ts';
import type { SignIn } from './sign-in.ts';

/**
 * What the type declarations of aedes leave out: a client's filters, those restored for a persistent session included, and the packet id
 * of its next message.
 */
export type BrokerClient = Client & { subscriptions: Record<string, unknown>; _nextId: number };

export class Session {
  readonly client: BrokerClient;
  readonly tls: boolean;
  /** Undefined until a CONNECT came. */
  signIn: SignIn | undefined;
  /** When the CONNECT arrived. */
  connectUs = 0;
  /** CONNACK 0 was sent and the connection has not ended since. */
  open = false;
  private wildcards: string[] = [];

  constructor(client: Client, tls: boolean) {
    this.client = client as BrokerClient;
    this.tls = tls;
  }

  /** `/<productKey>/<deviceName>`; undefined unless the sign-in was accepted. */
  get place(): string | undefined {
    return this.signIn?.ok ? this.signIn.place : undefined;
  }

  /** A packet id that aedes does not use for another message. */
  takeMessageId(): number {
    const id = this.client._nextId;
    this.client._nextId = id >= 0xffff ? 1 : id + 1;
    return id;
  }

  /** To be called when the client's subscriptions changed, so that a publish need not look through all of them. */
  subscriptionsChanged(): void {
    this.wildcards = Object.keys(this.client.subscriptions).filter(hasWildcard);
  }

  hears(topic: string): boolean {
    return (
      topic in this.client.subscriptions || this.wildcards.some((filter) => matchesFilter(filter, topic))
    );
  }
}
