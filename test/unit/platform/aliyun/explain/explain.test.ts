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
