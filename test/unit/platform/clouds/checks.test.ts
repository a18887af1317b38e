/** What a device of each scheme sends, held against the stand-in of its platform: it is let in, and with anything changed it is not. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loginContext, loginOf } from '../../../../src/load/device/login.ts';
import { type DeviceTable, DeviceTableBuilder } from '../../../../src/model/devices/device-table.ts';
import type { Auth } from '../../../../src/model/scenario.ts';
import type { ConnectFields } from '../../../../src/platform/check.ts';
import type { Credentials } from '../../../../src/platform/login.ts';
import { platformOf } from '../../../../src/platform/platforms.ts';

const TARGET = { kind: 'url', protocol: 'mqtt', host: 'hub.example', port: 1883, path: '' } as const;
const HOUR_MS = 3_600_000;
const NOON_MS = Date.UTC(2026, 4, 1, 12, 0, 0);
const SECRET = Buffer.from('0123456789abcdef').toString('base64');

beforeEach(() => void vi.useFakeTimers({ now: NOON_MS }));
afterEach(() => void vi.useRealTimers());

interface Case {
  platform: string;
  auth: Auth;
  productKey?: string;
  groupOfOwn?: string;
  more?: string[];
}

const CASES: Case[] = [
  {
    platform: 'apsaramq',
    auth: { method: 'signature', instanceId: 'mqtt-1', groupId: 'GID_a' } as Auth,
    more: ['LTAI1'],
  },
  {
    platform: 'apsaramq',
    auth: { method: 'device-credential', instanceId: 'mqtt-1', groupId: 'GID_a' } as Auth,
    more: ['DC1'],
    groupOfOwn: 'GID_own',
  },
  {
    platform: 'tencent',
    auth: { method: 'hmac', signmethod: 'hmacsha256', appId: '12010126', expires: 60e6 } as Auth,
    productKey: 'PID0000000',
  },
  {
    platform: 'tencent',
    auth: { method: 'hmac', signmethod: 'hmacsha1', appId: '21010406', expires: 60e6 } as Auth,
    productKey: 'PID0000000',
  },
  { platform: 'huawei', auth: { method: 'hmac', checkTimestamp: true } as Auth },
  { platform: 'huawei', auth: { method: 'hmac', checkTimestamp: false } as Auth },
  ...['sha256', 'sha1', 'md5'].map((signmethod) => ({
    platform: 'onenet',
    auth: { method: 'token', signmethod, expires: 60e6 } as Auth,
    productKey: '123123',
  })),
  {
    platform: 'baidu',
    auth: { method: 'signature', signmethod: 'MD5', timestamp: 'now' } as Auth,
    productKey: 'core1',
  },
  {
    platform: 'baidu',
    auth: { method: 'signature', signmethod: 'SHA256', timestamp: 'omit' } as Auth,
    productKey: 'core1',
  },
  { platform: 'azure', auth: { method: 'sas', apiVersion: '2021-04-12', expires: 60e6 } as Auth },
  { platform: 'yudao', auth: { method: 'hmac' }, productKey: 'pk' },
];

function devicesOf({ platform, productKey = '', groupOfOwn, more = [] }: Case, secret: string): DeviceTable {
  const builder = new DeviceTableBuilder(0, 1 + more.length);
  const { devices } = platformOf({ platform });
  for (const name of ['dev-0', 'dev-1'])
    builder.add(
      productKey,
      name,
      name === 'dev-1' ? secret : `AA${secret}`,
      groupOfOwn === undefined ? devices.clientId(name, productKey) : `${groupOfOwn}@@@${name}`,
      more,
    );
  return builder.build();
}

/** What the second device sends at that moment. */
function signed(each: Case, epochMs = Date.now()): ConnectFields {
  const devices = devicesOf(each, SECRET);
  const context = loginContext(each, devices, TARGET);
  const attempt = { enter: () => {}, took: () => {}, signal: new AbortController().signal };
  const { credentials } = loginOf(context, devices.identity(1), 1, epochMs, attempt);
  const { mqttClientId, username = '', password = '' } = credentials as Credentials;
  return { mqttClientId, username, password, tls: false };
}

function judged(each: Case, connect: ConnectFields, secret = SECRET) {
  const { standIn } = platformOf(each);
  return standIn.prepare(devicesOf(each, secret), each.auth).judge(connect);
}

