import { describe, expect, it } from 'vitest';
import {
  type Explanation,
  explainPassword,
  type SigningSettings,
} from '../../../../../src/platform/aliyun/explain/explain.ts';
import { MISTAKES } from '../../../../../src/platform/aliyun/explain/mistakes.ts';
import { hmacHex } from '../../../../../src/platform/aliyun/signing/credentials.ts';
import { tripleOf, VECTORS, vectorOf } from '../vectors.ts';

const example = vectorOf(VECTORS.mistakes.vector);
const triple = tripleOf(example);
const right = example.expected.password!;
const settings: SigningSettings = {
  signmethod: 'hmacsha1',
  securemode: 3,
  timestamp: '789',
  productSecret: 'productsecret',
};
const CONTENT = 'clientId12345deviceNamedeviceproductKeypktimestamp789';

function mistakeIn(password: string, changes: Partial<SigningSettings> = {}): string {
  return nameOf(explainPassword(triple, { ...settings, ...changes }, password));
}

function nameOf(explanation: Explanation): string {
  return explanation.kind === 'mistake' ? explanation.mistake : explanation.kind;
}

it('knows the right password, in either case', () => {
  expect(explainPassword(triple, settings, right)).toEqual({ kind: 'right' });
  expect(mistakeIn(right.toUpperCase())).toBe('right');
});

describe('the mistakes of the vectors', () => {
  it('are 14', () => {
    expect(VECTORS.mistakes.items).toHaveLength(14);
  });

  it.each(VECTORS.mistakes.items)('$id', ({ id, wrongPassword }) => {
    // What the client id announces is all that can show this one.
    const changes =
      id === 'timestamp-only-in-content' ? { sentClientId: '12345|securemode=3,signmethod=hmacsha1|' } : {};
    expect(mistakeIn(wrongPassword, changes)).toBe(id);
  });
});

it.each([
  ['device-secret-as-password', 'secret'],
  ['no-password', ''],
  ['wrong-algorithm', hmacHex('hmacsha256', 'secret', CONTENT)],
  ['wrong-algorithm', hmacHex('hmacmd5', 'secret', CONTENT).toUpperCase()],
  ['other-timestamp', hmacHex('hmacsha1', 'secret', CONTENT.replace('789', '2524608000000'))],
  ['other-timestamp', hmacHex('hmacsha1', 'secret', CONTENT.replace('789', '789000'))],
  ['signmethod-in-content', hmacHex('hmacsha1', 'secret', `${CONTENT}signmethodhmacsha1`)],
  [
    'securemode-in-content',
    hmacHex('hmacsha1', 'secret', CONTENT.replace('timestamp', 'securemode3timestamp')),
  ],
  ['plain-md5', '04215364be4b64739adf1db4fde500d2'],
  ['base64', '-v2Co9YCs3-w-ot4kvJKR3-FGhQ'],
  ['base64-of-hex', Buffer.from(right).toString('base64')],
  ['hex-twice', Buffer.from(right).toString('hex').toUpperCase()],
  ['full-mqtt-clientid-signed', signedAs('12345|timestamp=789,signmethod=hmacsha1,securemode=3|')],
  ['other-clientid', signedAs('pk.device')],
  ['clientid-not-signed', vectorOf('orc-10-noclientid').expected.password!],
  ['clientid-only', hmacHex('hmacsha1', 'secret', '12345')],
  ['unsorted', hmacHex('hmacsha1', 'secret', 'deviceNamedeviceproductKeypkclientId12345timestamp789')],
  [
    'delimited',
    hmacHex('hmacsha1', 'secret', 'clientId=12345,deviceName=device,productKey=pk,timestamp=789'),
  ],
  ['names-misspelt', hmacHex('hmacsha1', 'secret', CONTENT.toLowerCase())],
  [
    'names-misspelt',
    hmacHex('hmacsha1', 'secret', 'client_id12345device_namedeviceproduct_keypktimestamp789'),
  ],
  ['names-swapped', hmacHex('hmacsha1', 'secret', 'clientId12345deviceNamepkproductKeydevicetimestamp789')],
  ['secret-newline', hmacHex('hmacsha1', 'secret\r\n', CONTENT)],
  ['secret-decoded', hmacHex('hmacsha1', Buffer.from('secret', 'base64'), CONTENT)],
  ['no-secret', hmacHex('hmacsha1', '', CONTENT)],
  ['product-secret', 'productsecret'],
  ['password-framed', `${right}\n`],
  ['password-cut', right.slice(0, 32)],
])('names %s', (id, password) => {
  expect(mistakeIn(password)).toBe(id);
});

