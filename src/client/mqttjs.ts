/** MQTT.js as a Client: a device as most users would write it. Sockets come from Dial; MQTT.js speaks MQTT on them. */
import type { Duplex } from 'node:stream';
import { type IClientOptions, MqttClient, type Packet } from 'mqtt';
import { MAX_TOPICS_PER_SUBSCRIBE } from '../scenario/platform-limits.ts';
import type { Scenario, Subscription } from '../scenario/scenario.ts';
import type { Credentials } from '../signing/credentials.ts';
import type { Endpoint } from '../signing/endpoint.ts';
import type { Attempt } from './attempt.ts';
import {
  type Client,
  type Connection,
  type ConnectionHandler,
  DEFAULT_RECEIVE_MAXIMUM,
  LINGER_MS,
} from './connection.ts';
import { Dial, type DialHandler, type DialOptions, dialOptions } from './dial.ts';
import { classify, disconnectedByServer, type Failure, rejectedConnack } from './failure.ts';
import { EmptyStore } from './mqttjs-store.ts';
import { awaitDrain, own, type StreamOwner } from './owned-stream.ts';
import { TickTimer } from './tick-timer.ts';

/**
 * Every option that the library adds to those it is given, and those that differ from client to client. With all of them there from the
 * beginning the options of all clients have one hidden class; else V8 makes each a dictionary, which is searched several times per message.
 */
const ALL_OPTIONS = {
  protocolId: 'MQTT',
  reschedulePings: true,
  writeCache: true,
  customHandleAcks: undefined,
  timerVariant: undefined,
  clientId: undefined,
  username: undefined,
  password: undefined,
} as unknown as IClientOptions;

export function createMqttJsClient(scenario: Pick<Scenario, 'protocol' | 'connect' | 'tls'>): Client {
  const settings: Settings = {
    dial: dialOptions(scenario.tls),
    mqtt: {
      ...ALL_OPTIONS,
      protocolVersion: scenario.protocol === '5' ? 5 : 4,
      keepalive: scenario.connect.keepaliveSec,
      clean: true,
      // Attempts, deadlines and reconnects are decided above; the library settles not every attempt and would retry by itself.
      reconnectPeriod: 0,
      connectTimeout: 2 ** 31 - 1,
      resubscribe: false,
      queueQoSZero: false,
      subscribeBatchSize: MAX_TOPICS_PER_SUBSCRIBE,
      manualConnect: true,
      log: () => {},
      outgoingStore: new EmptyStore() as never,
    },
  };
  return {
    connect: (attempt, endpoint, credentials, handler) =>
      new MqttJsConnection(settings, attempt, endpoint, credentials, handler),
  };
}

interface Settings {
  dial: DialOptions;
  mqtt: IClientOptions;
}

type State = 'opening' | 'open' | 'closing' | 'over';

class MqttJsConnection implements Connection, DialHandler, StreamOwner {
  private readonly attempt: Attempt;
  private readonly handler: ConnectionHandler;
  private readonly dial: Dial;
  private state: State = 'opening';
  private stream: Duplex | undefined;
  private readonly mqtt: MqttClient;
  private readonly keepalive = new TickTimer();
  /** What was said before the socket closed: MQTT.js reports some failures twice and some closes without an error. */
  private lastError: (Error & { code?: unknown }) | undefined;
  private cause: Failure | undefined;
  private linger: NodeJS.Timeout | undefined;
  /** By packet id: the first topic, and where the code for each of them stands in the SUBACK. */
  private subscribes: Map<number, { from: number; places: number[] }> | undefined = undefined;
  receiveMaximum = DEFAULT_RECEIVE_MAXIMUM;

