/**
 * The floor: the same bytes over the same kind of socket, and nothing else. All packets are built before it begins; nothing is signed,
 * parsed, timed or recorded, and answers are counted by their length. What is left is what node:net, node:tls and the kernel cost.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_PREFIX, generateDevices } from '../../../../src/model/devices/generated-devices.ts';
import { PRODUCT_KEY, type Publishing, type Said } from '../load.ts';
import { Arrivals } from './arrivals.ts';
import { type Loop, type LoopJob, runLoop } from './child.ts';
import { Dialer } from './dialer.ts';
import { CONNACK_BYTES, connectPacket, PUBACK_BYTES, publishPackets } from './packets.ts';

/** As fast as it can: a write carries that many messages; at QoS 1 two such writes per device are under way. */
const MESSAGES_PER_WRITE = 200;
const WRITES = 2;

/** What is read is not looked at: one buffer for all. */
const RECEIVED = Buffer.alloc(65_536);

/** Sockets know whose they are, so that their listeners are the same functions for all. */
type DeviceSocket = Socket & { device: Device };

class Device {
  readonly floor: Floor;
  readonly connectPacket: Buffer;
  readonly messages: Buffer[];
  socket: DeviceSocket | undefined;
  isOpen = false;
  acked = 0;
  private writes = 0;

  constructor(floor: Floor, connectPacket: Buffer, messages: Buffer[]) {
    this.floor = floor;
    this.connectPacket = connectPacket;
    this.messages = messages;
  }

  /** False when the socket has enough for now. */
  write(): boolean {
    const { floor, messages } = this;
    floor.said.sent += floor.messagesPerWrite;
    return this.socket!.write(messages[this.writes++ % messages.length]!);
  }
}

function onReady(this: DeviceSocket): void {
  this.write(this.device.connectPacket);
}

function onRead(this: unknown, bytes: number): boolean {
  const { device } = this as DeviceSocket;
  device.floor.read(device, bytes);
  return true;
}

function onDrain(this: DeviceSocket): void {
  this.device.floor.pour(this.device);
}

const ONREAD = { buffer: RECEIVED, callback: onRead };

class Floor implements Loop {
  readonly said: Said = { connected: 0, resumed: 0, sent: 0, acked: 0 };
  readonly messagesPerWrite: number;
  private readonly dialer: Dialer;
  private readonly publishing: Publishing | undefined;
  private readonly devices: Device[];
  private readonly arrivals: Arrivals;
  private pacing: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(job: LoopJob) {
    const { load } = job;
    const { publish } = load;
    const isPaced = publish !== undefined && publish.everyMs > 0;
    this.dialer = new Dialer(job, ONREAD);
    this.publishing = publish;
    this.messagesPerWrite = isPaced ? 1 : MESSAGES_PER_WRITE;
    const table = generateDevices(PRODUCT_KEY, load.devices, DEFAULT_PREFIX);
    const messagesOf = (row: number): Buffer[] =>
      Array.from({ length: isPaced ? 1 : WRITES }, (_, write) => {
        const count = this.messagesPerWrite;
        return publishPackets(table.deviceName(row), publish!, count, 1 + write * count);
      });
    this.arrivals = new Arrivals(load.devices, load.connectsPerSec, (row) => this.connect(row));
    this.devices = Array.from(
      { length: load.devices },
      (_, row) => new Device(this, connectPacket(table, row), publish === undefined ? [] : messagesOf(row)),
    );
  }

  begin(): void {
    this.arrivals.begin();
  }

  private connect(row: number): void {
    const device = this.devices[row]!;
    const socket = this.dialer.dial() as DeviceSocket;
    socket.device = device;
    socket.on(this.dialer.isReady, onReady);
    device.socket = socket;
  }

  read(device: Device, bytes: number): void {
    if (device.isOpen) this.acknowledge(device, bytes / PUBACK_BYTES);
    else this.open(device, bytes);
  }

  private open(device: Device, bytes: number): void {
    if (bytes !== CONNACK_BYTES || RECEIVED[3] !== 0) throw new Error('no CONNACK, or a refusal');
    device.isOpen = true;
    this.said.connected++;
    if (this.arrivals.hasOpened()) this.publish();
  }

  private publish(): void {
    if (this.publishing === undefined) return;
    const { everyMs, qos } = this.publishing;
    if (everyMs > 0) {
      this.pace(everyMs);
      return;
    }
    for (const device of this.devices) {
      if (qos === 1) {
        for (let write = 0; write < WRITES; write++) device.write();
      } else {
        device.socket!.on('drain', onDrain);
        this.pour(device);
      }
    }
  }

  /** The devices take turns, evenly over the period; what is due is looked up once a millisecond. */
  private pace(everyMs: number): void {
    const { devices } = this;
    const startMs = performance.now();
    let turn = 0;
    this.pacing = setInterval(() => {
      const due = ((performance.now() - startMs) / everyMs) * devices.length;
      for (; turn < due; turn++) devices[turn % devices.length]!.write();
    }, 1);
  }

  pour(device: Device): void {
    while (!this.ended && device.write());
  }

  /** They come in order: a whole write's worth of them frees its buffer and its packet ids for the next. */
  private acknowledge(device: Device, messages: number): void {
    this.said.acked += messages;
    if (this.publishing!.everyMs > 0) return;
    device.acked += messages;
    for (; device.acked >= MESSAGES_PER_WRITE; device.acked -= MESSAGES_PER_WRITE) {
      if (!this.ended) device.write();
    }
  }

  async end(): Promise<Said> {
    while (this.said.connected < this.devices.length) await sleep(10);
    this.ended = true;
    clearInterval(this.pacing);
    while (this.publishing?.qos === 1 && this.said.acked < this.said.sent) await sleep(10);
    this.said.resumed = this.dialer.resumed;
    return this.said;
  }

  destroy(): void {
    for (const { socket } of this.devices) socket?.destroy();
  }
}

await runLoop((job) => new Floor(job));
