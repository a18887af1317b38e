import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatProblem } from '../../../src/model/errors.ts';
import { readScenario } from '../../../src/scenario/scenario-file.ts';

/** Node's own list has some that have run out. */
const CURRENT_CA = rootCertificates.find((pem) => Date.parse(new X509Certificate(pem).validTo) > Date.now())!;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
  writeFileSync(
    join(folder, 'devices.csv'),
    'productKey,deviceName,deviceSecret\npk,d1,s1\npk,d2,s2\npk,d3,s3\n',
    { mode: 0o600 },
  );
  writeFileSync(join(folder, 'ca.pem'), CURRENT_CA);
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
    replyTimeout: 3s
  - { topic: "/\${productKey}/\${deviceName}/user/up", every: 1m, payload: { size: 4KB } }
hold: 10s
gracefulStop: 500ms
thresholds:
  connect_latency: ["p(99) < 500ms", { threshold: max < 2s, abortOnFail: true, delayAbortEval: 10s }]
  messages_acked: rate > 150
  disconnects: { threshold: count == 0, abortOnFail: true }
  connects_failed: [{ threshold: share < 1%, abortOnFail: false, delayAbortEval: 10s }]
seed: 7
clean: false
sessionExpiry: 90m
will: { topic: "gone/\${deviceName}", payload: lost, qos: 1, retain: true }
topicAlias: true
tls: { ca: ca.pem, servername: iot.example, verify: false }
broker:
  devices: devices.csv
  tls: true
  delay: { connack: 20ms, puback: { exponential: 30ms }, reply: [{ share: 90%, delay: 5ms }, { share: 10%, delay: 200ms }] }
  freeze: [{ at: 5s, for: 2s }, { at: 0s, for: 1ms }]
  downlink: { drop: 1%, repeat: 0.5%, swap: 0%, send: { topic: "/\${productKey}/x", every: 5s } }
  disconnect: { at: 10s }
  quotas: { preset: aliyun, connections: 437, connectRate: 300/s, messageRate: { qos1: 600/m }, messageSize: 4KB, refuse: close }
