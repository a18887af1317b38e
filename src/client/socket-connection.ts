/** A connection on a socket of ours, as both clients have it: its states and its ends. What is said on it is the client's. */
import type { Duplex } from 'node:stream';
import { classify, type Failure } from '../model/failure.ts';
import type { Subscription } from '../model/scenario.ts';
import { TopicAliases } from '../mqtt/messages/topic-aliases.ts';
import { awaitDrain, type StreamOwner } from '../mqtt/owned-stream.ts';
import { publishBytes } from '../mqtt/packet-writer.ts';
import { allowsPublish, NO_LIMITS, type ServerLimits } from '../mqtt/server-limits.ts';
import type { Connack } from '../mqtt/server-packets.ts';
import type { Endpoint } from '../platform/endpoint.ts';
import type { Attempt } from './attempt.ts';
import { type Connection, type ConnectionHandler, LINGER_MS } from './connection.ts';
import { Dial, type DialHandler, type DialOptions } from './dial.ts';
import { needsShortTicks } from './keepalive.ts';
import { type Batch, PendingSubscriptions } from './pending-subscriptions.ts';
import type { ShortTicks } from './short-ticks.ts';

/** What the connections of a shard share. */
export interface SharedByConnections {
  readonly dial: DialOptions;
  readonly shortTicks: ShortTicks;
  readonly isMqtt5: boolean;
  /** Whether a session is to outlive its connection. */
  readonly keepsSession: boolean;
  /** Whether topics go by their numbers, where the server of MQTT 5 takes that. */
  readonly aliasesTopics: boolean;
  readonly topicsPerSubscribe: number;
}

/** An id and two bytes. */
const ALIAS_PROPERTY_BYTES = 3;

/** What a CONNACK says that lets us in. */
export type Accepted = Omit<Connack, 'code'>;

/** `losing`: what the far side sent has ended an open connection, and its socket is being closed. */
type State = 'opening' | 'open' | 'losing' | 'closing' | 'over';

