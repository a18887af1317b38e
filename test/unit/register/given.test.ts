import { expect, it } from 'vitest';
import { DeviceTableBuilder } from '../../../src/model/devices/device-table.ts';
import { readGrant } from '../../../src/register/granted.ts';
import { productSecretsOf } from '../../../src/register/product-secrets.ts';
import { hintOfRegistration } from '../../../src/register/register-hints.ts';
import {
  type Method,
  methodFor,
  type RegisterTarget,
  readTarget,
  serviceFor,
  serviceText,
} from '../../../src/register/register-target.ts';
import { judgeRegisters, readThreshold } from '../../../src/register/register-thresholds.ts';
import { Tally } from '../../../src/register/tally.ts';

it.each<[string, Method | undefined, string | undefined, string]>([
  ['cn-shanghai', undefined, undefined, 'https://iot-auth.cn-shanghai.aliyuncs.com:443/auth/register/device'],
  ['cn-shanghai', 'mqtt', undefined, 'region cn-shanghai'],
  ['cn-shanghai', 'mqtt-nwl', 'iot-x', 'instance iot-x'],
  ['mqtts://h:1', undefined, undefined, 'mqtts://h:1'],
  ['mqtts://h', 'mqtt-nwl', undefined, 'mqtts://h:8883'],
  ['https://h', undefined, undefined, 'https://h:443/auth/register/device'],
  ['https://[::1]:8443/x', undefined, undefined, 'https://[::1]:8443/x'],
])('goes from %s by %s to %s', (text, method, instance, expected) => {
  const given = readTarget(text) as RegisterTarget;
  const service = serviceFor(given, methodFor(given, method), instance);
  expect('wrong' in service ? service.wrong : serviceText(service)).toBe(expected);
});

it.each([
  ['mqtt://h', 'is not over TLS'],
  ['ws://h', 'is not over TLS'],
  ['http://h', 'is not over TLS'],
  ['embedded', 'is no place where devices register'],
  ['shanghai', 'is not a target'],
  ['https://me:pw@h', 'has a user name or password'],
  ['mqtts://me:pw@h', 'has a user name or password'],
])('does not go to %s', (text, wrong) => {
  expect(readTarget(text)).toMatchObject({ wrong, hint: expect.any(String) });
});

it.each([
  ['mqtts://h', 'https'],
  ['https://h', 'mqtt'],
] as const)('does not go to %s by %s', (text, method) => {
  expect(serviceFor(readTarget(text) as RegisterTarget, method, undefined)).toHaveProperty('wrong');
});

const ASKED = { productKey: 'pk', deviceName: 'd1', clientId: 'x' };
const grant = (answer: unknown) => readGrant('secret', ASKED, Buffer.from(JSON.stringify(answer)));

it('takes a secret that is of the device that asked', () => {
  expect(grant({ productKey: 'pk', deviceName: 'd1', deviceSecret: 's', more: 1 })).toEqual({
    row: ['pk', 'd1', 's'],
  });
});

it('takes a token with its client id', () => {
  const answer = { productKey: 'pk', deviceName: 'd1', clientId: 'c', deviceToken: 't' };
  expect(readGrant('token', ASKED, Buffer.from(JSON.stringify(answer)))).toEqual({
    row: ['pk', 'd1', 'c', 't'],
  });
});

it.each<[string, unknown]>([
  ['another device', { productKey: 'pk', deviceName: 'd2', deviceSecret: 's' }],
  ['no deviceSecret', { productKey: 'pk', deviceName: 'd1' }],
  ['no deviceSecret', { productKey: 'pk', deviceName: 'd1', deviceSecret: '' }],
  ['no deviceSecret', { productKey: 'pk', deviceName: 'd1', deviceSecret: 's\npk,d2,s' }],
  ['no deviceSecret', { productKey: 'pk', deviceName: 'd1', deviceSecret: 5 }],
  ['not JSON', 'text'],
])('takes for %s what is none', (wrong, answer) => {
  expect(grant(answer)).toEqual({ wrong });
});

it('takes no answer that is not JSON, or no text', () => {
  expect(readGrant('secret', ASKED, Buffer.from('{'))).toEqual({ wrong: 'not JSON' });
  expect(readGrant('secret', ASKED, Buffer.from([0xff, 0xfe]))).toEqual({ wrong: 'not JSON' });
});

function listOf(...rows: [string, string][]) {
  const builder = new DeviceTableBuilder();
  for (const [at, [productKey, productSecret]] of rows.entries())
    builder.add(productKey, `d${at}`, productSecret);
  return builder.build();
}

it('takes the secret beside a device before the one for all', () => {
  const secrets = productSecretsOf('l.csv', listOf(['a', 'own'], ['b', '']), 'for all');
  if (Array.isArray(secrets)) throw new Error('problems');
  expect([secrets.of(0), secrets.of(1)]).toEqual(['own', 'for all']);
});

it('has a problem with products without a secret, and with one secret for two', () => {
  expect(productSecretsOf('l.csv', listOf(['a', ''], ['b', 'own']), undefined)).toMatchObject([
    { file: 'l.csv', message: 'no ProductSecret for a' },
  ]);
  expect(productSecretsOf('l.csv', listOf(['a', ''], ['b', '']), 'SECRET')).toEqual([
    expect.objectContaining({ message: expect.stringContaining('of 2 products') }),
  ]);
});

it('judges thresholds on its own metrics, and no data is no pass', () => {
  const read = (text: string) => {
    const threshold = readThreshold(text);
    if ('wrong' in threshold) throw new Error(threshold.wrong);
    return threshold;
  };
  const all = ['register_latency p(99)<500ms', 'registers_failed share < 1%', 'registers_ok count >= 9'].map(
    read,
  );
  const tally = new Tally();
  expect(judgeRegisters(all, tally, 1e6).map(({ verdict }) => verdict)).toEqual([
    'no-data',
    'no-data',
    'no-data',
  ]);
  Object.assign(tally.counters, { registers_scheduled: 10, registers_started: 10, registers_ok: 9 });
  tally.counters.registers_failed = 1;
  tally.trends.register_latency.record(400_000);
  expect(judgeRegisters(all, tally, 1e6)).toMatchObject([
    { metric: 'register_latency', verdict: 'pass', actual: 400 },
    { metric: 'registers_failed', verdict: 'fail', actual: 0.1 },
    { metric: 'registers_ok', verdict: 'pass', actual: 9 },
  ]);
  tally.destroy();
});

it.each(['connect_latency p(99)<1s', 'register_latency', 'register_latency p99<1s', ''])(
  'takes %s for no threshold',
  (text) => {
    expect(readThreshold(text)).toHaveProperty('wrong');
  },
);

it.each([
  ['connack', 'rejected', 'CONNACK 4', 'ProductSecret'],
  ['connack', 'rejected', 'CONNACK 2', '--instance-id'],
  ['auth', 'rejected', 'HTTPS 6288', 'switched off'],
  ['auth', 'rejected', 'HTTPS 6289', 'activated'],
  ['reply', 'timeout', '', 'run the same command again'],
  ['reply', 'closed', '', 'run the same command again'],
  ['reply', 'protocol', 'not JSON', 'no answer to a registration'],
  ['tcp', 'refused', 'ECONNREFUSED', 'nothing listens'],
  ['tcp', 'timeout', '', '--timeout'],
])('says of %s %s %s what to do', (phase, kind, code, hint) => {
  expect(hintOfRegistration({ phase, kind, code })).toContain(hint);
});
