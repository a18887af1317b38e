import { describe, expect, it } from 'vitest';
import { hinterOf } from '../../../../src/client/failure-hint.ts';
import { PendingSubscriptions } from '../../../../src/client/pending-subscriptions.ts';
import { loginContext, loginOf } from '../../../../src/load/device/login.ts';
import { DeviceTableBuilder } from '../../../../src/model/devices/device-table.ts';
import { rejectedConnack } from '../../../../src/model/failure.ts';
import { NO_LIMITS } from '../../../../src/mqtt/server-limits.ts';
import { aliyun } from '../../../../src/platform/aliyun/aliyun.ts';
import { plain } from '../../../../src/platform/plain/plain.ts';

const TARGET = { kind: 'url', protocol: 'mqtt', host: 'broker', port: 1883, path: '' } as const;

function loggedIn(method: string, row: number) {
  const builder = new DeviceTableBuilder(0, 2);
  builder.add('', 'd1', 'p1', 'c1', ['u1']);
  builder.add('pk', '设备', '口令', '设备', ['用户']);
  const devices = builder.build();
  const context = loginContext({ platform: 'plain', auth: { method } }, devices, TARGET);
  const attempt = { enter: () => {}, took: () => {}, signal: new AbortController().signal };
  return loginOf(context, devices.identity(row), row, 0, attempt);
}

it('sends user name and password as they are given, and goes where the target says', () => {
  expect(loggedIn('password', 0)).toEqual({
    endpoint: { protocol: 'mqtt', host: 'broker', port: 1883, path: '' },
    credentials: { mqttClientId: 'c1', username: 'u1', password: 'p1' },
  });
  expect(loggedIn('password', 1).credentials).toEqual({
    mqttClientId: '设备',
    username: '用户',
    password: '口令',
  });
});

it('sends neither where there is no login', () => {
  expect(loggedIn('none', 0).credentials).toEqual({
    mqttClientId: 'c1',
    username: undefined,
    password: undefined,
  });
});

describe('no rule of Aliyun', () => {
  it('a SUBSCRIBE has room for any number of topics', () => {
    const wanted = Array.from({ length: 20 }, (_, n) => ({ topic: `t/${n}`, qos: 0 as const }));
    const batchesOf = ({ limits }: Pick<typeof plain, 'limits'>): number[] =>
      new PendingSubscriptions(limits.topicsPerSubscribe)
        .add(wanted, NO_LIMITS)
        .map(({ sent }) => sent.length);
    expect(batchesOf(plain)).toEqual([20]);
    expect(batchesOf(aliyun as never)).toEqual([8, 8, 4]);
  });

  it('no hint speaks of it', () => {
    const hintOf = hinterOf(plain);
    const failures = [
      ...[1, 2, 3, 4, 5].map(rejectedConnack),
      ...Array.from({ length: 35 }, (_, n) => rejectedConnack(128 + n)),
      { phase: 'suback', kind: 'rejected', code: 'SUBACK 128' },
      { phase: 'reply', kind: 'timeout', code: '' },
      { phase: 'open', kind: 'kicked', code: 'DISCONNECT 142' },
      { phase: 'open', kind: 'kicked', code: '' },
      { phase: 'dns', kind: 'dns', code: 'ENOTFOUND' },
    ];
    for (const failure of failures) {
      expect(hintOf(failure)).toMatch(/\w{3}/);
      expect(hintOf(failure)).not.toMatch(/platform|DeviceSecret|triple|region|product|securemode|\|/i);
    }
    expect(new Set([1, 2, 3, 4, 5].map((code) => hintOf(rejectedConnack(code)))).size).toBe(5);
  });
});