describe('what was signed beside a login', () => {
  const SENT = '12345|securemode=3,signmethod=hmacsha1,timestamp=1700000000123,ext=1,_ss=1,lan=C|';
  const TIMED = CONTENT.replace('789', '1700000000123');

  it.each<[string, string, string, Partial<SigningSettings>?]>([
    [
      'registration-content',
      'deviceNamedeviceproductKeypkrandomabc',
      'secret',
      { sentClientId: SENT.replace('lan=C', 'random=abc') },
    ],
    ['registration-content', 'deviceNamedeviceproductKeypkrandom567345', 'secret'],
    ['registration-content', 'deviceNamedeviceproductKeypkrandom42', 'productsecret'],
    ['registration-content', 'deviceNamedeviceproductKeypkrandom8Ygb7ULYh53B6OA', 'productsecret'],
    ['registration-content', 'deviceNamedeviceproductKeypkrandom1700000000123', 'productsecret'],
    ['clock-read-twice', TIMED.replace('0123', '0124'), 'secret'],
    ['clock-read-twice', TIMED.replace('1700000000123', '1699999998123'), 'secret'],
    ['clock-read-twice', TIMED.replace('1700000000123', '1700000002123'), 'secret'],
    ['clock-read-twice', TIMED.replace('1700000000123', '1700000001'), 'secret'],
    ['clock-read-twice', TIMED.replace('1700000000123', '1699999999'), 'secret'],
    ['unknown', TIMED.replace('1700000000123', '1700000002124'), 'secret'],
    [
      'clock-read-twice',
      TIMED.replace('1700000000123', '1700000002'),
      'secret',
      { sentClientId: SENT.replace('000123', '000') },
    ],
    [
      'clock-read-twice',
      TIMED.replace('1700000000123', '1700000000999'),
      'secret',
      { sentClientId: SENT.replace('000123', '000') },
    ],
    ['extra-pair-in-content', TIMED.replace('productKey', 'ext1productKey'), 'secret'],
    ['extra-pair-in-content', `${TIMED}ext1`, 'secret'],
    ['extra-pair-in-content', `_ss1${TIMED}`, 'secret'],
    [
      'extra-pair-in-content',
      `_ss1${TIMED.replace('productKey', 'ext1lanCproductKey').replace('timestamp', 'securemode3signmethodhmacsha1timestamp')}`,
      'secret',
    ],
    ['extra-pair-in-content', `${TIMED}securemode3signmethodhmacsha1ext1_ss1lanC`, 'secret'],
    ['https-params-in-content', TIMED.replace('timestamp', 'resourcesmqtttimestamp'), 'secret'],
    ['https-params-in-content', `${TIMED}versiondefault`, 'secret'],
    [
      'https-params-in-content',
      `${TIMED.replace('timestamp', 'resourcesmqtttimestamp')}versiondefault`,
      'secret',
    ],
    ['yudao-content', 'clientId12345deviceNamedevicedeviceSecretsecretproductKeypk', 'secret'],
    ['yudao-content', 'clientIdpk.devicedeviceNamedevicedeviceSecretsecretproductKeypk', 'secret'],
    ['yudao-content', TIMED.replace('productKey', 'deviceSecretsecretproductKey'), 'secret'],
  ])('%s: %s', (id, content, key, changes = {}) => {
    expect(mistakeIn(hmacHex('hmacsha1', key, content), { sentClientId: SENT, ...changes })).toBe(id);
  });

  it('yudao-content, though the client id is none that Aliyun takes', () => {
    const content = 'clientIdpk.devicedeviceNamedevicedeviceSecretsecretproductKeypk';
    const password = hmacHex('hmacsha256', 'secret', content);
    expect(mistakeIn(password, { sentClientId: 'pk.device' })).toBe('yudao-content');
    expect(mistakeIn('f'.repeat(64), { sentClientId: 'pk.device' })).toBe('malformed-client-id');
  });
});

