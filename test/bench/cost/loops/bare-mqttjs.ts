/** MQTT.js by itself, as one who knows it would write a load loop: one process, no debug, no retries, few timers, a window at QoS 1. */
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { DeviceTable } from '../../../../src/model/devices/device-table.ts';
import { DEFAULT_PREFIX, generateDevices } from '../../../../src/model/devices/generated-devices.ts';
import { sign } from '../../../../src/platform/aliyun/signing/credentials.ts';
import { KEEPALIVE_SEC, PRODUCT_KEY, type Publishing, type Said, topicOf } from '../load.ts';
import { Arrivals } from './arrivals.ts';
import { type Loop, type LoopJob, runLoop } from './child.ts';

/** As fast as it can, per device: messages in a turn of the event loop at QoS 0, messages without their PUBACK at QoS 1. */
const PER_TURN = 100;
const WINDOW = 100;

const OPTIONS: IClientOptions = {
  protocolVersion: 4,
  keepalive: KEEPALIVE_SEC,
  clean: true,
  reconnectPeriod: 0,
  resubscribe: false,
  queueQoSZero: false,
  timerVariant: 'native',
};

class BareMqttJs implements Loop {
  private readonly job: LoopJob;
  private readonly table: DeviceTable;
  private readonly url: string;
  private readonly clients: MqttClient[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly said: Said = { connected: 0, resumed: 0, sent: 0, acked: 0 };
  private readonly arrivals: Arrivals;
  private ended = false;

  constructor(job: LoopJob) {
    this.job = job;
    this.table = generateDevices(PRODUCT_KEY, job.load.devices, DEFAULT_PREFIX);
    this.url = `mqtt://${job.host}:${job.port}`;
    const { devices, connectsPerSec } = job.load;
    this.arrivals = new Arrivals(devices, connectsPerSec, (row) => void this.connect(row));
  }

  begin(): void {
    this.arrivals.begin();
  }

  private async connect(row: number): Promise<void> {
    const {
      mqttClientId: clientId,
      username,
      password,
    } = sign(this.table.triple(row), 'hmacsha1', 3, String(Date.now()));
    this.clients[row] = await mqtt.connectAsync(
      this.url,
      { ...OPTIONS, clientId, username, password },
      false,
    );
    this.said.connected++;
    if (this.arrivals.hasOpened()) this.publish();
  }

  private publish(): void {
    const { publish } = this.job.load;
    if (publish === undefined) return;
    for (const [row, client] of this.clients.entries()) {
      const topic = topicOf(this.table.deviceName(row));
      if (publish.everyMs > 0) this.pace(client, topic, publish, row);
      else if (publish.qos === 0) this.pour(client, topic, publish);
      else this.keepInFlight(client, topic, publish);
    }
  }

  /** Each at its own phase. */
  private pace(client: MqttClient, topic: string, { everyMs, qos, bytes }: Publishing, row: number): void {
    const payload = Buffer.alloc(bytes, 'x');
    const publish = (): void => {
      this.said.sent++;
      client.publish(topic, payload, { qos }, this.acked);
    };
    setTimeout(
      () => {
        if (!this.ended) this.timers.push(setInterval(publish, everyMs));
      },
      (everyMs * row) / this.table.count,
    );
  }

  private pour(client: MqttClient, topic: string, { bytes }: Publishing): void {
    const payload = Buffer.alloc(bytes, 'x');
    // The last one's callback waits for the socket to take more.
    const next = (): void => void setImmediate(turn);
    const turn = (): void => {
      if (this.ended) return;
      this.said.sent += PER_TURN;
      for (let nth = 1; nth < PER_TURN; nth++) client.publish(topic, payload, { qos: 0 });
      client.publish(topic, payload, { qos: 0 }, next);
    };
    turn();
  }

  private keepInFlight(client: MqttClient, topic: string, { bytes }: Publishing): void {
    const payload = Buffer.alloc(bytes, 'x');
    const publish = (): void => {
      this.said.sent++;
      client.publish(topic, payload, { qos: 1 }, acked);
    };
    const acked = (error?: Error): void => {
      this.acked(error);
      if (!this.ended) publish();
    };
    for (let nth = 0; nth < WINDOW; nth++) publish();
  }

  private readonly acked = (error?: Error): void => {
    if (error) throw error;
    this.said.acked++;
  };

  async end(): Promise<Said> {
    while (this.said.connected < this.table.count) await sleep(10);
    this.ended = true;
    for (const timer of this.timers) clearInterval(timer);
    while (this.job.load.publish?.qos === 1 && this.said.acked < this.said.sent) await sleep(10);
    return this.said;
  }

  destroy(): void {
    for (const client of this.clients) client.end(true);
  }
}

await runLoop((job) => new BareMqttJs(job));
