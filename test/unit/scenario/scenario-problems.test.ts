import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FleetError, formatProblem } from '../../../src/model/errors.ts';
import { readScenario } from '../../../src/scenario/scenario-file.ts';

const CANARY = 'canary5ecret';
const HEAD = 'target: embedded\ndevices: { generate: { productKey: pk, count: 5 } }\n';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
  writeFileSync(join(folder, 'devices.csv'), `productKey,deviceName,deviceSecret\npk,d1,${CANARY}\n`);
  writeFileSync(join(folder, 'bad.csv'), `productKey,deviceName,deviceSecret\npk,,${CANARY}\n`);
  mkdirSync(join(folder, 'folder.yaml'));
  writeFileSync(join(folder, 'great.json'), Buffer.alloc(256 * 1024 + 1, 'x'));
  writeFileSync(join(folder, 'binary.json'), Buffer.from([0x7b, 0xff]));
  writeFileSync(join(folder, 'typo.json'), '{\n "id": "${sequ}" }\n');
  writeFileSync(join(folder, 'open.json'), '{\n "a": "${seq}",\n "id": "${seq"\n}\n');
  writeFileSync(join(folder, 'plain.json'), '{"id":"1"}');
  writeFileSync(join(folder, 'secret.json'), `{ "\${${CANARY}}": 1 }`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The problems, each as `line:column: message (hint)` where it is in the scenario file. */
async function problemsOf(
  text: string,
  overrides: string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<string[]> {
  const file = join(folder, 's.yaml');
  writeFileSync(file, text);
  try {
    await readScenario(file, { overrides, env });
    return [];
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== 'bad-input') throw error;
    return error.problems.map((problem) =>
      formatProblem(problem).replace(`${file}:`, '').replaceAll(`${folder}/`, ''),
    );
  }
}

const NOT_A_SCENARIO =
  'this is not a scenario (a map of keys and values); is it a device list? name it in devices: { file: … }';

const publish = (rest: string) => `publish: [{ topic: a, every: 1s, payload: { size: 99B }, ${rest} }]`;
const payload = (rest: string) => `publish: [{ topic: a, every: 1s, payload: ${rest} }]`;

it.each([
  ['clean: false\nsessionExpiry: 1500ms', '5:16: "1500ms" is not a whole number of seconds above 0'],
  ['clean: false\nsessionExpiry: 0s', '5:16: "0s" is not a whole number of seconds above 0'],
  ['clean: false\nsessionExpiry: 2000000h', '5:16: "2000000h" is longer than MQTT allows'],
  [
    'sessionExpiry: 1h',
    '4:16: "1h" keeps no session (write clean: false; without it each connect begins anew)',
  ],
])('with MQTT 5, %j', async (lines, expected) => {
  const head = 'target: mqtt://localhost\ndevices: { generate: { productKey: pk, count: 5 } }\nprotocol: 5\n';
  expect(await problemsOf(`${head}${lines}\n`)).toEqual([expect.stringContaining(expected)]);
});

describe('one mistake in line 3', () => {
  it.each([
    // keys
    ['nmae: x', '3:1: unknown key "nmae" (did you mean name?)'],
    // sessions
    ['clean: maybe', '3:8: "maybe" is not true or false'],
    ['sessionExpiry: 1h', '3:16: "1h" is of MQTT 5 (write protocol: 5; with 3.1.1 the server decides)'],
    ['topicAlias: true', '3:13: "true" is of MQTT 5 (write protocol: 5)'],
    ['will: { topic: a/+, payload: x }', '3:16: "a/+" has a wildcard'],
    ['will: { topic: a }', '3:7: the key payload is missing in will'],
    [
      'will: { topic: a, payload: x, qos: 2 }',
      '3:36: "2" is not possible: the platform supports QoS 0 and 1 only',
    ],
    ['will: { topic: a, payload: "${seq}" }', '3:28: "${seq}" has an unknown placeholder'],
    [
      'will: { topic: a, payload: x }',
      '3:7: will is not possible (the platform takes wills in MQTT 5 only: write protocol: 5)',
    ],
    ['xyzzy: x', '3:1: unknown key "xyzzy" (valid: name, target, '],
    ['auth: { signmethd: hmacsha1 }', '3:9: unknown key "signmethd" (did you mean signmethod?)'],
    ['"__proto__": x', '3:1: unknown key "__proto__"'],
    [publish('retain: true'), '3:58: unknown key "retain"'],
    [
      'publish: [{ topic: a, every: 1s }]',
      '3:11: the key payload is missing in publish[0] (write { template: \'{"id":"${seq}"}\' } or { size: 256B } or { file: body.json })',
    ],
    ['connect: { stages: [{ duration: 1s }] }', '3:21: the key rate is missing in connect.stages[0]'],
    ['subscribe: [{ topc: a }]', '3:15: unknown key "topc" (did you mean topic?)'],
    ['target: embedded', '3:1: this key is given twice'],
    // where they do not belong
    ['auth: {signmethod:hmacmd5}', '3:8: unknown key "signmethod:hmacmd5" (put a space after the colon)'],
    ['signmethod: hmacmd5', '3:1: unknown key "signmethod" (it belongs under auth)'],
    ['timeout: 5s', '3:1: unknown key "timeout" (it belongs under connect)'],
    ['topic: a', '3:1: unknown key "topic" (it belongs under will or subscribe or publish)'],
    ['count: 5', '3:1: unknown key "count" (it belongs under devices)'],
    ['connect: { reconnect: {} }', '3:12: unknown key "reconnect" (it belongs at the top)'],
    ['auth: { tls: {} }', '3:9: unknown key "tls" (it belongs at the top or under target or broker)'],
    [publish('size: 1KB'), '3:58: unknown key "size" (it belongs under publish.payload)'],
    ['<<: { hold: 1s }', '3:1: unknown key "<<" (YAML 1.2 has no merge keys'],
    // values
    ['client: mqqt', '3:9: "mqqt" is not possible here (did you mean mqtt?)'],
    ['protocol: 3.1', '3:11: "3.1" is not possible here (valid: 3.1.1, 5)'],
    ['auth: { signmethod: hmac-sha1 }', '3:21: "hmac-sha1" is not possible here (did you mean hmacsha1?)'],
    ['auth: hmacmd5', '3:7: auth is no way to sign in; write hmac or '],
    ['auth: [hmac]', '3:7: auth is no way to sign in; write hmac or '],
    ['auth: 3', '3:7: auth is no way to sign in; write hmac or '],
    ['auth:', '3:6: auth is no way to sign in; write hmac or '],
    ['auth: { timestamp: nwo }', '3:20: "nwo" is not possible here (valid: now, omit)'],
    ['auth: { timestamp: true }', '3:20: "true" is no timestamp; write now, omit or a number of ms'],
    ['auth: { timestamp: 1.5 }', '3:20: "1.5" is no timestamp; write now, omit or a number of ms'],
    ['auth: { timestamp: -1 }', '3:20: "-1" is below 0'],
    ['name: 5', '3:7: "5" is not a text (put it in quotes)'],
    ['name: a/b', '3:7: "a/b" cannot name a folder'],
    ['subscribe: a', '3:12: subscribe is not a list but a text'],
    ['subscribe: [a]', '3:13: subscribe[0] is not a map of keys and values but a text'],
    ['connect: 5', '3:10: connect is not a map of keys and values but a number'],
    ['connect: []', '3:10: connect is not a map of keys and values but a list'],
    ['connect:', '3:9: connect is not a map of keys and values'],
    ['seed: -1', '3:7: "-1" is below 0'],
    ['seed: 1.5', '3:7: "1.5" is not a whole number'],
    ['seed: .nan', '3:7: ".nan" is not a number'],
    ['connect: { maxInFlight: 0 }', '3:25: "0" is below 1'],
    ['tls: { verify: maybe }', '3:16: "maybe" is not true or false'],
    ['tls: { ca: nowhere.pem }', '3:12: "nowhere.pem" is not a file that can be read'],
    ['tls: { cert: devices.csv }', '3:14: "devices.csv" needs its key (tls.key)'],
    ['broker: { devices: nowhere.csv }', '3:20: "nowhere.csv" is not a file that can be read'],
    // units
    ['hold: 10 seconds', '3:7: "10 seconds" is not a duration; write e.g. 10s, 1m30s, 250ms'],
    ['hold: 10', '3:7: "10" is not a duration; write e.g. 10s, 1m30s, 250ms'],
    ['hold: 99999999999999h', '3:7: "99999999999999h" is too great an amount'],
    ['connect: { stages: [{ duration: 1s, rate: 500 }] }', '3:43: "500" is not a rate; write e.g. 500/s'],
    [payload('{ size: 256 }'), '3:51: "256" is not a size; write e.g. 256B'],
    [publish('jitter: 0.1'), '3:66: "0.1" is no jitter; write none, 10% or exponential'],
    [publish('jitter: 101%'), '3:66: "101%" is over 100%'],
    [
      'publish: [{ topic: a, every: 0s, jitter: 10%, payload: { size: 99B } }]',
      '3:42: "10%" strays from a pace that there is not (with `every: 0s` each message follows the one before at once)',
    ],
    [
      `publish: [{ topic: a, every: 0s, reply: b, payload: { template: '{"id":"\${seq}"}' } }]`,
      '3:41: "b" cannot be waited for (with `every: 0s` each message follows the one before at once; give `every` a time to measure replies)',
    ],
    // times
    ['connect: { timeout: 0s }', '3:21: "0s" is not above 0'],
    ['connect: { keepalive: 29s }', '3:23: "29s" is out of range (the platform takes 30s to 1200s)'],
    ['connect: { keepalive: 1201s }', '3:23: "1201s" is out of range'],
    ['connect: { keepalive: 30500ms }', '3:23: "30500ms" is not a whole number of seconds'],
    ['connect: { stages: [] }', '3:20: connect.stages has no stage'],
    ['connect: { stages: [{ duration: 1s, rate: 0/s }] }', '3:20: connect.stages makes no start'],
    ['publish: [{ topic: a, every: -1s, payload: { size: 99B } }]', '3:30: "-1s" is not a duration'],
    // QoS and topics
    [publish('qos: 2'), '3:63: "2" is not possible: the platform supports QoS 0 and 1 only'],
    [
      'subscribe: [{ topic: a, qos: 2 }]',
      '3:30: "2" is not possible: the platform supports QoS 0 and 1 only',
    ],
    ['subscribe: [{ topic: a, qos: one }]', '3:30: "one" is not a QoS; it is 0 or 1'],
    ['subscribe: [{ topic: "" }]', '3:22: subscribe[0].topic is no topic'],
    ['subscribe: [{ topic: a+/b }]', '3:22: "a+/b" has a wildcard that is not a whole level'],
    ['subscribe: [{ topic: "a/#/b" }]', '3:22: "a/#/b" has a wildcard that is not a whole level'],
    ['subscribe: [{ topic: "$share/g/a+" }]', '3:22: "$share/g/a+" has a wildcard that is not a whole level'],
    ['subscribe: [{ topic: "$share/g" }]', '3:22: "$share/g" is no shared subscription ($share/group/a/+/b)'],
    ['subscribe: [{ topic: "$share/+/a" }]', '3:22: "$share/+/a" is no shared subscription'],
    [
      'subscribe: [{ topic: "a/${devicName}" }]',
      '3:22: "a/${devicName}" has an unknown placeholder (${devicName}: did you mean ${deviceName}?)',
    ],
    ['subscribe: [{ topic: "a/${seq}" }]', '(${seq}: valid: ${productKey} ${deviceName} ${clientId})'],
    [
      'subscribe: [{ topic: "a/${deviceName" }]',
      '3:22: "a/${deviceName" has a placeholder that is not closed',
    ],
    [
      'publish: [{ topic: a/+, every: 1s, payload: { size: 99B } }]',
      '3:20: "a/+" has a wildcard (+ and # are for subscribe',
    ],
    ['subscribe: [{ topic: a }, { topic: a, qos: 1 }]', '3:36: "a" is subscribed to twice'],
    [
      `subscribe: [${Array.from({ length: 101 }, (_, n) => `{topic: t${n}}`)}]`,
      '3:12: subscribe makes 101 subscriptions per device',
    ],
    // payloads
    [payload('{ size: 257KB }'), '3:51: "257KB" is over the 256KB of an MQTT message'],
    [payload('{}'), '3:43: publish[0].payload is no payload; write { template:'],
    [payload('text'), '3:43: publish[0].payload is no payload; write { template:'],
    [
      payload('{ template: a, size: 1KB }'),
      '3:43: publish[0].payload has template and size (give one of template and size)',
    ],
    [payload('{ siez: 1KB }'), '3:45: unknown key "siez" (did you mean size?)'],
    [
      payload("{ template: '${sequence}' }"),
      '(${sequence}: valid: ${productKey} ${deviceName} ${clientId} ${seq} ',
    ],
    [publish('reply: b'), '3:65: "b" needs a payload template with an id'],
    [
      `publish: [{ topic: a, every: 1s, reply: b, payload: { template: '{"id":"1"}' } }]`,
      '3:41: "b" needs a payload template with an id',
    ],
    // sizes
    [payload('{ size: 31B }'), '3:51: "31B" is below 32B, which the header of a sized message takes'],
    [payload('{ size: { min: 31B, max: 1KB } }'), '3:58: "31B" is below 32B'],
    [payload('{ size: { min: 2KB, max: 1KB } }'), '3:68: "1KB" is below min'],
    [payload('{ size: { min: 2KB } }'), '3:51: the key max is missing in publish[0].payload.size'],
    [payload('{ size: { min: 2KB, mx: 3KB } }'), '3:63: unknown key "mx" (did you mean max?)'],
    [payload('{ size: [] }'), '3:51: publish[0].payload.size has no size'],
    [payload('{ size: [{ size: 1KB }] }'), '3:52: the key weight is missing in publish[0].payload.size[0]'],
    [payload('{ size: [{ size: 1B, weight: 1 }] }'), '3:60: "1B" is below 32B'],
    [payload('{ size: [{ size: 1KB, weight: 0 }] }'), '3:73: "0" is not above 0'],
    [payload('{ size: [{ size: 1KB, weight: 9% }] }'), '3:73: "9%" is not a number'],
    [payload('{ size: true }'), '3:51: "true" is not a size; write e.g. 256B, { min: 64B, max: 1KB } or ['],
    // payload files
    [payload('{ file: nowhere.json }'), '3:51: "nowhere.json" is not a file that can be read'],
    [payload('{ file: folder.yaml }'), '3:51: "folder.yaml" is a folder (name a regular file)'],
    [payload('{ file: great.json }'), '3:51: "great.json" is over the 256KB of an MQTT message'],
    [payload('{ file: binary.json }'), '3:51: "binary.json" is not a text in UTF-8'],
    [payload('{ file: "" }'), '3:51: publish[0].payload.file is empty'],
    [
      payload('{ file: typo.json }'),
      'typo.json:2: the payload has an unknown placeholder (${sequ}: did you mean ${seq}?)',
    ],
    [payload('{ file: open.json }'), 'open.json:3: the payload has a placeholder that is not closed'],
    [
      'publish: [{ topic: a, every: 1s, reply: "${deviceName}", payload: { file: plain.json } }]',
      '3:41: "${deviceName}" needs a payload template with an id',
    ],
    [payload('{ flie: a.json }'), '3:45: unknown key "flie" (did you mean file?)'],
    [payload('{ file: a.json, size: 1KB }'), '3:43: publish[0].payload has file and size (give one of file'],
    [payload('{ file: a, template: b }'), '3:43: publish[0].payload has template and file (give one of'],
    // jitter and replies
    [publish('jitter: exponentail'), '3:66: "exponentail" is no jitter; write none, 10% or exponential'],
    [publish('jitter: 5ms'), '3:66: "5ms" is no jitter; write none, 10% or exponential'],
    [publish('replyTimeout: 0s'), '3:72: "0s" is not above 0'],
    [publish('replyTimeout: 10'), '3:72: "10" is not a duration; write e.g. 10s'],
    // connect.retry
    ['connect: { retry: yes }', '3:19: "yes" is neither off nor a policy; write off or {'],
    ['connect: { retry: { policy: fixd } }', '3:29: "fixd" is not possible here (did you mean fixed?)'],
    ['connect: { retry: { delay: 6m } }', '3:28: "6m" is above maxDelay (which is 5m)'],
    // reconnect
    [
      'reconnect: on',
      '3:12: "on" is neither off nor a policy; write off or { policy: exponential, delay: 12s }',
    ],
    ['reconnect: true', '3:12: "true" is neither off nor a policy; write off or {'],
    ['reconnect: 5s', '3:12: "5s" is neither off nor a policy; write off or {'],
    ['reconnect:', '3:11: reconnect is neither off nor a policy; write off or {'],
    ['reconnect: { policy: fixd }', '3:22: "fixd" is not possible here (did you mean fixed?)'],
    ['reconnect: { delay: 0s }', '3:21: "0s" is not above 0'],
    ['reconnect: { delay: 6m }', '3:21: "6m" is above maxDelay (which is 5m)'],
    ['reconnect: { maxDelay: 11s }', '3:12: reconnect.delay is above maxDelay (which is 11s)'],
    ['reconnect: { maxDelay: 5x }', '3:24: "5x" is not a duration'],
    ['reconnect: { perMinute: 0 }', '3:25: "0" is below 1'],
    ['reconnect: { permin: 4 }', '3:14: unknown key "permin" (did you mean perMinute?)'],
    ['localAddresses: [127.0.0.2, eth0]', '3:29: "eth0" is not an IP address'],
    ['localAddresses: [127.0.0.2, 127.0.0.2]', '3:29: "127.0.0.2" is given twice'],
    ['localAddresses: []', '3:17: localAddresses is empty'],
    ['localAddresses: [::1]', '3:18: "::1" cannot reach the target (which is an IPv4 address)'],
    // the stand-in's faults
    ['broker: { certificate: ecdsa }', '3:24: "ecdsa" is of no use without tls: true'],
    ['broker: { tls: true, certificate: dsa }', '3:35: "dsa" is not possible here'],
    ['broker: { delya: 1s }', '3:11: unknown key "delya" (did you mean delay?)'],
    ['broker: { delay: 20ms }', '3:18: broker.delay is not a map of keys and values but a text'],
    ['broker: { delay: { conack: 20ms } }', '3:20: unknown key "conack" (did you mean connack?)'],
    ['broker: { delay: { connack: 20 } }', '3:29: "20" is no delay; write 20ms, { exponential: 30ms } or ['],
    ['broker: { delay: { connack: "20" } }', '3:29: "20" is not a duration; write e.g. 10s'],
    ['broker: { delay: { puback: { exponential: 0s } } }', '3:43: "0s" is not above 0'],
    [
      'broker: { delay: { puback: { exponent: 1s } } }',
      '3:30: unknown key "exponent" (did you mean exponential?)',
    ],
    [
      'broker: { delay: { reply: [{ share: 90%, delay: 5ms }, { share: 9.5%, delay: 1s }] } }',
      '3:27: broker.delay.reply has shares that sum to 99.5% (they must sum to 100%)',
    ],
    ['broker: { delay: { reply: [] } }', '3:27: broker.delay.reply has shares that sum to 0%'],
    [
      'broker: { delay: { reply: [{ share: 100% }] } }',
      '3:28: the key delay is missing in broker.delay.reply[0]',
    ],
    ['broker: { freeze: { at: 5s } }', '3:19: the key for is missing in broker.freeze'],
    ['broker: { freeze: [{ at: 5s, for: 0s }] }', '3:35: "0s" is not above 0'],
    [
      'broker: { freeze: 5s }',
      '3:19: broker.freeze is no freeze; write { at: 5s, for: 2s } or a list of such',
    ],
    ['broker: { downlink: { drop: 101% } }', '3:29: "101%" is over 100%'],
    ['broker: { downlink: { drop: 0.1 } }', '3:29: "0.1" is not a percentage; write e.g. 10%'],
    [
      'broker: { downlink: { send: { topic: a } } }',
      '3:29: the key every is missing in broker.downlink.send',
    ],
    ['broker: { downlink: { send: { topic: a/#, every: 1s } } }', '3:38: "a/#" is no topic of a device'],
    [
      'broker: { downlink: { send: { topic: "${clientId}", every: 1s } } }',
      '3:38: "${clientId}" is no topic',
    ],
    ['broker: { downlink: { send: { topic: a, every: 0s } } }', '3:48: "0s" is not above 0'],
    ['broker: { disconnect: { share: 10% } }', '3:23: the key at is missing in broker.disconnect'],
    ['broker: { disconnect: [{ at: 1s, share: 200% }] }', '3:41: "200%" is over 100%'],
    // and its quotas
    ['broker: { quotas: { messageRate: { qos0: 30 } } }', '3:42: "30" is not a rate; write e.g. 500/s'],
    ['broker: { quotas: { messageRate: { qos2: 30/s } } }', '3:36: unknown key "qos2" (did you mean qos0?)'],
    ['broker: { quotas: { connectons: 5 } }', '3:21: unknown key "connectons" (did you mean connections?)'],
    ['broker: { quotas: { connections: 0 } }', '3:34: "0" is below 1'],
    ['broker: { quotas: { connectRate: 0/s } }', '3:34: "0/s" is not above 0'],
    ['broker: { quotas: { messageSize: 256 } }', '3:34: "256" is not a size; write e.g. 256B, 4KB'],
    [
      'broker: { quotas: { refuse: connack4 } }',
      '3:29: "connack4" is not possible here (did you mean connack',
    ],
    [
      'broker: { quotas: { preset: tencent } }',
      '3:29: "tencent" is not possible here (valid: aliyun, apsaramq)',
    ],
    ['broker: { quotas: aliyn }', '3:19: "aliyn" is not possible here (did you mean aliyun?)'],
    [
      'broker: { quotas: 437 }',
      '3:19: "437" are no quotas; write aliyun, apsaramq or e.g. { connections: 437',
    ],
    // thresholds
    [
      'thresholds: { connect_latncy: ["max < 1s"] }',
      '3:15: unknown key "connect_latncy" (did you mean connect_latency?)',
    ],
    ['thresholds: { connect_latency: ["p99 < 1s"] }', '3:33: "p99 < 1s" is no threshold (no aggregate "p99"'],
    [
      'thresholds: { connect_latency: mx < 1s }',
      '3:32: "mx < 1s" is no threshold (no aggregate "mx"; did you mean max?)',
    ],
    ['thresholds: { disconnects: 5 }', '3:28: "5" is no list of thresholds'],
    ['thresholds: { disconnects: [5] }', '3:29: "5" is no threshold; write a text or { threshold: …, abort'],
    [
      'thresholds: { disconnects: [{ treshold: count < 1 }] }',
      '3:31: unknown key "treshold" (did you mean threshold?)',
    ],
    [
      'thresholds: { disconnects: { threshold: count < 1, abortonfial: true } }',
      '3:52: unknown key "abortonfial" (did you mean abortOnFail?)',
    ],
    [
      'thresholds: { connect_latency: [max < 1s, { threshold: mx < 1s }] }',
      '3:56: "mx < 1s" is no threshold (no aggregate "mx"; did you mean max?)',
    ],
    [
      'thresholds: { disconnects: { abortOnFail: true } }',
      '3:28: the key threshold is missing in thresholds.disconnects',
    ],
    [
      'thresholds: { disconnects: { threshold: count < 1, abortOnFail: yes } }',
      '3:65: "yes" is not true or false',
    ],
    [
      'thresholds: { disconnects: { threshold: count < 1, abortOnFail: true, delayAbortEval: 10 } }',
      '3:87: "10" is not a duration; write e.g. 10s',
    ],
    [
      'thresholds: { disconnects: { threshold: count < 1, delayAbortEval: 10s } }',
      '3:68: "10s" delays nothing (it goes with abortOnFail: true)',
    ],
    // YAML itself
    ['hold: [', '4:1: Flow sequence'],
    ['hold: "x', 'Missing closing "quote'],
    ['hold: *nothing', '3:7: there is no anchor &nothing before this alias'],
    ['? [a]\n: b', '3:3'],
    ['hold: ${ENV:UNSET}', '3:7: the environment variable UNSET is not set'],
  ])('%s', async (line, expected) => {
    const problems = await problemsOf(`${HEAD}${line}\n`);
    expect(problems).toEqual([expect.stringContaining(expected)]);
  });
});

describe('target and devices', () => {
  it.each([
    ['embeded', '1:9: "embeded" is not a target (did you mean embedded?)'],
    ['localhost:1883', '1:9: "localhost:1883" is not a target (write embedded, mqtt://localhost:1883'],
    [
      'tcp://h',
      '1:9: "tcp://h" is not an MQTT address (use mqtt://, mqtts://, ws:// or wss://; did you mean mqtt://?)',
    ],
    ['constructor://h', '1:9: "constructor://h" is not an MQTT address'],
    ['mqtt://', '1:9: "mqtt://" has no valid host'],
    ['mqtt://h:99999', '1:9: "mqtt://h:99999" has port 99999 (a port is from 1 to 65535)'],
    ['ws://h:65536/mqtt', '1:9: "ws://h:65536/mqtt" has port 65536'],
    ['mqtt://h:x', '1:9: "mqtt://h:x" is not a URL'],
    ['mqtt://h:0', '1:9: "mqtt://h:0" has port 0'],
    ['mqtt://h/path', '1:9: "mqtt://h/path" has a path'],
    [`mqtt://user:${CANARY}@h`, '1:9: target has a user name or password (leave them out'],
    [`mqt://user:${CANARY}@h`, '1:9: target is not an MQTT address'],
    ['{ region: cn/shanghai }', '1:19: "cn/shanghai" is no id'],
    ['{ regoin: cn-shanghai }', '1:11: unknown key "regoin" (did you mean region?)'],
    ['{ instance: 5 }', '1:21: "5" is not a text (put it in quotes)'],
    ['{ region: a, tls: 5 }', '1:27: "5" is not true or false'],
    ['{}', '1:9: target is no target; write embedded, list, a URL'],
    ['5', '1:9: "5" is no target; write embedded, list, a URL'],
  ])('target: %s', async (target, expected) => {
    const problems = await problemsOf(`target: ${target}\ndevices: { file: devices.csv }\n`);
    expect(problems).toEqual([expect.stringContaining(expected)]);
    expect(problems.join()).not.toContain(CANARY);
  });

  it.each([
    ['devices.csv', '2:10: devices is no source of devices; write { file: devices.csv }'],
    [
      '{ file: devices.csv, generate: { productKey: pk, count: 1 } }',
      '2:10: devices has file and generate (give one of file and generate)',
    ],
    [
      '{ file: devices.csv, generate: { productKey: pk } }',
      '2:10: devices has file and generate (give one of file and generate)',
    ],
    ['{}', '2:10: devices is no source of devices'],
    ['{ flie: devices.csv }', '2:12: unknown key "flie" (did you mean file?)'],
    ['{ file: devices.csv, count: 0 }', '2:38: "0" is below 1'],
    ['{ file: devices.csv, count: 4 }', '2:38: devices.csv has only 1 devices, fewer than count asks for'],
    [
      '{ file: nowhere.csv }',
      '2:18: the device list nowhere.csv cannot be read: there is no such file (write it with your own triples: productKey,deviceName,deviceSecret)',
    ],
    ['{ file: bad.csv }', 'bad.csv:2: deviceName is empty'],
    ['{ generate: { productKey: pk } }', '2:22: the key count is missing in devices.generate'],
    ['{ generate: { productKey: 5, count: 1 } }', '2:36: "5" is not a text (put it in quotes)'],
    ['{ generate: { productKey: "a/b", count: 1 } }', '2:22: productKey has one of & | / + #'],
    [
      '{ generate: { productKey: pk, count: 1 }, count: 2 }',
      '2:59: "2" is more than are generated (generate.count is 1)',
    ],
  ])('devices: %s', async (devices, expected) => {
    const problems = await problemsOf(`target: embedded\ndevices: ${devices}\n`);
    expect(problems).toEqual([expect.stringContaining(expected)]);
  });
});

describe('a reply topic', () => {
  const asked = (reply: string) =>
    `publish: [{ topic: a, every: 1s, reply: "${reply}", payload: { template: '{"id":"\${seq}"}' } }]\n`;
  const twoProducts = 'target: embedded\ndevices: { file: two.csv }\n';
  beforeAll(() => {
    const rows = ['pk1,d1', 'pk1,d2', 'pk2,d1'].map((names) => `${names},${CANARY}`);
    writeFileSync(join(folder, 'two.csv'), `productKey,deviceName,deviceSecret\n${rows.join('\n')}\n`);
  });

  it.each([
    ['all hear', HEAD, 'reply/all', 'for all 5 devices', 'put ${deviceName} into it'],
    [
      'a product hears',
      twoProducts,
      '${productKey}/r',
      'for devices 1 and 2 of the list',
      'put ${deviceName} into it',
    ],
    [
      'namesakes hear',
      twoProducts,
      'r/${deviceName}',
      'for devices 1 and 3 of the list',
      'put ${productKey} into it',
    ],
  ])('that %s is refused: their ids are equal', async (_, head, reply, whose, remedy) => {
    const problems = await problemsOf(head + asked(reply));
    expect(problems).toEqual([
      `3:41: "${reply}" is the same topic ${whose} (an answer to one would count for the other: their ids are equal; ${remedy})`,
    ]);
  });

  it.each([
    [HEAD, '${deviceName}/r'],
    [HEAD, '${clientId}'],
    [twoProducts, '${productKey}/${deviceName}'],
    ['target: embedded\ndevices: { generate: { productKey: pk, count: 1 } }\n', 'reply/all'],
  ])('of each device’s own is sound: %s %s', async (head, reply) => {
    expect(await problemsOf(head + asked(reply))).toEqual([]);
  });
});

describe('all at once', () => {
  it('lists the problems of the scenario in its order, then those of the device list', async () => {
    const text = `target: tcp://h\ndevices: { file: bad.csv }\nclient: x\nhold: 1\nnmae: x\nseed: \${ENV:NO}\n`;
    expect((await problemsOf(text)).map((problem) => problem.split(' ')[0])).toEqual([
      '1:9:',
      '3:9:',
      '4:7:',
      '5:1:',
      '6:7:',
      'bad.csv:2:',
    ]);
  });

  it('lists every line of a payload file, beside what else is wrong with files', async () => {
    writeFileSync(join(folder, 'worse.json'), '${a}\n${seq}\n${\n${b} ${c}\n');
    const text = `${HEAD}publish: [{ topic: a, every: 1s, payload: { file: worse.json } }]\ntls: { ca: no.pem }\n`;
    expect((await problemsOf(text)).map((problem) => problem.split(' ')[0])).toEqual([
      '4:12:',
      'worse.json:1:',
      'worse.json:3:',
      'worse.json:4:',
      'worse.json:4:',
    ]);
  });

  it('goes on after a key that is given twice', async () => {
    expect(await problemsOf(`${HEAD}client: x\nclient: mqtt\n`)).toContain('4:1: this key is given twice');
    expect(await problemsOf(`${HEAD}seed: 1\nseed: 2\nhold: 1\n`)).toHaveLength(2);
  });

  it.each([
    ['', '1:1: the scenario is empty'],
    ['# nothing\n', '1:1: the scenario is empty'],
    ['[1]', `1:1: ${NOT_A_SCENARIO}`],
    ['text', `1:1: ${NOT_A_SCENARIO}`],
    ['name: x', '1:1: the key target is missing', '1:1: the key devices is missing'],
    [`target: embedded\n--- \nb: 1`, '2:1: '],
    ['['.repeat(20_000), 'the scenario is nested too deeply'],
  ])('%#', async (text, ...expected) => {
    expect(await problemsOf(text)).toEqual(expected.map((fragment) => expect.stringContaining(fragment)));
  });

  it('of which the first hundred are shown', async () => {
    const keys = Array.from({ length: 20_000 }, (_, n) => `unknownkey${n}: 1`);
    const problems = await problemsOf(HEAD + keys.join('\n'));
    expect(problems).toHaveLength(101);
    expect(problems[99]).toContain('102:1: unknown key "unknownkey99"');
    expect(problems[100]).toContain('… and 19900 more problems');
  });

  // Each of these took minutes.
  it.each([
    ['placeholders that nothing closes', `subscribe: [{ topic: "${'${'.repeat(200_000)}" }]`],
    ['and in a template', payload(`{ template: "${'${'.repeat(200_000)}" }`)],
    ['and of the environment', `name: "${'${ENV:'.repeat(200_000)}"`],
    ['white space in a threshold', `thresholds: { connect_latency: "p${' '.repeat(500_000)}" }`],
    ['and behind its bound', `thresholds: { connect_latency: "max < 1s${' '.repeat(500_000)}x" }`],
    ['a filter of many levels', `subscribe: [{ topic: "${'a/'.repeat(500_000)}+x" }]`],
    [
      'an id with white space',
      publish('reply: b').replace('{ size: 99B }', `{ template: '${'"id"    :  '.repeat(20_000)}' }`),
    ],
    ['a number of many digits', `hold: ${'1'.repeat(1_000_000)}`],
    ['a name of many letters', `client: ${'m'.repeat(1_000_000)}`],
    ['misspelt keys, each in a list of its own', `subscribe: [${'{topc: a},'.repeat(15_000)}]`],
  ])('are said at once of %s', async (_, line) => {
    expect(await problemsOf(`${HEAD}${line}\n`)).not.toEqual([]);
  });

  it('refuses a document that multiplies itself', async () => {
    const lines = ['a0: &a0 [x]'];
    for (let n = 1; n < 9; n++) lines.push(`a${n}: &a${n} [${Array(9).fill(`*a${n - 1}`)}]`);
    expect(await problemsOf(lines.join('\n'))).toEqual([
      '2:10: the aliases of this document multiply beyond reason (write out what they stand for)',
    ]);
  });

  it.each(['nowhere.yaml', 'folder.yaml'])('says that %s is no file', async (name) => {
    const file = join(folder, name);
    await expect(readScenario(file, { env: {} })).rejects.toMatchObject({
      code: 'bad-input',
      problems: [{ file }],
    });
  });
});

describe('--set and ${ENV:…}', () => {
  it.each([
    ['connect.timeout=5x', '--set connect.timeout: "5x" is not a duration'],
    ['connct.timeout=5s', '--set connct.timeout: unknown key "connct" (did you mean connect?)'],
    ['publish[0].qos=1', '--set publish[0].qos'],
    ['subscribe[1]={topic: a}', '--set subscribe[1]: there is no such place'],
    ['target.tls.x=1', '--set target.tls.x: there is no such place'],
    ['target.region=x', "in the scenario (target is no map; replace it whole: --set 'target={ region: … }')"],
    ['subscribe.qos=1', '(subscribe is a list; name its element: subscribe[0])'],
    ['subscribe[1].qos=1', '(subscribe is empty; the first is subscribe[0])'],
    ['target', '--set: is not of the form path=value'],
    ['=5', 'is not of the form path=value'],
    ['hold=[', '--set hold: the value is not YAML'],
    ['hold=', '--set hold: hold is not a duration'],
    ['hold=a: b: c', '--set hold: the value is not YAML'],
    [
      'name=!!binary aGk=',
      '--set name: the value is not YAML: this tag makes something that no scenario holds',
    ],
    ['hold=!!timestamp 2001-12-14', '--set hold: the value is not YAML: this tag makes'],
    ['publish=!!set { a }', '--set publish: the value is not YAML: this tag makes'],
    [
      'publish=%YAML 1.1\n---\n[a]',
      '--set publish: the value is not YAML: the scenario says it is of another',
    ],
    [
      `publish=${'['.repeat(20_000)}`,
      '--set publish: the value is not YAML: the scenario is nested too deeply',
    ],
    [`publish=${'['.repeat(70)}${']'.repeat(70)}`, '--set publish: the value is not YAML: the scenario is'],
    [`${'a.'.repeat(5000)}b=1`, '--set: is not of the form path=value'],
    ['publish=&a [*a]', 'this alias is within what it stands for'],
    ['seed=.nan', '--set seed: ".nan" is not a number'],
    ['seed=.inf', '--set seed: ".inf" is not a number'],
    ['seed=123456789012345678901234567890', '--set seed: "123456789012345678901234567890" is'],
    ['__proto__.x=1', '--set __proto__.x: unknown key "__proto__"'],
    ['connect.constructor=1', '--set connect.constructor: unknown key "constructor"'],
  ])('%s', async (assignment, expected) => {
    const problems = await problemsOf(`${HEAD}subscribe: []\n`, [assignment]);
    expect(problems.join('\n')).toContain(expected);
  });

  it.each([
    'hold: ${ENV:X}',
    'client: ${ENV:X}',
    'seed: ${ENV:X}',
    'name: ./${ENV:X}',
    'tls: { ca: "${ENV:X}" }',
    'subscribe: [{ topic: "+${ENV:X}" }]',
    'subscribe: [{ topic: "${ENV:PLACEHOLDER}" }]',
    'thresholds: { connect_latency: "${ENV:X} < 1" }',
    'thresholds: { connect_latency: { threshold: "${ENV:X} < 1" } }',
    'thresholds: { disconnects: { threshold: count < 1, abortOnFail: "${ENV:X}" } }',
    'thresholds: { disconnects: { threshold: count < 1, abortOnFail: true, delayAbortEval: "${ENV:X}" } }',
    'publish: "${ENV:X}"',
    'publish: [{ topic: a, every: 1s, payload: { file: "${ENV:X}" } }]',
    'reconnect: "${ENV:X}"',
    'auth: { timestamp: "${ENV:X}" }',
  ])('%s does not show the value', async (line) => {
    const env = { X: CANARY, PLACEHOLDER: `\${${CANARY}}` };
    const problems = await problemsOf(`${HEAD}${line}\n`, [], env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^3:\d+: (?:.*\$\{ENV:|publish is not a list)/);
    expect(problems[0]).not.toContain(CANARY);
  });

  it('nor does a device list or target that is named by it', async () => {
    const text = 'target: "${ENV:X}"\ndevices: { file: "${ENV:X}.csv" }\n';
    const problems = await problemsOf(text, [], { X: CANARY });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain(CANARY);
  });
});

describe('a secret in the wrong place is not shown', () => {
  const refusalOf = (name: string, overrides: string[] = []): Promise<string> =>
    readScenario(join(folder, name), { overrides, env: {} }).then(
      () => 'accepted',
      (error: FleetError) => error.problems.map(formatProblem).join('\n').replaceAll(`${folder}/`, ''),
    );

  it.each(['devices.csv', 'list.JSONL', 'list.ndjson', 'triples.txt', 'list.json'])(
    '%s in place of the scenario',
    async (name) => {
      const triple = { productKey: 'pk', deviceName: 'd1', deviceSecret: CANARY };
      const csv = `productKey,deviceName,deviceSecret\npk,d1,${CANARY}\n`;
      const json = name.endsWith('.json') ? `[${JSON.stringify(triple)}]` : JSON.stringify(triple);
      writeFileSync(join(folder, name), /csv|txt/.test(name) ? csv : json);
      expect(await refusalOf(name)).toBe(`${name}:1:1: ${NOT_A_SCENARIO}`);
    },
  );

  it.each([
    `"pk","d1","${CANARY}"`,
    `devices: ${CANARY}`,
    `devices: [${CANARY}]`,
    `devices: { generate: ${CANARY} }`,
    `auth: ${CANARY}`,
    `connect: { stages: ${CANARY} }`,
    `connect: { stages: [${CANARY}] }`,
    `publish: ${CANARY}`,
    `publish: [${CANARY}]`,
    `publish: [{ topic: a, every: 1s, payload: ${CANARY} }]`,
    `publish: [{ topic: a, every: 1s, payload: { template: '${CANARY} \${x}' } }]`,
    `publish: [{ topic: a, every: 1s, payload: { template: '\${${CANARY}}' } }]`,
    `publish: [{ topic: a, every: 1s, payload: { file: '{"key":"${CANARY}"}' } }]`,
    `${HEAD}publish: [{ topic: a, every: 1s, payload: { file: '{"key":"${CANARY}"}' } }]`,
    `${HEAD}publish: [{ topic: a, every: 1s, payload: { file: secret.json } }]`,
    `thresholds: ${CANARY}`,
    `${HEAD}thresholds: { disconnects: { ${CANARY}: 1 } }`,
    `reconnect: [${CANARY}]`,
    `reconnect: { ${CANARY}: 1 }`,
    `broker: { delay: ${CANARY} }`,
    `broker: { freeze: ${CANARY} }`,
    `tls: ${CANARY}`,
    `${HEAD}tls: { ca: "-----BEGIN PRIVATE KEY-----${CANARY}" }`,
    `tls: { key: "MIIE\\n${CANARY}" }`,
    `broker: ${CANARY}`,
    `target: "ws://h:0/?token=${CANARY}"`,
    `hold: ${'x'.repeat(60)}${CANARY}`,
    `${CANARY}: 1`,
    `auth: { ${CANARY}: 1 }`,
    `auth: !${CANARY} x`,
    `auth: |${CANARY}\n  x`,
    `auth: *${CANARY}`,
    `%${CANARY}\n---\na: 1`,
    `auth: "x" ${CANARY}`,
    `auth: "\\x${CANARY}"`,
    `auth: [${CANARY}: {]`,
    `seed: \${ENV:-${CANARY}}`,
  ])('%s', async (text) => {
    const problems = await problemsOf(`${text}\n`);
    expect(problems).not.toEqual([]);
    expect(problems.join('\n')).not.toContain(CANARY);
  });

  it('nor in a warning', async () => {
    const file = join(folder, 'tag.yaml');
    writeFileSync(file, `${HEAD}name: !${CANARY} x\n`);
    const { warnings } = await readScenario(file, { env: {} });
    expect(warnings.map(formatProblem)).toEqual([
      `${file}:3:7: this tag is not known; put a text that begins with ! in quotes`,
    ]);
  });

  it.each([
    `devices=${CANARY}`,
    `publish=${CANARY}`,
    `auth=[${CANARY}`,
    `hold=!${CANARY} x`,
    `pk,d1,${CANARY}`,
    `pk,d1,${CANARY}=1`,
  ])('--set %s', async (assignment) => {
    const problems = await problemsOf(HEAD, [assignment]);
    expect(problems).not.toEqual([]);
    expect(problems.join('\n')).not.toContain(CANARY);
  });
});