describe('passwords of other clouds', () => {
  const DIGITS = '0809b1cfdbd972bd781f1d9b0a09b259b8e357b4388757f99506feee32ee07c8';

  it.each<[string, string, Partial<SigningSettings>?]>([
    ['tencent-form', `${DIGITS};hmacsha256`],
    [
      'tencent-form',
      'c8643892b58e1f1e55da05d1a43dec42c5d7404a;hmacsha1',
      { sentClientId: 'PID0000000dev01' },
    ],
    [
      'onenet-form',
      'version=2018-10-31&res=products%2F123123%2Fdevices%2Fmydev&et=1537255523&method=md5&sign=J%2BBH3TGHberkgaZzK4XLug%3D%3D',
    ],
    [
      'azure-form',
      'SharedAccessSignature sr=iot-hub-for-test.azure-devices.net%2Fdevices%2Fd&sig=SIumZ1ACqqPJZ2okHDlW9MSYKykEpqsQY3z6FMOICd4%3D&se=1471940363',
    ],
    [
      'jwt-form',
      'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    ],
    ['apsaramq-form', 'vI009IZJZVGRwBwZvnbwjfuXxVM='],
    ['apsaramq-form', 'R|token', { sentUsername: 'Token|YYYYY|mqtt-xxxxx', sentClientId: 'GID_Test@@@0001' }],
    ['baidu-form', DIGITS, { sentUsername: 'thingidp@core|dev|0|MD5' }],
    ['huawei-form', DIGITS, { sentClientId: 'dev_0_1_2023111506' }],
    // Digits alone are of no cloud in particular.
    ['unknown', DIGITS],
  ])('%s: %s', (id, password, changes = {}) => {
    expect(mistakeIn(password, changes)).toBe(id);
  });
});

it.each([
  ['unknown-device', 'pk&device'],
  ['unknown-device', 'other&pk'],
  ['malformed-username', 'device'],
  ['right', 'device&pk'],
])('says of a user name: %s, %s', (name, sentUsername) => {
  expect(mistakeIn(right, { sentUsername })).toBe(name);
});

function signedAs(clientId: string): string {
  return hmacHex('hmacsha1', 'secret', CONTENT.replace('12345', clientId));
}

describe('what the client id sent announces', () => {
  it.each([
    ['timestamp-only-in-content', '12345|securemode=3,signmethod=hmacsha1|'],
    ['other-timestamp', '12345|securemode=3,signmethod=hmacsha1,timestamp=790|'],
    ['wrong-algorithm', '12345|securemode=3,signmethod=hmacsha256,timestamp=789|'],
    ['wrong-algorithm', '12345|securemode=3,timestamp=789|'],
    ['other-clientid', '54321|securemode=3,signmethod=hmacsha1,timestamp=789|'],
    ['malformed-client-id', '12345|securemode=3,signmethod=hmacsha1,timestamp=789'],
    ['unknown-signmethod', '12345|securemode=3,signmethod=sha1,timestamp=789|'],
    ['right', '12345|securemode=2,signmethod=hmacsha1,timestamp=789|'],
    ['right', '12345|signmethod=hmacsha1,timestamp=789,lan=JS|WX,foo|'],
    ['right', '12345|timestamp=789,_v=x,signmethod=hmacsha1,securemode=3|'],
  ])('%s: %s', (name, sentClientId) => {
    expect(mistakeIn(right, { sentClientId })).toBe(name);
  });

  it('and a small or usual timestamp is found where none is announced', () => {
    expect(mistakeIn(right, { timestamp: undefined })).toBe('timestamp-only-in-content');
  });
});

it('says what to check where no mistake is known', () => {
  const explanation = explainPassword(triple, settings, 'f'.repeat(40));
  expect(explanation).toEqual({
    kind: 'unknown',
    hints: expect.arrayContaining([expect.stringContaining('timestamp')]),
  });
  const otherForm = explainPassword(triple, settings, 'nonsense');
  expect(otherForm).toMatchObject({
    hints: [expect.stringContaining('40 hexadecimal digits'), ...Array(4).fill(expect.anything())],
  });
});

it('has a name and a sentence of its own for each mistake, and none that tells a secret', () => {
  expect(new Set(MISTAKES.map(({ id }) => id)).size).toBe(MISTAKES.length);
  expect(new Set(MISTAKES.map(({ explanation }) => explanation)).size).toBe(MISTAKES.length);
  const secret = { ...triple, deviceSecret: 'S3CR3T-0123456789' };
  const passwords = [
    hmacHex(
      'hmacsha256',
      'S3CR3T-0123456789',
      'clientId12345deviceNamedevicedeviceSecretS3CR3T-0123456789productKeypk',
    ),
    'eyJ0eXAi.eyJpc3MiOiJqb2UifQ.dBjftJeZ',
    'S3CR3T-0123456789',
    'f'.repeat(40),
    hmacHex('hmacsha1', 'S3CR3T-0123456789\n', CONTENT),
  ];
  for (const password of passwords) {
    const text = JSON.stringify(explainPassword(secret, settings, password));
    expect(text).not.toContain('S3CR3T');
    expect(text).not.toContain(password);
  }
});
