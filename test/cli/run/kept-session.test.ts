/** A fleet whose sessions are kept, through a storm: half of the connections are cut, and the other half sends on to who is away. */
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  MOSQUITTO,
  type Mosquitto,
  mosquittoMustBeInstalledInCi,
  NOT_INSTALLED,
  startMosquitto,
} from '../../integration/mosquitto.ts';
import { expectBalanced } from '../../support/books.ts';
import { cli, readSummary, startCli, temporaryFolder } from '../../support/cli.ts';

/** Between the fleet and its broker: it can keep the broker's words from every other connection, and then cut it. */
class Cutter {
  private readonly server: Server;
  private readonly pairs: { device: Socket; broker: Socket }[] = [];

  constructor(port: number) {
    this.server = createServer((device) => {
      const broker = connect({ port, host: '127.0.0.1', noDelay: true });
      for (const socket of [device, broker]) socket.on('error', () => {});
      device.setNoDelay(true);
      device.pipe(broker);
      broker.pipe(device);
      device.on('close', () => broker.destroy());
      broker.on('close', () => device.destroy());
      this.pairs.push({ device, broker });
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.pairs.filter(({ device }) => !device.destroyed).length;
  }

  silence(): void {
    for (const { device, broker } of this.half) {
      broker.unpipe(device);
      broker.resume();
    }
  }

  cut(): void {
    for (const { device } of this.half) device.destroy();
  }

  close(): void {
    for (const { device } of this.pairs) device.destroy();
    this.server.close();
  }

  private get half() {
    return this.pairs.slice(0, DEVICES).filter((_, at) => at % 2 === 0);
  }
}

const DEVICES = 10;

const scenario = (client: string, protocol: string, port: number) => `
platform: plain
target: mqtt://127.0.0.1:${port}
devices: { generate: { count: ${DEVICES}, prefix: kept } }
auth: none
client: ${client}
protocol: ${protocol}
clean: false
topicAlias: ${protocol === '5'}
will: { topic: "gone/\${deviceName}", payload: lost, qos: 1, retain: true }
connect: { stages: [{ duration: 500ms, rate: ${2 * DEVICES}/s }] }
reconnect: { policy: fixed, delay: 1s }
subscribe: [{ topic: "fleet/+", qos: 1 }]
publish: [{ topic: "fleet/\${deviceName}", qos: 1, every: 200ms, payload: { size: 64B } }]
hold: 3500ms
gracefulStop: 5s
thresholds:
  messages_backlog: ["count > 0"]
  backlog_drain: ["max < 5s"]
  messages_resent: ["share < 50%"]
  messages_lost: ["count == 0"]
`;

describe('sessions that are kept', () => {
  mosquittoMustBeInstalledInCi();
  let broker: Mosquitto | undefined;
  let cutter: Cutter | undefined;
  afterEach(async () => {
    cutter?.close();
    await broker?.close();
  });

  it.skipIf(MOSQUITTO === undefined).each([
    ['mqtt', '5'],
    ['wire', '3.1.1'],
  ])(
    `bring what was sent to who was away, with client %s and MQTT %s; ${NOT_INSTALLED} otherwise`,
    async (client, protocol) => {
      broker = await startMosquitto({ webSocket: false, settings: ['max_topic_alias 10'] });
      cutter = new Cutter(broker.port);
      const folder = temporaryFolder();
      const file = join(folder, 'kept.yaml');
      const out = join(folder, 'out');
      writeFileSync(file, scenario(client, protocol, await cutter.listen()));
      const running = startCli(['run', file, '--out', out, '--allow-invalid', '--workers', '1']);
      await expect.poll(() => cutter!.connections, { timeout: 20_000 }).toBe(DEVICES);
      // Long enough for messages to be sent whose acknowledgements do not come.
      await new Promise((resolve) => setTimeout(resolve, 500));
      cutter.silence();
      await new Promise((resolve) => setTimeout(resolve, 500));
      cutter.cut();
      const { code, stdout, stderr } = await running.finished;
      expect(code, stdout + stderr).toBe(0);
      const { counters, trends, failures } = readSummary(out);
      expectBalanced(out);
      const away = DEVICES / 2;
      expect(counters).toMatchObject({ disconnects: away, reconnects_ok: away, messages_lost: 0 });
      // Five messages each while it was away a second, from each of those that stayed.
      expect(counters.messages_backlog).toBeGreaterThan(away * away * 2);
      expect(counters.messages_resent).toBeGreaterThan(0);
      // The broker had them already, and gives them to everybody a second time.
      expect(counters.messages_duplicated).toBeGreaterThan(0);
      expect(counters.messages_failed).toBe(0);
      expect(counters.messages_acked).toBe(counters.messages_sent);
      expect(trends.backlog_drain?.count).toBe(away);
      expect(trends.subscribe_suback?.count).toBe(DEVICES);
      // What came late because the device was away is not in it; what was sent again late is.
      expect(failures.map(({ phase }) => phase)).toEqual(['open']);
      expect(stdout).toMatch(/resent .*received .*of them backlog/);
    },
  );
});

it('persistent-sessions.yaml: a backlog for everybody who was cut off, and nothing lost', async () => {
  const out = temporaryFolder();
  const storm = 'broker.disconnect=[{ at: 2500ms, share: 50% }]';
  const short = ['devices.generate.count=6', storm, 'reconnect.delay=1s', 'hold=4s', 'gracefulStop=2s'];
  const { code, stdout, stderr } = await cli([
    ...['run', 'scenarios/persistent-sessions.yaml', '--out', out, '--allow-invalid'],
    ...short.flatMap((set) => ['--set', set]),
  ]);
  expect(code, stdout + stderr).toBe(0);
  const { counters, trends, imbalances, standIn } = readSummary(out);
  expect(imbalances).toEqual([]);
  expect(standIn?.differences).toEqual([]);
  // No more can be said of the backlog: what is meant for the last moment away may be sent when the device is back, and is not stored.
  expect(standIn?.counts.messages_stored).toBeGreaterThanOrEqual(counters.reconnects_ok);
  expect(counters.messages_backlog).toBeGreaterThanOrEqual(counters.reconnects_ok);
  expect(trends.backlog_drain?.count).toBe(counters.reconnects_ok);
  expect(counters.messages_lost).toBe(0);
});

it('says before anything is opened what cannot be', async () => {
  const file = join(temporaryFolder(), 'bad.yaml');
  writeFileSync(
    file,
    'target: mqtt://localhost\ndevices: { generate: { productKey: pk, count: 1 } }\nsessionExpiry: 1h\ntopicAlias: true\nwill: { topic: gone, payload: x }\n',
  );
  const { code, stderr } = await cli(['check', file]);
  expect(code).toBe(104);
  expect(stderr).toContain(':3:16: "1h" is of MQTT 5');
  expect(stderr).toContain(':4:13: "true" is of MQTT 5');
});

// That both clients say what was lost is of their contract.
it('what was lost around a cut is missed, message by message', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'dropped.yaml');
  const out = join(folder, 'out');
  const own = '/${productKey}/${deviceName}/user/get';
  writeFileSync(
    file,
    `
target: embedded
devices: { generate: { productKey: pk, count: 10 } }
client: mqtt
protocol: 5
clean: false
connect: { stages: [{ duration: 500ms, rate: 20/s }] }
reconnect: { policy: fixed, delay: 500ms }
subscribe: [{ topic: "${own}", qos: 1 }]
publish: [{ topic: "${own}", qos: 1, every: 100ms, payload: { size: 64B } }]
broker: { downlink: { drop: 40% }, disconnect: [{ at: 1500ms }, { at: 3s }] }
hold: 4s
`,
  );
  const { code, stdout, stderr } = await cli([
    'run',
    file,
    '--out',
    out,
    '--allow-invalid',
    '--workers',
    '1',
  ]);
  expect(code, stdout + stderr).toBe(0);
  expectBalanced(out);
  const { counters, standIn } = readSummary(out);
  expect(counters.reconnects_ok).toBeGreaterThan(10);
  // The last of a connection too: its sender goes on with the session.
  expect(counters.messages_lost).toBe(standIn!.counts.messages_dropped);
});