describe.each(CASES.map((each) => [`${each.platform} ${JSON.stringify(each.auth)}`, each] as const))(
  '%s',
  (_, each) => {
    it('is let in as itself', () => {
      const { productKey = '' } = each;
      expect(judged(each, signed(each))).toEqual({ ok: true, productKey, deviceName: 'dev-1' });
    });

    it('is refused with another secret', () => {
      const refused = { ok: false, reason: 'wrong-password' };
      expect(judged(each, signed(each), `BB${SECRET}`)).toMatchObject(refused);
    });

    it('is refused with a password, a user name or a client id that is not its own', () => {
      const connect = signed(each);
      for (const password of ['', 'x', `${connect.password}0`, SECRET])
        expect(judged(each, { ...connect, password }).ok, password).toBe(false);
      for (const username of ['', 'x', connect.username.replace('dev-1', 'dev-2'), `0${connect.username}`])
        if (username !== connect.username)
          expect(judged(each, { ...connect, username }).ok, username).toBe(false);
      if (each.platform === 'baidu') return;
      for (const mqttClientId of ['', 'x', connect.mqttClientId.replace('dev-1', 'dev-2')])
        expect(judged(each, { ...connect, mqttClientId }).ok, mqttClientId).toBe(false);
    });
  },
);

describe('what runs out', () => {
  const limited = CASES.filter(({ auth }) => 'expires' in auth);

  it.each(limited)('$platform: is good for as long as `expires` says', (each) => {
    const connect = signed(each);
    vi.setSystemTime(NOON_MS + 59_000);
    expect(judged(each, connect).ok).toBe(true);
    vi.setSystemTime(NOON_MS + 62_000);
    expect(judged(each, connect)).toMatchObject({ ok: false, reason: 'expired' });
  });

  it('covers three platforms', () => {
    expect(new Set(limited.map(({ platform }) => platform)).size).toBe(3);
  });
});

describe('the hour of Huawei Cloud', () => {
  const checked = CASES.find(({ auth }) => 'checkTimestamp' in auth && auth.checkTimestamp)!;
  const unchecked = CASES.find(({ auth }) => 'checkTimestamp' in auth && !auth.checkTimestamp)!;

  it('rolls over with the clock: each attempt signs with its own', () => {
    const before = signed(checked, NOON_MS + HOUR_MS - 1);
    const after = signed(checked, NOON_MS + HOUR_MS);
    expect(before.mqttClientId).toBe('dev-1_0_1_2026050112');
    expect(after.mqttClientId).toBe('dev-1_0_1_2026050113');
    vi.setSystemTime(NOON_MS + HOUR_MS);
    for (const connect of [before, after]) expect(judged(checked, connect).ok).toBe(true);
    // Of the one hour with the password of the other.
    expect(judged(checked, { ...after, password: before.password })).toMatchObject({
      reason: 'wrong-password',
    });
  });

  it.each([
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ])('%i hours off is taken: %s', (hours, isTaken) => {
    const connect = signed(checked, NOON_MS + hours * HOUR_MS);
    expect(judged(checked, connect).ok).toBe(isTaken);
    if (!isTaken) expect(judged(checked, connect)).toMatchObject({ returnCode: 4, reason: 'wrong-hour' });
  });

  it('is any hour where the client id does not ask for the check', () => {
    expect(judged(unchecked, signed(unchecked, 0)).ok).toBe(true);
  });
});

describe('hosts', () => {
  it.each([
    [
      'tencent',
      { kind: 'region', region: 'china', tls: true },
      'mqtts://pk.iotcloud.tencentdevices.com:8883',
    ],
    [
      'tencent',
      { kind: 'region', region: 'ap-bangkok', tls: false },
      'mqtt://pk.ap-bangkok.iothub.tencentdevices.com:1883',
    ],
    ['baidu', { kind: 'region', region: 'gz', tls: false }, 'mqtt://pk.iot.gz.baidubce.com:1883'],
    ['azure', { kind: 'instance', instance: 'hub1', tls: true }, 'mqtts://hub1.azure-devices.net:8883'],
    [
      'apsaramq',
      { kind: 'instance', instance: 'mqtt-cn-1', tls: true },
      'mqtts://mqtt-cn-1.mqtt.aliyuncs.com:8883',
    ],
  ] as const)('%s %o', (platform, target, url) => {
    const rules = platformOf({ platform }).endpoint as Record<
      string,
      (...all: unknown[]) => { [key: string]: unknown }
    >;
    const { protocol, host, port } = rules[target.kind]!(target, 'pk');
    expect(`${protocol}://${host}:${port}`).toBe(url);
  });
});

describe('names', () => {
  it.each([
    ['tencent', 'dev:1', true],
    ['tencent', 'dev+1', false],
    ['tencent', 'd'.repeat(49), false],
    ['huawei', 'pid_node-1', true],
    ['huawei', 'a/b', false],
    ['onenet', 'a#b', false],
    ['baidu', 'a|b', false],
    ['azure', "a.b%_*?!(),:=@$'-", true],
    ['azure', 'a#b', false],
    ['apsaramq', 'a:b', false],
    ['yudao', 'a&b', false],
    ['yudao', '设备', true],
  ])('%s takes %s: %s', (platform, name, isTaken) => {
    const { trouble } = platformOf({ platform }).devices;
    expect(trouble('deviceName', name) === undefined).toBe(isTaken);
    expect(JSON.stringify(trouble('deviceName', name) ?? '')).not.toContain(`"${name}"`);
  });
});
