/** The broker that all are measured against, a fresh one for each measurement, and what it counts by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { makeCertificate } from '../../../src/stand-in/certificate.ts';
import { type Mosquitto, startMosquitto } from '../../integration/mosquitto.ts';
import { placeBroker } from './placement.ts';
import { descriptorsOf, threadCpuUs } from './usage.ts';

/** A second is the shortest interval that mosquitto has for its counts; they come every other second. */
const SETTINGS = ['sys_interval 1', 'log_type none', 'max_inflight_messages 0', 'max_queued_messages 0'];

/** It publishes one only when the value has changed. */
const CONNECTED = '$SYS/broker/clients/connected';
const RECEIVED = '$SYS/broker/publish/messages/received';

const PATIENCE_MS = 30_000;
const LOOK_MS = 10;

export class Broker {
  readonly host: string;
  /** Of its TLS listener, where it has one. */
  readonly port: number;
  /** Whom to trust over TLS, PEM. */
  readonly ca: string | undefined;
  /** By its own last word, up to a second old. */
  connected = 0;
  received = 0;
  private readonly mosquitto: Mosquitto;
  private readonly subscriber: MqttClient;
  private readonly idleDescriptors: number;
  private readonly waiting: (() => void)[] = [];

  private constructor(mosquitto: Mosquitto, subscriber: MqttClient, ca: string | undefined) {
    this.mosquitto = mosquitto;
    this.subscriber = subscriber;
    this.host = mosquitto.host;
    this.port = ca === undefined ? mosquitto.port : mosquitto.tlsPort;
    this.ca = ca;
    this.idleDescriptors = descriptorsOf(this.pid);
    subscriber.on('message', (topic, payload) => this.hear(topic, Number(payload.toString())));
  }

  /** Over TLS it shows a certificate as the stand-in's is, of RSA. */
  static async start(isTls: boolean): Promise<Broker> {
    const identity = isTls ? await makeCertificate([]) : undefined;
    const mosquitto = await startMosquitto({
      settings: SETTINGS,
      webSocket: false,
      ...(identity && { identity }),
    });
    placeBroker(mosquitto.child.pid!);
    const subscriber = await mqtt.connectAsync(`mqtt://${mosquitto.host}:${mosquitto.port}`);
    const broker = new Broker(mosquitto, subscriber, identity?.cert);
    await subscriber.subscribeAsync([CONNECTED, RECEIVED]);
    return broker;
  }

  private hear(topic: string, value: number): void {
    if (topic === CONNECTED) {
      // All but the one that asks.
      this.connected = value - 1;
    } else {
      this.received = value;
      for (const hear of this.waiting.splice(0)) hear();
    }
  }

  private get pid(): number {
    return this.mosquitto.child.pid!;
  }

  get cpuUs(): number {
    return threadCpuUs(this.pid);
  }

  /** Accepted and not closed, at this moment; they need not have got their CONNACK. */
  get sockets(): number {
    return descriptorsOf(this.pid) - this.idleDescriptors;
  }

  /** Resolves at the very moment at which the broker has said anew how many messages it has received. */
  async nextCount(): Promise<void> {
    const giveUp = AbortSignal.timeout(PATIENCE_MS);
    await new Promise<void>((resolve, reject) => {
      this.waiting.push(resolve);
      giveUp.addEventListener('abort', () => reject(new Error('the broker counts no messages any more')));
    });
  }

  /** Looks until it holds, every few milliseconds; `what` is for the complaint when it never does. */
  async until(what: string, holds: (broker: this) => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!holds(this)) {
      if (performance.now() > deadline) {
        throw new Error(`${what} has not come: ${this.connected} connected, ${this.received} received`);
      }
      await sleep(LOOK_MS);
    }
  }

  async close(): Promise<void> {
    await this.subscriber.endAsync(true);
    await this.mosquitto.close();
  }
}
