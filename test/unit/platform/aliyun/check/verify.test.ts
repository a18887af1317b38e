import { describe, expect, it } from 'vitest';
import { verifyConnect } from '../../../../../src/platform/aliyun/check/verify.ts';
import { hmacHex } from '../../../../../src/platform/aliyun/signing/credentials.ts';
import type { ConnectFields } from '../../../../../src/platform/check.ts';
import { tripleOf, VECTORS, vectorOf } from '../vectors.ts';

const example = vectorOf('pub-01-aliyun-doc-sha1');
const good: ConnectFields = {
  mqttClientId: example.expected.mqttClientId!,
  username: example.expected.username!,
  password: example.expected.password!,
  tls: false,
};
const sent = good.mqttClientId;
const md5WithoutTimestamp = vectorOf('orc-01-doc-hmacmd5-nots').expected.password!;

function secretOf(productKey: string, deviceName: string): string | undefined {
  return productKey === 'pk' && deviceName === 'device' ? 'secret' : undefined;
}

describe('accepts', () => {
  const direct = VECTORS.vectors.filter(({ expected }) => expected.mqttClientId && expected.password);

  it.each(direct.filter(({ kind }) => kind === 'mqtt-direct'))('$id', (vector) => {
    const { signmethod, timestamp, securemode } = vector.input;
    const { productKey, deviceName, deviceSecret, clientId } = tripleOf(vector);
    const { mqttClientId, publishedMqttClientId, username, password } = vector.expected;
    for (const sent of [mqttClientId, publishedMqttClientId]) {
      if (sent === undefined) continue;
      const connect = {
        mqttClientId: sent,
        username: username!,
        password: password!,
        tls: securemode === '2',
      };
      const asked: string[][] = [];
      const verdict = verifyConnect(connect, (...key) => {
        asked.push(key);
        return deviceSecret;
      });
      const expected = { ok: true, productKey, deviceName, clientId, signmethod };
      expect(verdict).toEqual(timestamp === undefined ? expected : { ...expected, timestamp });
      expect(asked).toEqual([[productKey, deviceName]]);
    }
  });

  it('upper-case digits', () => {
    expect(verifyConnect({ ...good, password: good.password.toUpperCase() }, secretOf)).toMatchObject({
      ok: true,
    });
  });

  it('hmacmd5 where no signmethod is announced', () => {
    const connect = { ...good, mqttClientId: '12345|securemode=3|', password: md5WithoutTimestamp };
    expect(verifyConnect(connect, secretOf)).toMatchObject({ ok: true, signmethod: 'hmacmd5' });
  });

  it('the same password over TLS with securemode 2, which is not signed', () => {
    const mqttClientId = good.mqttClientId.replace('securemode=3', 'securemode=2');
    const verdict = verifyConnect({ ...good, mqttClientId, tls: true }, secretOf);
    expect(verdict).toMatchObject({ ok: true });
    expect(verdict).not.toHaveProperty('overlooked');
  });

  it.each<[string, Partial<ConnectFields>]>([
    ['3 over TLS', { tls: true }],
    ['2 over plain TCP, as of the console', { mqttClientId: sent.replace('mode=3', 'mode=2') }],
    ['none', { mqttClientId: sent.replace('securemode=3,', '') }],
    ['one that is not a number', { mqttClientId: sent.replace('mode=3', 'mode=tls') }],
  ])('a securemode that does not fit the transport, which it says: %s', (_, change) => {
    expect(verifyConnect({ ...good, ...change }, secretOf)).toMatchObject({
      ok: true,
      overlooked: { ok: false, returnCode: 2, reason: 'securemode-mismatch' },
    });
  });

  // Client ids as SDKs build them, each with the password that its SDK makes of it.
  it.each<[string, string, string]>([
    [
      'the JS SDK in a mini program',
      '12345|securemode=3,signmethod=hmacsha1,timestamp=789,lan=JS|WX,_v=1.2.8|',
      good.password,
    ],
    [
      'the JS SDK in a browser',
      '12345|securemode=3,signmethod=hmacsha1,timestamp=789,lan=JS|Broswer ,_v=1.2.8|',
      good.password,
    ],
    [
      'the older JS SDK',
      '12345|securemode=3,\n        signmethod=hmacsha1,\n        timestamp=789|',
      good.password,
    ],
    [
      'the C Link SDK 4 with an assigned client id',
      '|timestamp=2524608000000,_ss=1,_v=sdk-c-4.1.0,securemode=3,signmethod=hmacsha256,ext=3,|',
      hmacHex(
        'hmacsha256',
        'secret',
        'clientIddeviceNamedeviceproductKeypktimestamp2524608000000',
      ).toUpperCase(),
    ],
    ['no securemode', '12345|signmethod=hmacsha1,timestamp=789|', good.password],
    [
      'pairs that nobody knows',
      '12345|foo,lan=,ext=1,ext=3,signmethod=hmacsha1,timestamp=789|',
      good.password,
    ],
    [
      'a timestamp that is empty in both places',
      '12345|signmethod=hmacsha1,timestamp=|',
      hmacHex('hmacsha1', 'secret', 'clientId12345deviceNamedeviceproductKeypktimestamp'),
    ],
  ])('%s', (_, mqttClientId, password) => {
    expect(verifyConnect({ ...good, mqttClientId, password }, secretOf)).toMatchObject({ ok: true });
  });
});

