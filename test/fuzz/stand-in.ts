/** Spoiled packets, WebSocket frames and TLS records to the stand-in: it ends that connection, and goes on serving. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import mqtt from 'mqtt';
import { generate } from 'mqtt-packet';
import { DeviceTableBuilder, type Triple } from '../../src/model/devices/device-table.ts';
import { sign } from '../../src/platform/aliyun/signing/credentials.ts';
import { type StandIn, startStandIn } from '../../src/stand-in/stand-in.ts';
import type { Campaign } from './campaign.ts';
import type { Chance } from './chance.ts';
import { fromDevice } from './packets.ts';

const DEVICES = 64;
/** A connection that has been served ends when the case has said all it had to say, and this much later at the latest. */
const QUIET_MS = 4;

const builder = new DeviceTableBuilder();
for (let n = 0; n <= DEVICES; n++) builder.add('pk', `d${n}`, `secret-of-d${n}`);
const table = builder.build();

export class StandInUnderFire {
  private readonly standIn: StandIn;

  private constructor(standIn: StandIn) {
    this.standIn = standIn;
  }

  static async start(): Promise<StandInUnderFire> {
    return new StandInUnderFire(await startStandIn({ devices: table.shared, tcp: 0, tls: 0, ws: 0 }));
  }

  close(): Promise<void> {
    return this.standIn.close();
  }

  /** Most begin with a sound CONNECT that was accepted. */
  packets(): Campaign {
    return {
      name: 'stand-in, packets',
      share: 0.12,
      abreast: 8,
      batch: 96,
      attack: async (chance, nth) => {
        const triple = table.triple(nth % DEVICES);
        const own = `/pk/${triple.deviceName}/user/x`;
        const version = chance.of([4, 5] as const);
        const later = fromDevice(chance, {
          version,
          ids: [1, 2],
          topics: [own, `${own}/#`, '', '/pk/d0/+', `$share/g/${own}`],
        });
        const sound = connectOf(triple, false, version, version === 5 && chance.is(0.5));
        const socket = await this.dial('tcp');
        if (chance.is(0.15)) return this.end(socket, chance, chance.spoiledBytes(sound));
        socket.write(sound);
        if (!(await connack(socket))) return 'missed';
        return this.end(socket, chance, later);
      },
      probe: () => this.probe(),
    };
  }

  /** A sound upgrade, then frames that are not. */
  webSocketFrames(): Campaign {
    return {
      name: 'stand-in, WebSocket frames',
      share: 0.04,
      abreast: 4,
      batch: 48,
      attack: async (chance, nth) => {
        const socket = await this.dial('ws');
        const isSound = chance.is(0.85);
        const request = upgrade();
        socket.write(isSound ? request : chance.spoiledBytes(Buffer.from(request)));
        if (isSound && !(await upgraded(socket))) return 'missed';
        const frame = frameOf(connectOf(table.triple(nth % DEVICES), false));
        return this.end(
          socket,
          chance,
          chance.spoiledBytes(Buffer.concat([frame, frameOf(Buffer.of(0xc0, 0))])),
        );
      },
      probe: () => this.probe(),
    };
  }

  /** A recorded ClientHello, spoiled. */
  tlsRecords(): Campaign {
    return {
      name: 'stand-in, TLS records',
      share: 0.02,
      abreast: 4,
      batch: 48,
      attack: async (chance) => this.end(await this.dial('tls'), chance, chance.spoiledBytes(CLIENT_HELLO)),
      probe: () => this.probe(),
    };
  }

  private async dial(transport: 'tcp' | 'ws' | 'tls'): Promise<Socket> {
    const socket = connect({ port: this.standIn.ports[transport]!, host: '127.0.0.1', noDelay: true });
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  }

  /** Says the bytes; a hit where the socket took them. */
  private async end(socket: Socket, chance: Chance, bytes: Buffer): Promise<string> {
    let answered = 0;
    socket.on('data', (chunk) => {
      answered += chunk.length;
    });
    const closed = once(socket, 'close');
    for (const piece of chance.pieces(bytes)) {
      if (!socket.writable) break;
      await new Promise((resolve) => socket.write(piece, resolve));
    }
    const isCut = await Promise.race([
      closed.then(() => true),
      new Promise<false>((resolve) => setTimeout(resolve, QUIET_MS, false)),
    ]);
    // A reset leaves no TIME_WAIT behind: there are more cases than ports.
    socket.resetAndDestroy();
    await closed;
    return isCut ? 'cut off' : answered > 0 ? 'answered' : 'waited for more';
  }

  /** A device that does everything right, over each transport. */
  private async probe(): Promise<void> {
    const triple = table.triple(DEVICES);
    for (const transport of ['tcp', 'ws', 'tls'] as const) {
      const secure = transport === 'tls';
      const {
        mqttClientId: clientId,
        username,
        password,
      } = sign(triple, 'hmacsha1', secure ? 2 : 3, undefined);
      const device = await mqtt.connectAsync(
        this.standIn.urls[transport]!,
        {
          clientId,
          username,
          password,
          keepalive: 60,
          reconnectPeriod: 0,
          ...(secure && { ca: this.standIn.ca! }),
        },
        false,
      );
      await device.publishAsync(`/pk/${triple.deviceName}/user/x`, 'x', { qos: 1 });
      await device.endAsync();
    }
  }
}

/** `isKept`: of MQTT 5, with a session that persists, a will, and few messages at once. */
function connectOf(triple: Triple, secure: boolean, protocolVersion: 4 | 5 = 4, isKept = false): Buffer {
  const { mqttClientId: clientId, username, password } = sign(triple, 'hmacsha1', secure ? 2 : 3, undefined);
  const fields = { clientId, username, password: Buffer.from(password), keepalive: 60, clean: !isKept };
  const will = {
    topic: `/pk/${triple.deviceName}/user/x`,
    payload: Buffer.from('x'),
    qos: 1,
    retain: false,
  } as const;
  const kept = {
    properties: { sessionExpiryInterval: 60, receiveMaximum: 2, userProperties: { a: 'b' } },
    will: { ...will, properties: { willDelayInterval: 1, contentType: 'c' } },
  };
  return generate({ cmd: 'connect', protocolVersion, ...fields, ...(isKept && kept) });
}

async function connack(socket: Socket): Promise<boolean> {
  const answer = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  const [bytes] = answer as unknown[];
  // Length and session present are as they may be; the code is 0.
  return Buffer.isBuffer(bytes) && bytes[0] === 0x20 && bytes[3] === 0;
}

function upgrade(): string {
  const key = createHash('md5').update(randomBytes(8)).digest('base64');
  return (
    `GET /mqtt HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n`
  );
}

async function upgraded(socket: Socket): Promise<boolean> {
  const [bytes] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as unknown[];
  return Buffer.isBuffer(bytes) && bytes.toString('latin1').startsWith('HTTP/1.1 101');
}

/** Binary, masked with zeros [RFC 6455, 5.2]: the payload stands in it as it is. */
function frameOf(payload: Buffer): Buffer {
  const length =
    payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([0x82, ...length, 0, 0, 0, 0]), payload]);
}

/** TLS 1.2, one cipher suite, no extensions. */
const CLIENT_HELLO = Buffer.concat([
  Buffer.from('16030100330100002f0303', 'hex'),
  Buffer.alloc(32, 7),
  Buffer.from('000008c02bc02fc02c00ff0100', 'hex'),
]);
