import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatProblem } from '../../../src/errors.ts';
import { readScenario } from '../../../src/scenario/scenario-file.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
  writeFileSync(
    join(folder, 'devices.csv'),
    'productKey,deviceName,deviceSecret\npk,d1,s1\npk,d2,s2\npk,d3,s3\n',
  );
  writeFileSync(join(folder, 'ca.pem'), '-');
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(
  text: string,
  overrides: string[] = [],
  env: NodeJS.ProcessEnv = {},
  name = 'property-post.yaml',
) {
  const file = join(folder, name);
  writeFileSync(file, text);
  return readScenario(file, { overrides, env });
}

const SMALLEST = 'target: embedded\ndevices: { generate: { productKey: pk, count: 250 } }\n';

const FULL = `# The example of the contract.
name: property-post
target: { instance: iot-abc, tls: false }
devices:
  file: devices.csv
  count: 2
auth: { signmethod: hmacsha256, timestamp: omit }
client: mqtt
protocol: 5
connect:
  stages: [{ duration: 4s, rate: 50/s }, { duration: 10s, from: 0/s, rate: 500/s }]
  keepalive: 20m
  timeout: 2500ms
  maxInFlight: 10
subscribe:
  - { topic: "/\${productKey}/\${deviceName}/user/+" }
publish:
  - topic: "/sys/\${productKey}/\${deviceName}/thing/event/property/post"
    qos: 1
    every: 1s
    jitter: 10%
    payload: { template: '{"id":"\${seq}","params":{"t":\${random},"at":\${timestamp}}}' }
    reply: "/sys/\${productKey}/\${deviceName}/thing/event/property/post_reply"
  - { topic: "/\${productKey}/\${deviceName}/user/up", every: 1m, payload: { size: 4KB } }
hold: 10s
gracefulStop: 500ms
thresholds:
  connect_latency: ["p(99) < 500ms", "max < 2s"]
  messages_acked: rate > 150
seed: 7
tls: { ca: ca.pem, servername: iot.example, verify: false }
broker: { devices: devices.csv, tls: true }
`;