  constructor(
    settings: Settings,
    attempt: Attempt,
    endpoint: Endpoint,
    credentials: Credentials,
    handler: ConnectionHandler,
  ) {
    this.attempt = attempt;
    this.handler = handler;
    this.dial = new Dial(attempt, endpoint, settings.dial, this);
    // Made while the network is at work: it takes the library longer than all else that a connect needs here.
    const { clientId, username, password } = credentials;
    const mqtt = new MqttClient(() => this.stream as never, {
      ...settings.mqtt,
      timerVariant: this.keepalive as never,
      clientId,
      username,
      password,
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
    // Before the library's own listener. A plain stream is read in `read`.
    if (stream !== this.dial.plain) stream.prependListener('data', this.onBytes);
  }

  private readonly onBytes = (): void => this.attempt.heard();

  /** Of plain TCP: a copy of the little that has come costs less than a buffer of Node's own for each read. */
  read(chunk: Buffer): void {
    if (this.state === 'opening') this.attempt.heard();
    this.stream!.push(Buffer.from(chunk));
  }

  /** The library hears of both by itself, through listeners of its own. */
  failed(): void {}
  closed(): void {}

  dialFailed(error: Error | undefined): void {
    if (this.state === 'opening') this.fail(classify(this.attempt.phase, error));
  }

  subscribe(subscriptions: Subscription[]): void {
    for (let from = 0; from < subscriptions.length; from += MAX_TOPICS_PER_SUBSCRIBE) {
      const part = subscriptions.slice(from, from + MAX_TOPICS_PER_SUBSCRIBE);
      const asked = Object.fromEntries(part.map(({ topic, qos }) => [topic, { qos }]));
      this.mqtt.subscribe(asked);
      // An object is no list: topics that look like numbers come first, equal ones once.
      const keys = Object.keys(asked);
      const places = part.map(({ topic }) => keys.indexOf(topic));
      this.subscribes ??= new Map();
      this.subscribes.set(this.mqtt.getLastMessageId(), { from, places });
    }
  }

  private onSuback(packetId: number, granted: number[]): void {
    const asked = this.subscribes?.get(packetId);
    if (asked === undefined) return;
    this.subscribes?.delete(packetId);
    this.handler.subscribed(
      asked.places.flatMap((place) => granted[place] ?? []),
      asked.from,
    );
  }

  publish(topic: string, payload: string | Buffer, qos: 0 | 1): number {
    // The library keeps what it is given, until the PUBACK and beyond.
    this.mqtt.publish(topic, typeof payload === 'string' ? payload : Buffer.from(payload), { qos });
    return qos === 0 ? 0 : this.mqtt.getLastMessageId();
  }

  get takesMore(): boolean {
    return !this.stream!.writableNeedDrain;
  }

  get hasUnwritten(): boolean {
    return this.stream!.writableLength > 0;
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
    if (isWithoutId(packet)) {
      // In answering it the library would throw out of the event loop; a kind of packet that it does not know it leaves alone.
      (packet as { cmd: string }).cmd = 'malformed';
      this.onError(new Error('packet without an id'));
    }
    if (packet.cmd === 'connack') {
      this.receiveMaximum = packet.properties?.receiveMaximum ?? DEFAULT_RECEIVE_MAXIMUM;
      this.onConnack(packet.returnCode ?? packet.reasonCode ?? -1);
    }
    if (this.state !== 'open') return;
    switch (packet.cmd) {
      case 'suback':
        // Not one that repeats: the library has taken the SUBSCRIBE off its list by then.
        if (this.mqtt.outgoing[packet.messageId!]?.cmd === 'subscribe')
          this.onSuback(packet.messageId!, packet.granted as number[]);
        break;
      case 'puback':
        this.handler.acked(packet.messageId!, packet.reasonCode ?? 0);
        break;
      case 'publish':
        this.handler.received(packet.topic, packet.payload as Buffer, packet.retain);
        break;
      case 'disconnect':
        this.onDisconnect(packet.reasonCode ?? 0);
        break;
      default:
    }
  }

  private onConnack(code: number): void {
    if (this.state !== 'opening') return;
    if (code === 0) {
      const serviceUs = this.attempt.finish();
      // On the next tick the library can send and has not yet handled what came together with CONNACK; its own 'connect' is later.
      process.nextTick(() => this.open(serviceUs));
      return;
    }
    // -1: a CONNACK too short to hold a code, after which the library would wait for ever.
    this.fail(code > 0 ? rejectedConnack(code) : { phase: 'connack', kind: 'protocol', code: '' });
  }

  private open(serviceUs: number): void {
    if (this.state !== 'opening' || !this.attempt.settle()) return;
    this.state = 'open';
    this.stream!.off('data', this.onBytes);
    this.handler.opened(serviceUs);
  }

  /** The server says why it goes; the connection is to be closed by whoever comes first [MQTT5 3.14.4]. */
  private onDisconnect(reasonCode: number): void {
    this.cause = disconnectedByServer(reasonCode);
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

/** A packet cut off before its id, which asks for an answer by that id; the parser puts -1 there. */
function isWithoutId(packet: Packet): boolean {
  const isAnswered = packet.cmd === 'pubrel' || (packet.cmd === 'publish' && packet.qos > 0);
  return isAnswered && (packet.messageId ?? 0) < 1;
}
