/** MQTT.js as a Client: a device as most users would write it. Sockets come from Dial; MQTT.js speaks MQTT on them. */
import type { Duplex } from 'node:stream';
import { MqttClient, type Packet } from 'mqtt';
import { classify, type Failure } from '../../model/failure.ts';
import type { Scenario, Subscription } from '../../model/scenario.ts';
import { awaitDrain, own, type StreamOwner } from '../../mqtt/owned-stream.ts';
import { publishBytes } from '../../mqtt/packet-writer.ts';
import { allowsPublish, FORBIDDEN, NO_LIMITS, type ServerLimits } from '../../mqtt/server-limits.ts';
import type { Endpoint } from '../../platform/endpoint.ts';
import type { Credentials } from '../../platform/platform.ts';
import type { Attempt } from '../attempt.ts';
import { type Client, type Connection, type ConnectionHandler, LINGER_MS } from '../connection.ts';
import { Dial, type DialHandler } from '../dial.ts';
import { needsShortTicks } from '../keepalive.ts';
import { PendingSubscriptions } from '../pending-subscriptions.ts';
import { Inflow, interceptPushes } from './inflow.ts';
import { ReadValve } from './read-valve.ts';
import { type MqttJsSettings, mqttJsSettings } from './settings.ts';
import { TickTimer } from './tick-timer.ts';

export function createMqttJsClient(scenario: Pick<Scenario, 'protocol' | 'connect' | 'tls'>): Client {
  const settings = mqttJsSettings(scenario);
  return {
    connect: (attempt, endpoint, credentials, handler) =>
      new MqttJsConnection(settings, attempt, endpoint, credentials, handler),
  };
}

type State = 'opening' | 'open' | 'closing' | 'over';

class MqttJsConnection implements Connection, DialHandler, StreamOwner {
  private readonly settings: MqttJsSettings;
  private readonly attempt: Attempt;
  private readonly handler: ConnectionHandler;
  private readonly dial: Dial;
  private state: State = 'opening';
  private stream: Duplex | undefined;
  private readonly mqtt: MqttClient;
  private readonly keepalive = new TickTimer();
  private readonly pending: PendingSubscriptions;
  private readonly inflow: Inflow;
  private valve: ReadValve | undefined;
  private push: (sound: Buffer) => boolean = () => true;
  /** What was said before the socket closed: MQTT.js reports some failures twice and some closes without an error. */
  private lastError: (Error & { code?: unknown }) | undefined;
  private cause: Failure | undefined;
  private linger: NodeJS.Timeout | undefined;
  limits: Readonly<ServerLimits> = NO_LIMITS;

  constructor(
    settings: MqttJsSettings,
    attempt: Attempt,
    endpoint: Endpoint,
    credentials: Credentials,
    handler: ConnectionHandler,
  ) {
    this.settings = settings;
    this.attempt = attempt;
    this.handler = handler;
    this.pending = new PendingSubscriptions(settings.topicsPerSubscribe);
    this.inflow = new Inflow(settings.isMqtt5, this.pending);
    this.dial = new Dial(attempt, endpoint, settings.dial, this);
    // Made while the network is at work: it takes the library longer than all else that a connect needs here.
    const mqtt = new MqttClient(() => this.stream as never, {
      ...settings.mqtt,
      timerVariant: this.keepalive as never,
      clientId: credentials.mqttClientId,
      username: credentials.username,
      password: credentials.password,
    });
    this.mqtt = mqtt;
    mqtt.on('packetreceive', (packet) => this.onPacket(packet));
    mqtt.on('error', (error) => this.onError(error));
    mqtt.on('close', () => this.onClose());
  }

  get bytesSent(): number {
    return this.dial.bytesSent;
  }

  get bytesReceived(): number {
    return this.dial.bytesReceived;
  }

  dialed(stream: Duplex): void {
    this.stream = stream;
    this.mqtt.connect();
    own(stream, this);
    this.valve = new ReadValve(stream);
    // A plain stream is read in `read` by itself.
    this.push =
      stream === this.dial.plain
        ? (sound) => stream.push(sound)
        : interceptPushes(stream, (chunk) => this.read(chunk));
  }

  /** A copy of the little that has come costs less than a buffer of Node's own for each read. */
  read(chunk: Buffer): boolean {
    if (this.state === 'opening') this.attempt.heard();
    else if (this.state !== 'open') return true;
    const takesMore = this.inflow.read(chunk, this.push);
    const { failure } = this.inflow;
    if (failure?.phase === 'connack') this.fail(failure);
    else if (failure !== undefined) this.lose(failure);
    if (!this.stream!.writableNeedDrain) return takesMore;
    // A server that takes no PUBACKs gets no more messages off its hands, else they would gather here.
    this.valve!.shutUntilDrained();
    return false;
  }

  /** The library hears of both by itself, through listeners of its own. */
  failed(): void {}
  closed(): void {}

  dialFailed(error: Error | undefined): void {
    if (this.state === 'opening') this.fail(classify(this.attempt.phase, error));
  }