describe('readScenario', () => {
  it('fills in every default', async () => {
    const { scenario, devices, asRun, warnings } = await read(SMALLEST);
    expect(scenario).toEqual({
      name: 'property-post',
      target: { kind: 'embedded' },
      tls: { verify: true },
      devices: { kind: 'generate', productKey: 'pk', count: 250, prefix: 'd' },
      auth: { signmethod: 'hmacsha1', timestamp: 'now' },
      client: 'mqtt',
      protocol: '3.1.1',
      connect: {
        stages: [{ durationUs: 3_000_000, fromPerSec: 100, toPerSec: 100 }],
        keepaliveSec: 300,
        timeoutUs: 10_000_000,
        maxInFlight: 1000,
      },
      subscribe: [],
      publish: [],
      holdUs: 0,
      gracefulStopUs: 5_000_000,
      thresholds: [],
      seed: 1,
      broker: { tls: false },
    });
    expect(devices.count).toBe(250);
    expect(asRun).toBe(SMALLEST);
    expect(warnings).toEqual([]);
  });

  it('reads every key', async () => {
    const { scenario, devices, asRun, warnings } = await read(FULL);
    expect(scenario).toEqual({
      name: 'property-post',
      target: { kind: 'instance', instance: 'iot-abc', tls: false },
      tls: { caFile: join(folder, 'ca.pem'), servername: 'iot.example', verify: false },
      devices: { kind: 'file', file: join(folder, 'devices.csv'), count: 2 },
      auth: { signmethod: 'hmacsha256', timestamp: 'omit' },
      client: 'mqtt',
      protocol: '5',
      connect: {
        stages: [
          { durationUs: 4_000_000, fromPerSec: 50, toPerSec: 50 },
          { durationUs: 10_000_000, fromPerSec: 0, toPerSec: 500 },
        ],
        keepaliveSec: 1200,
        timeoutUs: 2_500_000,
        maxInFlight: 10,
      },
      subscribe: [{ topic: '/${productKey}/${deviceName}/user/+', qos: 0 }],
      publish: [
        {
          topic: '/sys/${productKey}/${deviceName}/thing/event/property/post',
          qos: 1,
          everyUs: 1_000_000,
          jitter: 0.1,
          payload: {
            kind: 'template',
            template: '{"id":"${seq}","params":{"t":${random},"at":${timestamp}}}',
          },
          reply: '/sys/${productKey}/${deviceName}/thing/event/property/post_reply',
        },
        {
          topic: '/${productKey}/${deviceName}/user/up',
          qos: 0,
          everyUs: 60_000_000,
          payload: { kind: 'size', bytes: 4096 },
        },
      ],
      holdUs: 10_000_000,
      gracefulStopUs: 500_000,
      thresholds: [
        {
          metric: 'connect_latency',
          expression: 'p(99) < 500ms',
          aggregate: 'p',
          percentile: 99,
          operator: '<',
          bound: 500_000,
        },
        {
          metric: 'connect_latency',
          expression: 'max < 2s',
          aggregate: 'max',
          operator: '<',
          bound: 2_000_000,
        },
        { metric: 'messages_acked', expression: 'rate > 150', aggregate: 'rate', operator: '>', bound: 150 },
      ],
      seed: 7,
      broker: { devicesFile: join(folder, 'devices.csv'), tls: true },
    });
    expect(devices.count).toBe(2);
    expect(devices.deviceName(1)).toBe('d2');
    expect(asRun).toBe(FULL);
    expect(warnings).toEqual([]);
  });

  it('reads JSON, with $schema, a BOM and CRLF', async () => {
    const json =
      '\ufeff{\r\n"$schema": "x", "target": "ws://[::1]:8080/mqtt?a=1",\r\n"devices": {"file": "devices.csv"}}\r\n';
    const { scenario, devices } = await read(json, [], {}, 'fleet.json');
    expect(scenario).toMatchObject({
      name: 'fleet',
      target: { kind: 'url', protocol: 'ws', host: '::1', port: 8080, path: '/mqtt?a=1' },
    });
    expect(scenario).not.toHaveProperty('$schema');
    expect(devices.count).toBe(3);
  });

  it.each([
    ['mqtt://localhost', { protocol: 'mqtt', host: 'localhost', port: 1883, path: '' }],
    ['mqtts://h.example:1234/', { protocol: 'mqtts', host: 'h.example', port: 1234, path: '' }],
    ['ws://h', { protocol: 'ws', host: 'h', port: 80, path: '/' }],
    ['wss://h:443', { protocol: 'wss', host: 'h', port: 443, path: '/' }],
  ])('target %s', async (target, expected) => {
    const { scenario } = await read(SMALLEST, [`target=${target}`]);
    expect(scenario.target).toEqual({ kind: 'url', ...expected });
  });

  it('follows anchors', async () => {
    const text = `${SMALLEST}connect: { keepalive: &long 20m, timeout: *long }\n`;
    expect((await read(text)).scenario.connect).toMatchObject({ keepaliveSec: 1200, timeoutUs: 1200e6 });
  });
});

describe('--set', () => {
  it('replaces, adds and appends, and the text as run says so', async () => {
    const { scenario, asRun } = await read(
      `# kept\n${SMALLEST}publish: [{topic: a, every: 1s, payload: {size: 1KB}}]\nconnect:\n`,
      [
        'target=mqtt://localhost:1884',
        'devices.generate.count=10',
        'connect.timeout=1s',
        'connect.stages=[{duration: 1s, rate: 10/s}]',
        'publish[0].qos=1',
        'subscribe.0={topic: b}',
      ],
    );
    expect(scenario.target).toMatchObject({ kind: 'url', port: 1884 });
    expect(scenario.devices).toMatchObject({ count: 10 });
    expect(scenario.connect).toMatchObject({ timeoutUs: 1_000_000, stages: [{ toPerSec: 10 }] });
    expect(scenario.publish).toMatchObject([{ qos: 1 }]);
    expect(scenario.subscribe).toMatchObject([{ topic: 'b' }]);
    expect(asRun).toContain('# kept');
    expect(asRun).toContain('mqtt://localhost:1884');
    const again = await read(asRun);
    expect(again.scenario).toEqual(scenario);
  });
});

