/** What a connection is, whichever client is behind it. Handlers are methods of one object per device: no closure per message. */

import type { Failure } from '../model/failure.ts';
import type { Scenario, Subscription } from '../model/scenario.ts';
import type { ServerLimits } from '../mqtt/server-limits.ts';
import type { Endpoint } from '../platform/endpoint.ts';
import type { Credentials } from '../platform/login.ts';
import type { Attempt } from './attempt.ts';

/** What of a scenario a client goes by; without a platform, by the first of all. */
export type ClientSettings = Pick<Scenario, 'protocol' | 'connect' | 'tls'> &
  Partial<Pick<Scenario, 'platform' | 'keptSession' | 'topicAlias'>>;

/** One per shard; holds what its connections share. */
export interface Client {
  /** The attempt is in its sign phase and has its credentials; the client takes it from there. */
  connect(
    attempt: Attempt,
    endpoint: Endpoint,
    credentials: Credentials,
    handler: ConnectionHandler,
  ): Connection;
}

/** The time (ms) for the far side to take our DISCONNECT and close its side too; a shard allows four times as much for all its closing. */
export const LINGER_MS = 500;

export interface Connection {
  /**
   * No more topics to a SUBSCRIBE than the platform takes; each has one `subscribed`. Only on an open connection. What the limits of the server forbid is not
   * sent.
   */
  subscribe(subscriptions: Subscription[]): void;
  /**
   * Returns the packet id that `acked` will name; 0 at QoS 0; FORBIDDEN where the limits of the server do not allow it, and nothing is
   * sent. Only on an open connection. The payload may be written over once this has returned.
   */
  publish(topic: string, payload: string | Buffer, qos: 0 | 1): number;
  /**
   * Sends a message of QoS 1 once more, as it was, with the id that it had on the connection before [MQTT-4.4.0-1]. False where the limits of
   * the server do not allow it. Only on a connection that is resumed, in the order of their first sending, and before anything else: ids
   * go on from the last.
   */
  resend(packetId: number, topic: string, payload: string | Buffer): boolean;
  /** Whether the server goes on with the session of a connection before. Only on an open connection. */
  readonly isResumed: boolean;
  /** False while what was said waits in this process for the network to take it. Only on an open connection. */
  readonly takesMore: boolean;
  /** So much of what was said, perhaps less than `takesMore` minds, still waits in this process. Only on an open connection. */
  readonly unwrittenBytes: number;
  /** Asks for one `drained`, once all that waits has been taken. */
  awaitDrain(): void;
  /** What the server has said that it takes: none before the connection is open. */
  readonly limits: Readonly<ServerLimits>;
  /** The deadline of the attempt has passed: fails it as a timeout of the phase it is in. */
  expire(): void;
  /** To be called once a second: what a client would otherwise need a timer of its own for, its keepalive. */
  tick(nowUs: number): void;
  /**
   * DISCONNECT and close, or give up the attempt. Only `ended` follows, within a second whatever the far side does; where there was
   * nothing to say goodbye to, before this returns. Outstanding acknowledgements are not waited for.
   */
  close(): void;
  /**
   * Bytes of the TCP connection so far, TLS and WebSocket framing included: what the network carries and the stand-in counts. They stay
   * readable after the end.
   */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** None of these but the question is called from inside a call of the connection's own methods or of `connect`. */
export interface ConnectionHandler {
  /**
   * Whether a message with that id waits for its PUBACK still: the id is for no other then [MQTT-2.3.1-2]. A server may leave one
   * unanswered while it acknowledges all ids after it, round to the same.
   */
  awaitsAck(packetId: number): boolean;
  /** CONNACK accepted. `serviceUs` is from the attempt's start; its phases are in the attempt. */
  opened(serviceUs: number): void;
  /** The attempt's outcome, when it was not opened. */
  failed(failure: Failure): void;
  /** An open connection ended without our asking. */
  lost(failure: Failure): void;
  /**
   * The answer to a SUBSCRIBE, filter by filter from the one at `from` of those that were asked for: 0 or 1 granted, 128 and above refused
   * (see `refusedSubscription`).
   */
  subscribed(returnCodes: number[], from: number): void;
  /**
   * A PUBACK; reason codes of 128 and above (MQTT 5 only) are refusals. It may come twice, or for an id under which nothing was sent: the
   * books of what is unacknowledged are the handler's.
   */
  acked(packetId: number, reasonCode: number): void;
  /** After `awaitDrain`. */
  drained(): void;
  /** The payload is valid during the call only. Retained: an old message, sent because of a new subscription. */
  received(topic: string, payload: Buffer, isRetained: boolean): void;
  /** After `close`: the socket is gone. */
  ended(): void;
}
