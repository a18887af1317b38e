/** A client whose connections do what a test commands, and nothing else. */
import type { Attempt } from '../../../src/client/attempt.ts';
import type { Client, Connection, ConnectionHandler } from '../../../src/client/connection.ts';
import type { Failure } from '../../../src/model/failure.ts';
import type { Subscription } from '../../../src/model/scenario.ts';
import { allowsPublish, FORBIDDEN, NO_LIMITS } from '../../../src/mqtt/server-limits.ts';
import type { Endpoint } from '../../../src/platform/endpoint.ts';
import type { Credentials } from '../../../src/platform/login.ts';

export interface SentMessage {
  topic: string;
  /** As text, and as it is. */
  payload: string;
  body: Buffer;
  packetId: number;
}

export class FakeConnection implements Connection {
  readonly attempt: Attempt;
  readonly endpoint: Endpoint;
  readonly credentials: Credentials;
  readonly handler: ConnectionHandler;
  readonly sent: SentMessage[] = [];
  /** Packet ids not acknowledged yet. */
  readonly unacked: number[] = [];
  readonly subscriptions: Subscription[] = [];
  state: 'opening' | 'open' | 'closing' | 'over' = 'opening';
  bytesSent = 0;
  bytesReceived = 0;
  /** Called after each publish. */
  onPublish: (message: SentMessage) => void = () => {};
  /** Called after each that is sent again. */
  onResend: (message: SentMessage) => void = () => {};
  private lastPacketId = 0;
  private subacked = 0;

  constructor(attempt: Attempt, endpoint: Endpoint, credentials: Credentials, handler: ConnectionHandler) {
    this.attempt = attempt;
    this.endpoint = endpoint;
    this.credentials = credentials;
    this.handler = handler;
    attempt.enter('tcp');
  }

  // --- what the harness asks for

  subscribe(subscriptions: Subscription[]): void {
    this.subscriptions.push(...subscriptions);
  }

  publish(topic: string, payload: string | Buffer, qos: 0 | 1): number {
    if (this.state !== 'open') throw new Error(`publish on a connection that is ${this.state}`);
    if (!allowsPublish(this.limits, qos, payload.length)) return FORBIDDEN;
    const packetId = qos === 0 ? 0 : ++this.lastPacketId;
    if (packetId !== 0) this.unacked.push(packetId);
    const message = { topic, payload: payload.toString(), body: Buffer.from(payload), packetId };
    this.sent.push(message);
    this.bytesSent += payload.length;
    this.onPublish(message);
    return packetId;
  }

  /** What was sent again, by packet id. */
  readonly resent: number[] = [];
  isResumed = false;

  resend(packetId: number, topic: string, payload: string | Buffer): boolean {
    if (!allowsPublish(this.limits, 1, payload.length)) return false;
    this.resent.push(packetId);
    this.lastPacketId = packetId;
    this.unacked.push(packetId);
    this.onResend({ topic, payload: payload.toString(), body: Buffer.from(payload), packetId });
    return true;
  }

  takesMore = true;
  unwrittenBytes = 0;
  limits = { ...NO_LIMITS };
  drainsAwaited = 0;

  awaitDrain(): void {
    this.drainsAwaited++;
  }

  ticks = 0;

  tick(): void {
    this.ticks++;
  }

  expire(): void {
    this.fail({ phase: this.attempt.phase, kind: 'timeout', code: '' });
  }

  close(): void {
    if (this.state === 'closing' || this.state === 'over') throw new Error('closed twice');
    this.state = 'closing';
  }

  // --- what a test commands

  /** `isResumed`: with the session of the connection before. */
  open(isResumed = false): void {
    if (this.state !== 'opening') return;
    this.state = 'open';
    this.isResumed = isResumed;
    this.handler.opened(this.attempt.finish());
  }

  fail(failure: Failure = { phase: 'tcp', kind: 'refused', code: 'ECONNREFUSED' }): void {
    if (this.state !== 'opening') return;
    this.state = 'over';
    this.handler.failed(failure);
  }

  lose(failure: Failure = { phase: 'open', kind: 'reset', code: 'ECONNRESET' }): void {
    if (this.state !== 'open') return;
    this.state = 'over';
    this.handler.lost(failure);
  }

  /** For the next of the topics. */
  suback(...returnCodes: number[]): void {
    this.subackFrom(this.subacked, ...returnCodes);
    this.subacked += returnCodes.length;
  }

  subackFrom(from: number, ...returnCodes: number[]): void {
    if (this.state === 'open') this.handler.subscribed(returnCodes, from);
  }

  /** The oldest message that has had no answer. */
  ack(reasonCode = 0): void {
    if (this.state !== 'open') return;
    const packetId = this.unacked.shift();
    if (packetId !== undefined) this.handler.acked(packetId, reasonCode);
  }

  drain(): void {
    if (this.state === 'open') this.handler.drained();
  }

  deliver(topic: string, payload: string | Buffer, isRetained = false): void {
    if (this.state !== 'open') return;
    this.bytesReceived += payload.length;
    this.handler.received(topic, Buffer.from(payload), isRetained);
  }

  end(): void {
    if (this.state !== 'closing') return;
    this.state = 'over';
    this.handler.ended();
  }
}

export class FakeClient implements Client {
  readonly connections: FakeConnection[] = [];
  /** Called after each connect. */
  onConnect: (connection: FakeConnection) => void = () => {};

  connect(
    attempt: Attempt,
    endpoint: Endpoint,
    credentials: Credentials,
    handler: ConnectionHandler,
  ): FakeConnection {
    const connection = new FakeConnection(attempt, endpoint, credentials, handler);
    this.connections.push(connection);
    this.onConnect(connection);
    return connection;
  }
}
