/** MQTT.js as a Client: a device as most users would write it. Sockets come from Dial; MQTT.js speaks MQTT on them. */
import type { Duplex } from 'node:stream';
import { type IClientOptions, MqttClient, type Packet } from 'mqtt';
import type { TopicAliases } from '../../mqtt/messages/topic-aliases.ts';
import { own } from '../../mqtt/owned-stream.ts';
import { FORBIDDEN } from '../../mqtt/server-limits.ts';
import type { Endpoint } from '../../platform/endpoint.ts';
import type { Credentials } from '../../platform/login.ts';
import type { Attempt } from '../attempt.ts';
import type { Client, ClientSettings, ConnectionHandler } from '../connection.ts';
import { type Batch, PendingSubscriptions } from '../pending-subscriptions.ts';
import { SocketConnection } from '../socket-connection.ts';
import { Inflow, interceptPushes } from './inflow.ts';
import { PacketIds } from './packet-ids.ts';
import { ReadValve } from './read-valve.ts';
import { type MqttJsSettings, mqttJsSettings } from './settings.ts';
import { TickTimer } from './tick-timer.ts';

export function createMqttJsClient(scenario: ClientSettings): Client {
  const settings = mqttJsSettings(scenario);
  return {
    connect: (attempt, endpoint, credentials, handler) =>
      new MqttJsConnection(settings, attempt, endpoint, credentials, handler),
  };
}

class MqttJsConnection extends SocketConnection<MqttJsSettings> {
  private readonly mqtt: MqttClient;
  private readonly keepalive = new TickTimer();
  private readonly inflow: Inflow;
  private readonly packetIds: PacketIds;
  private valve: ReadValve | undefined;
  /** Hands the library what is sound. */
  private push: (sound: Buffer) => boolean = () => true;

  constructor(
    settings: MqttJsSettings,
    attempt: Attempt,
    endpoint: Endpoint,
    credentials: Credentials,
    handler: ConnectionHandler,
  ) {
    super(settings, attempt, endpoint, handler);
    this.pending = new PendingSubscriptions(settings.topicsPerSubscribe);
    this.inflow = new Inflow(settings, this.pending);
    this.packetIds = new PacketIds(handler);
    // Made while the network is at work: it takes the library longer than all else that a connect needs here.
    const mqtt = new MqttClient(() => this.stream as never, {
      ...settings.mqtt,
      timerVariant: this.keepalive as never,
      clientId: credentials.mqttClientId,
      username: credentials.username,
      password: credentials.password,
      will: credentials.will as IClientOptions['will'],
      messageIdProvider: this.packetIds,
    });
    this.mqtt = mqtt;
    mqtt.on('packetreceive', (packet) => this.onPacket(packet));
    mqtt.on('error', (error) => this.onError(error));
    mqtt.on('close', () => this.onClosed());
  }

  dialed(stream: Duplex): void {
    this.stream = stream;
    this.mqtt.connect();
    own(stream, this);
    this.valve = new ReadValve(stream);
    // A plain stream is read in `read` by itself.
    this.push =
      stream === this.dial!.plain
        ? (sound) => stream.push(sound)
        : interceptPushes(stream, (chunk) => this.read(chunk));
  }

  /** A copy of the little that has come costs less than a buffer of Node's own for each read. */
  read(chunk: Buffer): boolean {
    if (this.state === 'opening') this.attempt!.heard();
    else if (this.state !== 'open') return true;
    const takesMore = this.inflow.read(chunk, this.push);
    const { failure } = this.inflow;
    if (failure?.phase === 'connack') this.fail(failure);
    // Also where it comes with CONNACK: the connection is told to be open first [MQTT5 3.14.4].
    else if (failure !== undefined) this.lose(failure);
    if (!this.stream!.writableNeedDrain) return takesMore;
    // A server that takes no PUBACKs gets no more messages off its hands, else they would gather here.
    this.valve!.shutUntilDrained();
    return false;
  }

  /** The library hears of both by itself, through listeners of its own. */
  failed(): void {}
  closed(): void {}

  protected override sendSubscribe(batch: Batch): void {
    const asked = Object.fromEntries(batch.sent.map(({ topic, qos }) => [topic, { qos }]));
    this.mqtt.subscribe(asked);
    // An object is no list: topics that look like numbers come first.
    const topics = Object.keys(asked);
    batch.places = batch.sent.map(({ topic }) => topics.indexOf(topic));
    batch.packetId = this.mqtt.getLastMessageId();
  }

  publish(topic: string, payload: string | Buffer, qos: 0 | 1): number {
    if (!this.allows(topic, payload, qos)) return FORBIDDEN;
    // The library keeps what it is given, until the PUBACK and beyond.
    const kept = typeof payload === 'string' ? payload : Buffer.from(payload);
    if (this.aliases === undefined) this.mqtt.publish(topic, kept, { qos });
    else this.publishByAlias(this.aliases, topic, kept, qos);
    return qos === 0 ? 0 : this.mqtt.getLastMessageId();
  }

  private publishByAlias(aliases: TopicAliases, topic: string, payload: string | Buffer, qos: 0 | 1): void {
    const known = aliases.known(topic);
    const topicAlias = known || this.newAlias(aliases, topic, payload, qos);
    const properties = topicAlias === 0 ? {} : { topicAlias };
    this.mqtt.publish(known === 0 ? topic : '', payload, { qos, properties });
  }

  resend(packetId: number, topic: string, payload: string | Buffer): boolean {
    this.packetIds.goOnFrom(packetId);
    if (!this.allows(topic, payload, 1)) return false;
    this.mqtt.publish(topic, payload, { qos: 1, dup: true });
    return true;
  }

  tick(nowUs: number): void {
    this.keepalive.tick(nowUs);
  }

  protected override disconnect(stream: Duplex): void {
    const { mqtt } = this;
    // Nothing may be sent after DISCONNECT [MQTT-3.14.4-2], so nothing is to be answered any more.
    stream.unpipe();
    stream.resume();
    // The library's end() waits for outstanding acknowledgements without bound; they have had their time already.
    for (const packetId of Object.keys(mqtt.outgoing)) mqtt.removeOutgoingMessage(Number(packetId));
    mqtt.end();
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
      const answered = this.pending!.answered(packet.messageId!, packet.granted as number[]);
      if (answered === undefined) withhold(packet);
      else this.handler.subscribed(answered.codes, answered.from);
    }
  }

  private onConnack(): void {
    if (this.state !== 'opening') return;
    const serviceUs = this.attempt!.finish();
    // On the next tick the library can send and has not yet handled what came together with CONNACK; its own 'connect' is later.
    process.nextTick(() => this.open(serviceUs, this.inflow.accepted, this.mqtt.keepalive));
  }

  protected override onError(error: Error): void {
    super.onError(error);
    if (this.state === 'open') this.stream!.destroy();
  }
}

/** Keeps a packet from the library, which would end the connection over an answer to nothing: unknown kinds it leaves alone. */
function withhold(packet: Packet): void {
  (packet as { cmd: string }).cmd = 'withheld';
}