  subscribe(subscriptions: Subscription[]): void {
    for (const batch of this.pending.add(subscriptions, this.limits)) {
      const { sent, codes, from } = batch;
      if (sent.length > 0) {
        const asked = Object.fromEntries(sent.map(({ topic, qos }) => [topic, { qos }]));
        this.mqtt.subscribe(asked);
        // An object is no list: topics that look like numbers come first.
        const topics = Object.keys(asked);
        batch.places = sent.map(({ topic }) => topics.indexOf(topic));
        batch.packetId = this.mqtt.getLastMessageId();
      } else {
        process.nextTick(() => {
          if (this.state === 'open') this.handler.subscribed(codes, from);
        });
      }
    }
  }

  publish(topic: string, payload: string | Buffer, qos: 0 | 1): number {
    if (this.limits !== NO_LIMITS) {
      const bytes = publishBytes(topic, payload, qos, this.settings.isMqtt5);
      if (!allowsPublish(this.limits, qos, bytes)) return FORBIDDEN;
    }
    // The library keeps what it is given, until the PUBACK and beyond.
    this.mqtt.publish(topic, typeof payload === 'string' ? payload : Buffer.from(payload), { qos });
    return qos === 0 ? 0 : this.mqtt.getLastMessageId();
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
    if (this.state === 'opening') this.fail({ phase: this.attempt.phase, kind: 'timeout', code: '' });
  }

  tick(nowUs: number): void {
    this.keepalive.tick(nowUs);
  }

  close(): void {
    if (this.state === 'opening') {
      this.attempt.settle();
      this.destroy();
      this.handler.ended();
    } else if (this.state === 'open') {
      this.state = 'closing';
      this.disconnect(this.mqtt, this.stream!);
    }
  }

  private disconnect(mqtt: MqttClient, stream: Duplex): void {
    // Nothing may be sent after DISCONNECT [MQTT-3.14.4-2], so nothing is to be answered any more.
    stream.unpipe();
    stream.resume();
    // The library's end() waits for outstanding acknowledgements without bound; they have had their time already.
    for (const packetId of Object.keys(mqtt.outgoing)) mqtt.removeOutgoingMessage(Number(packetId));
    mqtt.end();
    this.linger = setTimeout(() => stream.destroy(), LINGER_MS);
  }

  private onPacket(packet: Packet): void {
    if (packet.cmd === 'connack') this.onConnack();
    if (this.state !== 'open') return;
    if (packet.cmd === 'publish') {
      this.handler.received(packet.topic, packet.payload as Buffer, packet.retain);
    } else if (packet.cmd === 'puback') {
      const isAwaited = this.mqtt.outgoing[packet.messageId!]?.cmd === 'publish';
      this.handler.acked(packet.messageId!, packet.reasonCode ?? 0);
      if (!isAwaited) withhold(packet);
    } else if (packet.cmd === 'suback') {
      const answered = this.pending.answered(packet.messageId!, packet.granted as number[]);
      if (answered === undefined) withhold(packet);
      else this.handler.subscribed(answered.codes, answered.from);
    }
  }

  private onConnack(): void {
    if (this.state !== 'opening') return;
    const serviceUs = this.attempt.finish();
    // On the next tick the library can send and has not yet handled what came together with CONNACK; its own 'connect' is later.
    process.nextTick(() => this.open(serviceUs));
  }

  private open(serviceUs: number): void {
    if (this.state !== 'opening' || !this.attempt.settle()) return;
    this.state = 'open';
    this.limits = this.inflow.limits;
    if (needsShortTicks(this.mqtt.keepalive)) this.settings.shortTicks.join(this);
    this.handler.opened(serviceUs);
  }

  /** Also where what comes with CONNACK ends it: it is told to be open first. `onClose` follows [MQTT5 3.14.4]. */
  private lose(cause: Failure): void {
    this.cause = cause;
    this.stream!.destroy();
  }

  private onError(error: Error & { code?: unknown }): void {
    this.lastError ??= error;
    if (this.state === 'opening') this.fail(classify(this.attempt.phase, error));
    else if (this.state === 'open') this.stream!.destroy();
  }

  private onClose(): void {
    const { state } = this;
    if (state === 'over') return;
    if (state === 'opening') {
      this.fail(classify(this.attempt.phase, this.lastError));
      return;
    }
    this.state = 'over';
    clearTimeout(this.linger);
    this.settings.shortTicks.leave(this);
    if (state === 'open') this.handler.lost(this.cause ?? classify('open', this.lastError));
    else this.handler.ended();
  }

  private fail(failure: Failure): void {
    if (!this.attempt.settle()) return;
    this.destroy();
    this.handler.failed(failure);
  }

  /** No end() of the library: it clears up at the stream's close, and packets it has already parsed would find its stores gone. */
  private destroy(): void {
    this.state = 'over';
    this.dial.destroy();
    this.stream?.destroy();
  }
}

/** From the library, which would end the connection over an answer to nothing: a kind of packet that it does not know it leaves alone. */
function withhold(packet: Packet): void {
  (packet as { cmd: string }).cmd = 'withheld';
}
