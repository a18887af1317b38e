import { expect, it } from 'vitest';
import { ENDPOINT, itlsAddress } from '../../../../../src/platform/aliyun/endpoint.ts';
import { pskOf, readPskIdentity } from '../../../../../src/platform/aliyun/signing/psk.ts';

/** `printf 'ida1Psk&d1timestamp2524608000000' | openssl dgst -sha256 -hmac 'secret-of-d1'`, in capitals as the C SDK writes it. */
const KEY = '77E8C50CB576CF39F3E4A65AD28B19F965B1171633921CA81BF3608248B74E4A';

it('is what the SDK makes of a triple', () => {
  const { identity, key } = pskOf('a1Psk', 'd1', 'secret-of-d1');
  expect(identity).toBe('devicename|hmacsha256|a1Psk&d1|2524608000000');
  expect(key.toString()).toBe(KEY);
});

it('its identity is read again', () => {
  const { identity } = pskOf('a1Psk', 'd1', 'any', '17');
  expect(readPskIdentity(identity)).toEqual({ productKey: 'a1Psk', deviceName: 'd1', timestamp: '17' });
});

it.each([
  '',
  'd1',
  'devicename|hmacsha256|a1Psk|17',
  'devicename|md5|a&b|17',
  'x|hmacsha256|a&b|17',
  'devicename|hmacsha256|a&b|17|',
])('identity %j is none', (identity) => {
  expect(readPskIdentity(identity)).toBeUndefined();
});

it('goes to the host of its region, and where a URL says else', () => {
  const ofRegion = ENDPOINT.region!({ kind: 'region', region: 'cn-shanghai', tls: true }, 'a1Psk');
  expect(itlsAddress(ofRegion, 'a1Psk')).toEqual({
    address: { host: 'a1Psk.itls.cn-shanghai.aliyuncs.com', port: 1883 },
  });
  expect(itlsAddress({ ...ofRegion, host: 'broker.example.com' }, 'a1Psk')).toEqual({});
});