localAddresses: [127.0.0.2, 127.0.0.3]
reconnect: { policy: fixed, delay: 6s, maxDelay: 1s, perMinute: 10 }
`;

describe('readScenario', () => {
  it('fills in every default', async () => {
    const { scenario, devices, asRun, warnings } = await read(SMALLEST);
    expect(scenario).toEqual({
      name: 'property-post',
      target: { kind: 'embedded' },
      tls: { verify: true },
      devices: { kind: 'generate', productKey: 'pk', count: 250, prefix: 'd' },
      platform: 'aliyun',
      auth: { method: 'hmac', signmethod: 'hmacsha1', timestamp: 'now' },
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

  it.each([
    ['protocol: 3.1.1', {}],
    ['protocol: 5', { expirySec: 3600 }],
    ['protocol: 5\nsessionExpiry: 1s', { expirySec: 1 }],
  ])('a session that is kept, with %s', async (more, keptSession) => {
    const text = `target: mqtt://localhost\nplatform: plain\nauth: none\ndevices: { generate: { count: 1 } }\nclean: false\n`;
    const { scenario } = await read(`${text}${more}\n`);
    expect(scenario.keptSession).toEqual(keptSession);
    expect(scenario.will).toBeUndefined();
    expect(scenario.topicAlias).toBeUndefined();
  });

  it('reads every key', async () => {
    const { scenario, devices, asRun, warnings } = await read(FULL);
    expect(scenario).toEqual({
      name: 'property-post',
      target: { kind: 'instance', instance: 'iot-abc', tls: false },
      tls: { caFile: join(folder, 'ca.pem'), servername: 'iot.example', verify: false },
      devices: { kind: 'file', file: join(folder, 'devices.csv'), count: 2 },
      platform: 'aliyun',
      auth: { method: 'hmac', signmethod: 'hmacsha256', timestamp: 'omit' },
      client: 'mqtt',
      protocol: '5',
      keptSession: { expirySec: 5400 },
      will: { topic: 'gone/${deviceName}', payload: 'lost', qos: 1, retain: true },
      topicAlias: true,
      connect: {
        stages: [
          { durationUs: 4_000_000, fromPerSec: 50, toPerSec: 50 },
          { durationUs: 10_000_000, fromPerSec: 0, toPerSec: 500 },
        ],
        keepaliveSec: 1200,
        timeoutUs: 2_500_000,
        maxInFlight: 10,
      },
      localAddresses: ['127.0.0.2', '127.0.0.3'],
      subscribe: [{ topic: '/${productKey}/${deviceName}/user/+', qos: 0 }],
      publish: [
        {
          topic: '/sys/${productKey}/${deviceName}/thing/event/property/post',
          qos: 1,
          everyUs: 1_000_000,
          jitter: { kind: 'uniform', share: 0.1 },
          payload: {
            kind: 'template',
            template: '{"id":"${seq}","params":{"t":${random},"at":${timestamp}}}',
          },
          reply: '/sys/${productKey}/${deviceName}/thing/event/property/post_reply',
          replyTimeoutUs: 3_000_000,
        },
        {
          topic: '/${productKey}/${deviceName}/user/up',
          qos: 0,
          everyUs: 60_000_000,
          jitter: { kind: 'none' },
          payload: { kind: 'size', sizes: { kind: 'fixed', bytes: 4096 } },
          replyTimeoutUs: 10_000_000,
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
          abortFromUs: 10_000_000,
        },
        {
          metric: 'connects_failed',
          expression: 'share < 1%',
          aggregate: 'share',
          operator: '<',
          bound: 0.01,
        },
        {
          metric: 'disconnects',
          expression: 'count == 0',
          aggregate: 'count',
          operator: '==',
          bound: 0,
          abortFromUs: 0,
        },
        { metric: 'messages_acked', expression: 'rate > 150', aggregate: 'rate', operator: '>', bound: 150 },
      ],
      seed: 7,
      reconnect: { policy: 'fixed', delayUs: 6_000_000, maxDelayUs: 1_000_000, perMinute: 10 },
      broker: {
        devicesFile: join(folder, 'devices.csv'),
        tls: true,
        faults: {
          seed: 7,
          delay: {
            connack: { kind: 'fixed', us: 20_000 },
            puback: { kind: 'exponential', meanUs: 30_000 },
            reply: {
              kind: 'mixture',
              parts: [
                { share: 0.9, us: 5000 },
                { share: 0.1, us: 200_000 },
              ],
            },
          },
          freeze: [
            { atUs: 5_000_000, forUs: 2_000_000 },
            { atUs: 0, forUs: 1000 },
          ],
          downlink: {
            drop: 0.01,
            repeat: 0.005,
            swap: 0,
            send: { topic: '/${productKey}/x', everyUs: 5_000_000 },
          },
          disconnect: [{ atUs: 10_000_000, share: 1 }],
        },
        quotas: {
          connections: 437,
          connectsPerSec: 300,
          connectsPerMinute: 5,
          messageRate: { qos0PerSec: 30, qos1PerSec: 10 },
          messageBytes: 4096,
          subscriptions: 100,
          topicsPerSubscribe: 8,
          refuse: 'close',
        },
      },
    });
    expect(devices.count).toBe(2);
    expect(devices.deviceName(1)).toBe('d2');
    expect(asRun).toBe(FULL);
    expect(warnings.map(formatProblem)).toEqual([
      `${join(folder, 'property-post.yaml')}:48:65: "10" goes beyond the platform's 5 connects a minute per device`,
      `${join(folder, 'property-post.yaml')}:38:6: tls has no effect: the target is not reached over TLS (write tls: true)`,
      `${join(folder, 'property-post.yaml')}:40:3: broker has no effect (it is for target: embedded only)`,
    ]);
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

  it.each(['off', '"off"', 'false'])('reconnect: %s', async (form) => {
    expect((await read(`${SMALLEST}reconnect: ${form}\n`)).scenario).not.toHaveProperty('reconnect');
    expect(
      (await read(`${SMALLEST}reconnect: {}\n`, [`reconnect=${form}`])).scenario.reconnect,
    ).toBeUndefined();
  });

  it.each([
    ['exponential', { policy: 'exponential' }],
    ['fixed', { policy: 'fixed' }],
    ['{}', { policy: 'exponential' }],
    ['{ policy: fixed, delay: 3s, perMinute: 9 }', { policy: 'fixed', delayUs: 3_000_000, perMinute: 9 }],
  ])('connect.retry and reconnect: %s', async (form, expected) => {
    const defaults = { delayUs: 12_000_000, maxDelayUs: 300_000_000, perMinute: 5 };
    const { scenario } = await read(`${SMALLEST}connect: { retry: ${form} }\nreconnect: ${form}\n`);
    expect(scenario.connect.retry).toEqual({ ...defaults, ...expected });
    expect(scenario.reconnect).toEqual(scenario.connect.retry);
  });

  it.each(['off', 'false'])('connect.retry: %s', async (form) => {
    const { scenario } = await read(`${SMALLEST}connect: { retry: ${form} }\n`);
    expect(scenario.connect).not.toHaveProperty('retry');
  });

  it('warns of retries beyond the platform limit', async () => {
    const { warnings } = await read(SMALLEST, [
      'target={region: cn-shanghai}',
      'connect.retry={perMinute: 6}',
    ]);
    expect(warnings.map(formatProblem)).toEqual([
      expect.stringContaining(`"6" goes beyond the platform's 5 connects a minute per device`),
    ]);
  });

  it.each(['30s', '1200s'])(
    'takes a keepalive of %s, the ends of what the platform takes',
    async (keepalive) => {
      const { scenario } = await read(SMALLEST, [`connect.keepalive=${keepalive}`]);
      expect(`${scenario.connect.keepaliveSec}s`).toBe(keepalive);
    },
  );

  it('reconnects within the platform limit by default', async () => {
    const { scenario, warnings } = await read(SMALLEST, ['target={region: cn-shanghai}', 'reconnect={}']);
    expect(scenario.reconnect).toEqual({
      policy: 'exponential',
      delayUs: 12_000_000,
      maxDelayUs: 300_000_000,
      perMinute: 5,
    });
    expect(warnings).toEqual([]);
  });

  it.each([
    ['none', { kind: 'none' }],
    ['0%', { kind: 'uniform', share: 0 }],
    ['12.5%', { kind: 'uniform', share: 0.125 }],
    ['100%', { kind: 'uniform', share: 1 }],
    ['exponential', { kind: 'exponential' }],
  ])('jitter: %s', async (form, expected) => {
    const text = `${SMALLEST}publish: [{ topic: a, every: 1s, payload: { size: 99B }, jitter: ${form} }]\n`;
    expect((await read(text)).scenario.publish[0]!.jitter).toEqual(expected);
  });

  it.each([
    ['32B', { kind: 'fixed', bytes: 32 }],
    ['256KB', { kind: 'fixed', bytes: 262_144 }],
    ['{ min: 64B, max: 1KB }', { kind: 'uniform', minBytes: 64, maxBytes: 1024 }],
    ['{ min: 64B, max: 64B }', { kind: 'uniform', minBytes: 64, maxBytes: 64 }],
    [
      '[{ size: 64B, weight: 90 }, { size: 4KB, weight: 0.5 }]',
      {
        kind: 'weighted',
        parts: [
          { bytes: 64, weight: 90 },
          { bytes: 4096, weight: 0.5 },
        ],
      },
    ],
  ])('size: %s', async (form, sizes) => {
    const text = `${SMALLEST}publish: [{ topic: a, every: 1s, payload: { size: ${form} } }]\n`;
    expect((await read(text)).scenario.publish[0]!.payload).toEqual({ kind: 'size', sizes });
  });

  it('takes the text of a payload file, byte for byte but for the mark at its beginning', async () => {
    const body = '{\r\n  "id": "${seq}",\n  "名": "${deviceName}" }\n';
    writeFileSync(join(folder, 'body.json'), `\ufeff${body}`);
    const plan = 'topic: a, every: 1s, reply: "b/${deviceName}", payload: { file: "${ENV:BODY}.json" }';
    const { scenario, asRun } = await read(`${SMALLEST}publish: [{ ${plan} }]\n`, [], { BODY: 'body' });
    expect(scenario.publish[0]).toMatchObject({
      payload: { kind: 'template', template: body },
      reply: 'b/${deviceName}',
    });
    expect(asRun).toContain('${ENV:BODY}.json');
  });

  it.each(['delay: {}', 'freeze: []', 'disconnect: [{ at: 1s, share: 50% }]'])(
    'a fault plan has the seed of the scenario: %s',
    async (fault) => {
      const { scenario } = await read(`${SMALLEST}seed: 9\nbroker: { ${fault} }\n`);
      expect(scenario.broker).toMatchObject({ tls: false, faults: { seed: 9 } });
    },
  );

  it('a broker block without faults makes no fault plan, and one without quotas sets none', async () => {
    expect((await read(`${SMALLEST}broker: { tls: true }\n`)).scenario.broker).toEqual({ tls: true });
    const broker = { tls: true, certificate: 'ecdsa' };
    expect((await read(`${SMALLEST}broker: ${JSON.stringify(broker)}\n`)).scenario.broker).toEqual(broker);
  });

  it('takes the platform’s quotas by name, and only those given without it', async () => {
    const { scenario } = await read(`${SMALLEST}broker: { quotas: aliyun }\n`);
    expect(scenario.broker.quotas).toEqual({
      connectsPerSec: 500,
      connectsPerMinute: 5,
      messageRate: { qos0PerSec: 30, qos1PerSec: 10 },
      messageBytes: 262_144,
      subscriptions: 100,
      topicsPerSubscribe: 8,
    });
    const own = await read(`${SMALLEST}broker: { quotas: { messageRate: { qos0: 5/s } } }\n`);
    expect(own.scenario.broker.quotas).toEqual({ messageRate: { qos0PerSec: 5 } });
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
      'publish: [{topic: a, qos: 1, every: 99ms, payload: {size: 99B}}]',
      '3:37: "99ms" is beyond the platform\'s 10/s',
    ],
    [
      'publish: [{topic: a, qos: 0, every: 32ms, payload: {size: 99B}}]',
      '3:37: "32ms" is beyond the platform\'s 30/s',
    ],
    [
      'publish:\n  - {topic: a, qos: 1, every: 150ms, payload: {size: 99B}}\n  - {topic: b, qos: 1, every: 150ms, payload: {size: 99B}}',
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
    'publish: [{topic: a, qos: 1, every: 100ms, payload: {size: 99B}}]',
    'publish: [{topic: a, every: 33ms, payload: {size: 99B}}]',
  ])('none at the limit: %s', async (extra) => {
    expect((await read(`${SMALLEST}${extra}\n`)).warnings).toEqual([]);
  });

  it('are about the account and the region of a cloud target', async () => {
    const set = ['target={region: cn-shanghi}', 'connect.stages=[{duration: 1s, rate: 501/s}]'];
    const { warnings } = await read(SMALLEST, set);
    expect(warnings.map(formatProblem)).toEqual([
      '--set target: "cn-shanghi" is not a region we know (did you mean cn-shanghai?)',
      "--set connect.stages: connect.stages goes beyond the platform's 500 connects/s per account",
    ]);
  });

  it('are about what all devices do together on the platform, and not elsewhere', async () => {
    const set = [
      'devices={ generate: { productKey: pk, count: 20001 } }',
      'connect.stages=[{duration: 100s, rate: 250/s}]',
      'publish=[{topic: a, every: 2s, payload: {size: 99B}}]',
    ];
    const { warnings } = await read(SMALLEST, ['target={instance: iot-x}', ...set]);
    expect(warnings.map(formatProblem)).toEqual([
      '--set publish: publish sends 10001 messages/s from all devices together (the platform took 10000/s per account in 2019)',
      '--set devices: devices are 20001 (a new public instance has room for 500, an enterprise instance for what was bought)',
    ]);
    expect((await read(SMALLEST, set)).warnings).toEqual([]);
  });
});