it.each<[string, Partial<ConnectFields>, 2 | 4 | 5, string]>([
  ['a bare client id', { mqttClientId: '12345' }, 2, 'malformed-client-id'],
  ['no closing bar', { mqttClientId: sent.slice(0, -1) }, 2, 'malformed-client-id'],
  ['an id of 65 characters', { mqttClientId: 'c'.repeat(65) + sent.slice(5) }, 2, 'malformed-client-id'],
  ['signmethod sha256', { mqttClientId: sent.replace('hmacsha1', 'sha256') }, 2, 'unknown-signmethod'],
  ['signmethod HMACSHA1', { mqttClientId: sent.replace('hmacsha1', 'HMACSHA1') }, 2, 'unknown-signmethod'],
  [
    'a method by an inherited name',
    { mqttClientId: sent.replace('hmacsha1', 'toString') },
    2,
    'unknown-signmethod',
  ],
  ['an empty signmethod', { mqttClientId: sent.replace('hmacsha1', '') }, 2, 'unknown-signmethod'],
  ['a user name without &', { username: 'device' }, 4, 'malformed-username'],
  ['a user name with two &', { username: 'device&pk&pk' }, 4, 'malformed-username'],
  ['an empty device name', { username: '&pk' }, 4, 'malformed-username'],
  ['an empty product key', { username: 'device&' }, 4, 'malformed-username'],
  ['an unknown device', { username: 'other&pk' }, 5, 'unknown-device'],
  ['names the wrong way round', { username: 'pk&device' }, 5, 'unknown-device'],
  ['an empty password', { password: '' }, 4, 'wrong-password'],
  ['another method announced', { mqttClientId: sent.replace('hmacsha1', 'hmacmd5') }, 4, 'wrong-password'],
  ['another timestamp announced', { mqttClientId: sent.replace('789', '788') }, 4, 'wrong-password'],
  [
    'the timestamp signed but not sent',
    { mqttClientId: sent.replace(',timestamp=789', '') },
    4,
    'wrong-password',
  ],
  ['another id announced', { mqttClientId: sent.replace('12345', '12346') }, 4, 'wrong-password'],
])('refuses %s', (_, change, returnCode, reason) => {
  expect(verifyConnect({ ...good, ...change }, secretOf)).toEqual({ ok: false, returnCode, reason });
});

// The one that makes the right digest shows only in the client id; it is in the table above.
it.each(VECTORS.mistakes.items.filter(({ id }) => id !== 'timestamp-only-in-content'))(
  'refuses the password of the mistake $id',
  ({ wrongPassword }) => {
    const verdict = verifyConnect({ ...good, password: wrongPassword }, secretOf);
    expect(verdict).toEqual({ ok: false, returnCode: 4, reason: 'wrong-password' });
  },
);
