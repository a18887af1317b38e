/**
 * What each scheme signs against what others signed: published values, and values that three other implementations agree on
 * (auth-vectors.json); those of LuatOS are of its own tests (openLuat/LuatOS, testcase iotauth_tests.lua).
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DeviceTableBuilder } from '../../../../src/model/devices/device-table.ts';
import {
  type ApsaraSettings,
  apsaraDeviceCredential,
  apsaraPassword,
  apsaraSignature,
} from '../../../../src/platform/clouds/apsaramq/signature.ts';
import { sharedAccessSignature } from '../../../../src/platform/clouds/azure/sas.ts';
import { baiduPassword } from '../../../../src/platform/clouds/baidu/password.ts';
import { hourOf, huaweiPassword } from '../../../../src/platform/clouds/huawei/hmac.ts';
import { type OnenetHash, onenetToken } from '../../../../src/platform/clouds/onenet/token.ts';
import { type TencentSignmethod, tencentPassword } from '../../../../src/platform/clouds/tencent/password.ts';
import { yudaoPassword } from '../../../../src/platform/clouds/yudao/hmac.ts';

interface Vector {
  id: string;
  profile: string;
  input: Record<string, string>;
  expected: { password: string } & Record<string, string>;
}

const file = new URL('../../../fixtures/auth-vectors.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };

const SIGNED: Record<string, (input: Record<string, string>) => string> = {
  apsaramq: ({ secret, clientId }) => apsaraPassword(secret!, clientId!),
  'azure-iothub': ({ uri, key, expiry }) =>
    sharedAccessSignature(uri!, String(expiry), Buffer.from(key!, 'base64')),
  'huawei-iotda': ({ hour, secret }) => huaweiPassword(hour!, secret!),
  'tencent-iot': ({ username, psk, method }) =>
    tencentPassword(username!, Buffer.from(psk!, 'base64'), method as TencentSignmethod),
  onenet: ({ res, et, method, accessKey, version }) =>
    onenetToken(res!, et!, method as OnenetHash, Buffer.from(accessKey!, 'base64'), version),
};

const known = vectors.filter(({ profile }) => profile !== 'jwt');

it('has vectors of five schemes, and one of tokens', () => {
  expect([vectors.length, known.length]).toEqual([10, 9]);
  expect(new Set(known.map(({ profile }) => profile)).size).toBe(Object.keys(SIGNED).length);
});

it.each(known)('$id', ({ id, profile, input, expected }) => {
  const method = id.startsWith('tencent-') ? id.replace('tencent-', 'hmac') : input.method!;
  expect(SIGNED[profile]!({ ...input, method })).toBe(expected.password);
});

it.each([
  [apsaraSignature, 'usernameSignature'],
  [apsaraDeviceCredential, 'usernameDevice'],
] as const)('ApsaraMQ, the whole login: $0.name', ({ name: method, prepare }, username) => {
  const { input, expected } = known.find(({ profile }) => profile === 'apsaramq')!;
  const builder = new DeviceTableBuilder(0, 2);
  builder.add('', '0001', input.secret!, input.clientId, [input.accessKeyId!]);
  const devices = builder.build();
  const settings = { method, instanceId: input.instanceId!, groupId: 'GID_Test' };
  expect(prepare(settings as ApsaraSettings, devices)(devices.identity(0), 0)).toEqual({
    mqttClientId: input.clientId,
    username: expected[username],
    password: expected.password,
  });
});

it.each([
  ['MD5', '0', '22bc75231495220c7a2202fe15f7d286'],
  ['MD5', '1700000000', 'c7aa0f9bd88fb5ba4857abc4868921e0'],
  ['SHA256', '0', '8b84e00accf874b07c1ac586830d211386294df1d2303d40d19c007c0e937af5'],
  ['SHA256', '1700000000', '4b4923db7522a0fe7a50a26003ba4a7647f627921828127e169073b9eafe5a2e'],
] as const)('Baidu, %s at %s', (method, timestamp, password) => {
  expect(baiduPassword('mydevice', timestamp, method, 'ImSeCrEt0I1M2jkl')).toBe(password);
});

it.each([
  ['md5', 'htDD26UhXtXayMFAWRmNiA%3D%3D'],
  ['sha1', 'onzQlILHFFNqIY%2BdOXYM3lthLT8%3D'],
  ['sha256', '6Y4zbk3Sa89tRf9lMxCCE0jG74uEcEuu%2Fnly1pU9ADM%3D'],
] as const)('OneNET, %s', (method, sign) => {
  const key = Buffer.from('KuF3NT/jUBJ62LNBB/A8XZA9CqS3Cu79B/ABmfA1UCw=', 'base64');
  expect(onenetToken('products/Ck2AF9QD2K/devices/test', '32472115200', method, key)).toBe(
    `version=2018-10-31&res=products%2FCk2AF9QD2K%2Fdevices%2Ftest&et=32472115200&method=${method}&sign=${sign}`,
  );
});

it('Huawei, of a moment', () => {
  const hour = hourOf(1_700_028_000_000);
  expect(hour).toBe('2023111506');
  expect(huaweiPassword(hour, '123456789')).toBe(
    '1c05cd54cb1b9585d40f10581aa2c84bf8c93c418eceff2f55f55dbc396c5b32',
  );
});

// Worked out with openssl: printf %s CONTENT | openssl dgst -sha256 -hmac secret
it('yudao, with the secret in the content', () => {
  const device = { productKey: 'pk', deviceName: 'dn', clientId: 'pk.dn' };
  expect(yudaoPassword(device, 'secret')).toBe(
    '8f358213039f7cf576644281e559d84b06a9ddc215ccc7a65ae260c167ae4085',
  );
});