export abstract class SocketConnection<Shared extends SharedByConnections>
  implements Connection, DialHandler, StreamOwner
{
  protected readonly shared: Shared;
  protected readonly handler: ConnectionHandler;
  /** The attempt, while it opens. */
  protected attempt: Attempt | undefined;
  /** The dialing, while it opens; beyond that where bytes pass that the client does not see. */
  protected dial: Dial | undefined;
  protected state: State = 'opening';
  protected stream: Duplex | undefined = undefined;
  /** The subscriptions on their way; undefined until there are any. */
  protected pending: PendingSubscriptions | undefined = undefined;
  /** The first that was said before the socket closed: some closes come without one, and some failures are told twice. */
  private error: Error | undefined = undefined;
  private cause: Failure | undefined = undefined;
  private linger: NodeJS.Timeout | undefined = undefined;
  /** Undefined where topics go by their names. */
  protected aliases: TopicAliases | undefined = undefined;
  limits: Readonly<ServerLimits> = NO_LIMITS;
  isResumed = false;

  constructor(shared: Shared, attempt: Attempt, endpoint: Endpoint, handler: ConnectionHandler) {
    this.shared = shared;
    this.attempt = attempt;
    this.handler = handler;
    this.dial = new Dial(attempt, endpoint, shared.dial, this);
  }

  get bytesSent(): number {
    return this.dial!.bytesSent;
  }

  get bytesReceived(): number {
    return this.dial!.bytesReceived;
  }

  // --- the device's side

  abstract publish(topic: string, payload: string | Buffer, qos: 0 | 1): number;
  abstract resend(packetId: number, topic: string, payload: string | Buffer): boolean;
  abstract tick(nowUs: number): void;
  /** Sends a batch that has filters, and puts its packet id in. */
  protected abstract sendSubscribe(batch: Batch): void;
  /** Says DISCONNECT, the last that is said; the stream is destroyed in a while, if it is still there. */
  protected abstract disconnect(stream: Duplex): void;

  subscribe(subscriptions: Subscription[]): void {
    this.pending ??= new PendingSubscriptions(this.shared.topicsPerSubscribe);
    for (const batch of this.pending.add(subscriptions, this.limits)) {
      const { sent, codes, from } = batch;
      if (sent.length > 0) {
        this.sendSubscribe(batch);
      } else {
        process.nextTick(() => {
          if (this.state === 'open') this.handler.subscribed(codes, from);
        });
      }
    }
  }

  /** Whether the server takes the message, by what it has said of itself. */
  protected allows(topic: string, payload: string | Buffer, qos: 0 | 1): boolean {
    if (this.limits === NO_LIMITS) return true;
    return allowsPublish(this.limits, qos, publishBytes(topic, payload, qos, this.shared.isMqtt5));
  }

  /** The number of a topic that the server is told with this message; 0 where there is none, or no room for it in the packet. */
  protected newAlias(aliases: TopicAliases, topic: string, payload: string | Buffer, qos: 0 | 1): number {
    const bytes = publishBytes(topic, payload, qos, true, ALIAS_PROPERTY_BYTES);
    return allowsPublish(this.limits, qos, bytes) ? aliases.add(topic) : 0;
  }

  get takesMore(): boolean {
    return !this.stream!.writableNeedDrain;
  }

  get unwrittenBytes(): number {
    return this.stream!.writableLength;
  }

  awaitDrain(): void {
    awaitDrain(this.stream!);
  }

  drained(): void {
    if (this.state === 'open') this.handler.drained();
  }

  expire(): void {
    if (this.state === 'opening') this.fail({ phase: this.attempt!.phase, kind: 'timeout', code: '' });
  }

  close(): void {
    if (this.state === 'opening') {
      this.attempt!.settle();
      this.destroy();
      this.handler.ended();
    } else if (this.state === 'losing') {
      this.state = 'closing';
    } else if (this.state === 'open') {
      this.state = 'closing';
      this.disconnect(this.stream!);
      this.linger = setTimeout(destroyStream, LINGER_MS, this.stream!);
    }
  }

  // --- the network's side

  abstract dialed(stream: Duplex): void;
  abstract read(chunk: Buffer): boolean;
  abstract failed(error: Error): void;
  abstract closed(): void;

  dialFailed(error: Error | undefined): void {
    if (this.state === 'opening') this.fail(classify(this.attempt!.phase, error));
  }

  /** Opens it after a CONNACK: `serviceUs` is from the attempt's start, `keepaliveSec` the one in force. */
  protected open(serviceUs: number, { limits, isResumed }: Accepted, keepaliveSec: number): void {
    if (this.state !== 'opening' || !this.attempt!.settle()) return;
    this.state = 'open';
    this.attempt = undefined;
    this.limits = limits;
    this.isResumed = isResumed;
    const { topicAliasMaximum } = limits;
    if (this.shared.aliasesTopics && topicAliasMaximum > 0)
      this.aliases = new TopicAliases(topicAliasMaximum);
    if (needsShortTicks(keepaliveSec)) this.shared.shortTicks.join(this);
    this.handler.opened(serviceUs);
  }

  protected fail(failure: Failure): void {
    if (!this.attempt!.settle()) return;
    this.destroy();
    this.handler.failed(failure);
  }

  /** Ends an open connection over what the far side sent or did not send: `onClosed` follows. */
  protected lose(cause: Failure): void {
    this.cause = cause;
    this.stream!.destroy();
  }

  /** Hears of an error of the stream: `onClosed` follows. */
  protected onError(error: Error): void {
    this.error ??= error;
    if (this.state === 'opening') this.fail(classify(this.attempt!.phase, error));
  }

  /** Hears that the stream has gone, for whatever reason. */
  protected onClosed(): void {
    const { state } = this;
    if (state === 'over') return;
    if (state === 'opening') {
      this.fail(classify(this.attempt!.phase, this.error));
      return;
    }
    this.state = 'over';
    clearTimeout(this.linger);
    this.shared.shortTicks.leave(this);
    if (state === 'closing') this.handler.ended();
    else this.handler.lost(this.cause ?? classify('open', this.error));
  }

  private destroy(): void {
    this.state = 'over';
    this.dial?.destroy();
    this.stream?.destroy();
  }
}

function destroyStream(stream: Duplex): void {
  stream.destroy();
}