describe('${ENV:NAME}', () => {
  const text = `target: "\${ENV:HOST}"\ndevices: { file: "\${ENV:DIR}/devices.csv", count: "\${ENV:N}" }\nprotocol: \${ENV:P}\nbroker: { tls: "\${ENV:TLS}" }\n`;
  const env = { HOST: 'mqtt://secret-host', DIR: '.', N: '2', P: '5', TLS: 'true' };

  it('gives texts, and numbers where numbers are wanted', async () => {
    const { scenario, devices } = await read(text, [], env);
    expect(scenario).toMatchObject({ target: { host: 'secret-host' }, protocol: '5', broker: { tls: true } });
    expect(devices.count).toBe(2);
  });

  it('stays unresolved in the text as run', async () => {
    expect((await read(text, ['seed=3'], env)).asRun).not.toContain('secret-host');
  });
});

describe('warnings', () => {
  it.each([
    [
      'publish: [{topic: a, qos: 1, every: 99ms, payload: {size: 9B}}]',
      '3:37: "99ms" is beyond the platform\'s 10/s',
    ],
    [
      'publish: [{topic: a, qos: 0, every: 32ms, payload: {size: 9B}}]',
      '3:37: "32ms" is beyond the platform\'s 30/s',
    ],
    [
      'publish:\n  - {topic: a, qos: 1, every: 150ms, payload: {size: 9B}}\n  - {topic: b, qos: 1, every: 150ms, payload: {size: 9B}}',
      '5:31: "150ms" is beyond',
    ],
    ['subscribe: [{topic: a/b/c/d/e/f/g/h/i}]', '3:21: "a/b/c/d/e/f/g/h/i" has 8 slashes'],
    [`subscribe: [{topic: ${'t'.repeat(129)}}]`, '3:21: "tttt'],
    [
      'connect: { stages: [{ duration: 1s, rate: 50/s }] }',
      '3:20: connect.stages starts only 50 of 250 devices',
    ],
  ])('%j', async (extra, expected) => {
    const { warnings } = await read(`${SMALLEST}${extra}\n`);
    expect(warnings.map(formatProblem)).toEqual([expect.stringContaining(`property-post.yaml:${expected}`)]);
  });

  it.each([
    'publish: [{topic: a, qos: 1, every: 100ms, payload: {size: 9B}}]',
    'publish: [{topic: a, every: 33ms, payload: {size: 9B}}]',
  ])('none at the limit: %s', async (extra) => {
    expect((await read(`${SMALLEST}${extra}\n`)).warnings).toEqual([]);
  });

  it('are about the account and the region of a cloud target', async () => {
    const set = ['target={region: cn-shanghi}', 'connect.stages=[{duration: 1s, rate: 501/s}]'];
    const { warnings } = await read(SMALLEST, set);
    expect(warnings.map(formatProblem)).toEqual([
      "--set connect.stages: connect.stages goes beyond the platform's 500 connects/s per account",
      '--set target: "cn-shanghi" is not a region we know (did you mean cn-shanghai?)',
    ]);
  });
});