describe('a threshold that can have no data', () => {
  const QOS0 = '{topic: a, every: 1s, payload: {template: x}}';
  const SIZED = '{topic: a, every: 1s, payload: {size: 99B}}';
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
    [
      'messages_sent: count > 1',
      'embedded',
      '[]',
      `messages_sent will have no data: nothing is published${fails}`,
    ],
    ['publish_ack: max < 1s', 'embedded', `[${QOS0}]`, 'publish_ack will have no data: at QoS 0 nothing is'],
    [
      'messages_acked: share > 9%',
      'embedded',
      `[${QOS0}]`,
      'messages_acked will have no data: at QoS 0 nothing is',
    ],
    ['subscribe_suback: max < 1s', 'embedded', '[]', 'subscribe_suback will have no data: nothing is subscr'],
    [
      'message_latency: max < 1s',
      'embedded',
      `[${QOS0}]`,
      'message_latency will have no data: no publish has',
    ],
    [
      'messages_lost: count == 0',
      'embedded',
      `[${QOS0}]`,
      'messages_lost will have no data: no publish has a payload of the form { size: … }',
    ],
    [
      'message_latency: max < 1s',
      'embedded',
      `[${SIZED}]`,
      `message_latency will have no data: nothing is subscribed to${fails}`,
    ],
    ['messages_duplicated: count == 0', 'embedded', `[${SIZED}]`, 'will stay 0: nothing is subscribed to'],
    [
      'messages_scheduled: count > 1',
      'embedded',
      '[]',
      'messages_scheduled will stay 0: nothing is published',
    ],
    [
      'messages_unacked: count == 0',
      'embedded',
      `[${QOS0}]`,
      'messages_unacked will have no data: at QoS 0 no',
    ],
    ['messages_lost: count == 0', 'embedded', '[]', 'messages_lost will have no data: no publish has a'],
    [
      'replies_missing: count == 0',
      'embedded',
      `[${QOS0}]`,
      'replies_missing will have no data: no publish has',
    ],
    ['replies_missing: share < 1%', 'embedded', '[]', 'replies_missing will have no data: nothing is'],
    [
      'reconnect_latency: max < 1s',
      'embedded',
      '',
      `reconnect_latency will have no data: reconnect is off${fails}`,
    ],
    ['connects_retried: count == 0', 'embedded', '', 'connects_retried will stay 0: connect.retry is off'],
    ['reconnects_ok: share > 99%', 'embedded', '', 'reconnects_ok will stay 0: reconnect is off'],
    ['reconnects_failed: count == 0', 'embedded', '', 'reconnects_failed will stay 0: reconnect is off'],
    [
      'connects_lost: { threshold: count == 0, abortOnFail: true }',
      'embedded',
      '',
      'connects_lost is counted when the run ends: abortOnFail has no effect',
    ],
  ])('%s on %s with publish: %s', async (threshold, target, publish, expected) => {
    const text = `target: ${target}\ndevices: { generate: { productKey: pk, count: 1 } }\npublish: ${publish || '[]'}\nthresholds:\n  ${threshold}\n`;
    const { warnings } = await read(text);
    expect(warnings.map(formatProblem)).toEqual([expect.stringContaining(expected)]);
    expect(warnings[0]).toMatchObject({ line: 5 });
  });

  it('a threshold on what is known at the end only, because connects are tried again until then', async () => {
    const text = `${SMALLEST}thresholds:\n  connects_failed: { threshold: count == 0, abortOnFail: true }\n`;
    expect((await read(text)).warnings).toEqual([]);
    const { warnings } = await read(text, ['connect.retry=exponential']);
    expect(warnings.map(formatProblem)).toEqual([
      expect.stringContaining('connects_failed is counted when the run ends: abortOnFail has no effect'),
    ]);
  });

  it('is warned of at its own line, once per metric', async () => {
    const text = `${SMALLEST}thresholds:\n  connect_latency: max < 1s\n  connect_tls:\n    - max < 1s\n    - p(99) < 1s\n`;
    const { warnings } = await read(text);
    expect(warnings).toEqual([expect.objectContaining({ line: 6, column: 7 })]);
  });

  it.each([
    ['mqtts://h', '{topic: a, qos: 1, every: 1s, payload: {size: 99B}}'],
    ['wss://h', '{topic: a, qos: 1, every: 1s, payload: {size: 99B}}'],
    ['{ instance: iot-abc }', '{topic: a, qos: 1, every: 1s, payload: {size: 99B}}'],
  ])('is none where there can be data: %s', async (target, publish) => {
    const reply = `{topic: b, every: 1s, payload: {template: '{"id":"\${seq}"}'}, reply: "c/\${deviceName}"}`;
    const metrics =
      'connect_tls connect_dns subscribe_suback reply_latency message_latency publish_ack publish_slip reconnect_latency';
    const thresholds = metrics.split(' ').map((name) => `  ${name}: max < 1s\n`);
    const counters = [
      'messages_acked',
      'replies_received',
      'replies_missing',
      'messages_lost',
      'reconnects_ok',
    ].map((name) => `  ${name}: share > 1%\n`);
    const text = `target: ${target}\ndevices: { generate: { productKey: pk, count: 1 } }\nsubscribe: [{topic: a}]\nreconnect: {}\npublish: [${publish}, ${reply}]\nthresholds:\n${[...thresholds, ...counters].join('')}`;
    expect((await read(text)).warnings).toEqual([]);
  });

  it('is none for TLS to the stand-in', async () => {
    const text = `${SMALLEST}broker: { tls: true }\nthresholds: { connect_tls: max < 1s }\n`;
    expect((await read(text)).warnings).toEqual([]);
  });
});
