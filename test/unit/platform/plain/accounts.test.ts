import { describe, expect, it } from 'vitest';
import { DeviceTableBuilder } from '../../../../src/model/devices/device-table.ts';
import { STAND_IN_BROKER } from '../../../../src/platform/plain/accounts.ts';

const builder = new DeviceTableBuilder(0, 2);
builder.add('', 'd1', 'p1', 'c1', ['u1']);
builder.add('', 'd2', 'p2', 'c2', ['u2']);
const DEVICES = builder.build();

function judged(method: string | undefined, mqttClientId: string, username: string, password: string) {
  const { judge } = STAND_IN_BROKER.prepare(DEVICES, method === undefined ? undefined : { method });
  return judge({ mqttClientId, username, password, tls: false });
}

describe('password', () => {
  it('lets the devices of the list in, known by their client ids', () => {
    expect(judged('password', 'c1', 'u1', 'p1')).toEqual({ ok: true, productKey: '', deviceName: 'c1' });
    expect(judged(undefined, 'c2', 'u2', 'p2')).toMatchObject({ ok: true, deviceName: 'c2' });
  });

  it('lets an account in under another client id, as brokers do', () => {
    expect(judged('password', 'c1', 'u2', 'p2')).toMatchObject({ ok: true });
    expect(judged('password', 'stranger', 'u2', 'p2')).toMatchObject({ ok: true, deviceName: 'stranger' });
  });

  it.each([
    ['the password of another', 'c1', 'u1', 'p2'],
    ['none', 'c1', 'u1', ''],
    ['the password of a user that is not there', 'c1', 'u3', 'p1'],
    ['no account', 'c1', '', ''],
  ])('refuses %s', (_, ...connect) => {
    const refused = { ok: false, returnCode: 4, reason: 'wrong-password' };
    expect(judged('password', ...connect)).toEqual(refused);
  });
});

it('none lets everybody in, and who has no client id under one of their own', () => {
  expect(judged('none', 'c9', '', '')).toMatchObject({ ok: true, deviceName: 'c9' });
  const { judge } = STAND_IN_BROKER.prepare(DEVICES, { method: 'none' });
  const names = [1, 2].map(() => judge({ mqttClientId: '', username: '', password: '', tls: false }));
  expect(new Set(names.map((verdict) => verdict.ok && verdict.deviceName)).size).toBe(2);
});

it('knows no topic of Aliyun’s', () => {
  expect(STAND_IN_BROKER.isOwnTopic('anything/#', '//c1')).toBe(true);
  expect(STAND_IN_BROKER.answersAlink).toBe(false);
});