describe('a threshold that can have no data', () => {
  const QOS0 = '{topic: a, every: 1s, payload: {template: x}}';
  const fails = '; a threshold without data fails';
  it.each([
    ['connect_tls: max < 1s', 'embedded', '', `connect_tls will have no data: the target is not TLS${fails}`],
    ['connect_tls: max < 1s', 'ws://h', '', 'connect_tls will have no data: the target is not TLS'],
    ['connect_tls: max < 1s', '{ region: cn-shanghai, tls: false }', '', 'the target is not TLS'],
    [
      'connect_dns: max < 1s',
      'mqtt://10.0.0.1',
      '',
      'connect_dns will have no data: the target is a literal',
    ],
    ['connect_dns: max < 1s', 'mqtts://[::1]', '', 'connect_dns will have no data: the target is a literal'],
    ['connect_dns: max < 1s', 'embedded', '', 'the stand-in has a literal address'],
    ['reply_latency: max < 1s', 'embedded', `[${QOS0}]`, 'reply_latency will have no data: no publish has a'],
    ['replies_received: rate > 1', 'embedded', `[${QOS0}]`, 'replies_received will stay 0: no publish has a'],
    [
      'publish_ack: max < 1s',
      'embedded',
      '[]',
      `publish_ack will have no data: nothing is published${fails}`,
    ],
    ['publish_slip: max < 1s', 'embedded', '[]', 'publish_slip will have no data: nothing is published'],
    ['messages_sent_per_sec: min > 1', 'embedded', '[]', 'will have no data: nothing is published'],
    ['messages_received_per_sec: min > 1', 'embedded', '[]', 'nothing is published or subscribed to'],
    ['messages_unacked: share < 1%', 'embedded', '[]', 'messages_unacked will have no data: nothing is'],
    ['messages_sent: count > 1', 'embedded', '[]', 'messages_sent will stay 0: nothing is published'],
    ['publish_ack: max < 1s', 'embedded', `[${QOS0}]`, 'publish_ack will have no data: at QoS 0 nothing is'],
    [
      'messages_acked: share > 9%',
      'embedded',
      `[${QOS0}]`,
      'messages_acked will stay 0: at QoS 0 nothing is',
    ],
    ['subscribe_suback: max < 1s', 'embedded', '[]', 'subscribe_suback will have no data: nothing is subscr'],
    [
      'message_latency: max < 1s',
      'embedded',
      `[${QOS0}]`,
      'message_latency will have no data: no publish has',
    ],
  ])('%s on %s with publish: %s', async (threshold, target, publish, expected) => {
    const text = `target: ${target}\ndevices: { generate: { productKey: pk, count: 1 } }\npublish: ${publish || '[]'}\nthresholds:\n  ${threshold}\n`;
    const { warnings } = await read(text);
    expect(warnings.map(formatProblem)).toEqual([expect.stringContaining(expected)]);
    expect(warnings[0]).toMatchObject({ line: 5 });
  });

  it('is warned of at its own line, once per metric', async () => {
    const text = `${SMALLEST}thresholds:\n  connect_latency: max < 1s\n  connect_tls:\n    - max < 1s\n    - p(99) < 1s\n`;
    const { warnings } = await read(text);
    expect(warnings).toEqual([expect.objectContaining({ line: 6, column: 7 })]);
  });

  it.each([
    ['mqtts://h', '{topic: a, qos: 1, every: 1s, payload: {size: 9B}}'],
    ['wss://h', '{topic: a, qos: 1, every: 1s, payload: {size: 9B}}'],
    ['{ instance: iot-abc }', '{topic: a, qos: 1, every: 1s, payload: {size: 9B}}'],
  ])('is none where there can be data: %s', async (target, publish) => {
    const reply = `{topic: b, every: 1s, payload: {template: '{"id":"\${seq}"}'}, reply: c}`;
    const metrics =
      'connect_tls connect_dns subscribe_suback reply_latency message_latency publish_ack publish_slip';
    const thresholds = metrics.split(' ').map((name) => `  ${name}: max < 1s\n`);
    const counters = ['messages_acked', 'replies_received'].map((name) => `  ${name}: share > 1%\n`);
    const text = `target: ${target}\ndevices: { generate: { productKey: pk, count: 1 } }\npublish: [${publish}, ${reply}]\nthresholds:\n${[...thresholds, ...counters].join('')}`;
    expect((await read(text)).warnings).toEqual([]);
  });

  it('is none for TLS to the stand-in', async () => {
    const text = `${SMALLEST}broker: { tls: true }\nthresholds: { connect_tls: max < 1s }\n`;
    expect((await read(text)).warnings).toEqual([]);
  });
});
