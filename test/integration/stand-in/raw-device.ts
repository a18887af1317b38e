/** A device as bare packets of mqtt-packet, to say and to see what a client's library would not. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet';
import { vi } from 'vitest';
import type { Triple } from '../../../src/model/devices/device-table.ts';
import { sign } from '../../../src/platform/aliyun/signing/credentials.ts';

/** CONNECT of a device that does everything right. */
export function connectFields(triple: Triple, more: Partial<IConnectPacket> = {}): IConnectPacket {
  const { mqttClientId: clientId, username, password } = sign(triple, 'hmacsha1', 3, '789');
  const credentials = { clientId, username, password: Buffer.from(password) };
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 5,
    keepalive: 60,
    clean: true,
    ...credentials,
    ...more,
  };
}

export class RawDevice {
  /** All that has come. */
  readonly heard: Packet[] = [];
  private readonly socket: Socket;
  private readonly version: 4 | 5;
  private readonly closed: Promise<unknown>;

  private constructor(socket: Socket, version: 4 | 5) {
    this.socket = socket;
    this.version = version;
    const read = parser({ protocolVersion: version });
    read.on('packet', (packet) => this.heard.push(packet));
    socket.on('data', (bytes) => read.parse(bytes));
    socket.on('error', () => {});
    this.closed = once(socket, 'close');
  }

  static async dial(port: number, version: 4 | 5 = 5): Promise<RawDevice> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawDevice(socket, version);
  }

  /** Signed in already. */
  static async open(port: number, triple: Triple, more: Partial<IConnectPacket> = {}): Promise<RawDevice> {
    const device = await RawDevice.dial(port, more.protocolVersion === 4 ? 4 : 5);
    device.say(connectFields(triple, more));
    await device.next('connack');
    return device;
  }

  say(...packets: (Packet | Buffer)[]): void {
    const bytes = packets.map((each) =>
      Buffer.isBuffer(each) ? each : generate(each, { protocolVersion: this.version }),
    );
    this.socket.write(Buffer.concat(bytes));
  }

  publish(topic: string, payload: string, more: Record<string, unknown> = {}): void {
    this.say({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false, ...more } as Packet);
  }

  /** Subscribes, and waits for the codes. */
  async subscribe(
    topic: string,
    qos: 0 | 1 = 1,
    more: Record<string, unknown> = {},
  ): Promise<readonly unknown[]> {
    const before = this.all('suback').length;
    this.say({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos, ...more }] } as Packet);
    return (await this.next('suback', before + 1)).granted;
  }

  all<Cmd extends Packet['cmd']>(cmd: Cmd): Extract<Packet, { cmd: Cmd }>[] {
    return this.heard.filter((packet): packet is Extract<Packet, { cmd: Cmd }> => packet.cmd === cmd);
  }

  /** The nth of its kind, from 1, once it has come. */
  async next<Cmd extends Packet['cmd']>(cmd: Cmd, nth = 1): Promise<Extract<Packet, { cmd: Cmd }>> {
    return vi.waitFor(
      () => {
        const found = this.all(cmd)[nth - 1];
        if (found === undefined) throw new Error(`no ${cmd} ${nth}: ${JSON.stringify(this.heard)}`);
        return found;
      },
      { timeout: 10_000, interval: 5 },
    );
  }

  /** Everything before an answer to PINGREQ has come. */
  async settled(): Promise<void> {
    const before = this.all('pingresp').length;
    this.say({ cmd: 'pingreq' });
    await this.next('pingresp', before + 1);
  }

  /** The payloads of the messages that have come. */
  get payloads(): string[] {
    return this.all('publish').map(({ payload }) => payload.toString());
  }

  /** What it was told at the end. */
  async reason(): Promise<number | undefined> {
    await this.closed;
    return this.all('disconnect')[0]?.reasonCode;
  }

  /** Reads nothing more. */
  pause(): void {
    this.socket.pause();
  }

  /** Gone without a word. */
  async cut(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}
