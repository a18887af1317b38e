import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../../src/scenario/target.ts';
import { goesAbroad, isForeign } from '../../../src/scenario/target-owner.ts';

function isForeignAt(address: string): boolean {
  const target = parseTarget(address, '');
  if (!('kind' in target) || target.kind === 'list') throw new Error(address);
  return isForeign(target);
}

it.each([
  ['https://iot-auth.cn-shanghai.aliyuncs.com/auth/devicename', true],
  ['https://[2001:db8::1]:8443/auth/devicename', true],
  ['https://127.0.0.1:8443/auth/devicename', false],
  ['http://[::1]/auth/devicename', false],
  ['embedded', false],
  [undefined, false],
])('a service that may be somebody else’s: %s', (url, expected) => {
  const target = parseTarget('mqtt://localhost', '') as Parameters<typeof isForeign>[0];
  expect(goesAbroad({ target, auth: { method: 'https', ...(url !== undefined && { url }) } })).toBe(expected);
});

describe('a target that may be somebody else’s', () => {
  it.each([
    'mqtt://broker.example.com',
    'mqtts://8.8.8.8',
    'mqtt://172.32.0.1',
    'mqtt://192.0.2.1',
    'mqtt://100.64.0.1',
    'ws://[2001:db8::1]',
    'mqtt://[::ffff:8.8.8.8]',
    'mqtt://localhost.example.com',
    'mqtt://a1.iot-as-mqtt.cn-shanghai.aliyuncs.com',
    // A name, and none of an address.
    'mqtt://10.0.0.1.example.com',
  ])('is %s', (address) => {
    expect(isForeignAt(address)).toBe(true);
  });

  it('is the platform', () => {
    expect(isForeign({ kind: 'region', region: 'cn-shanghai', tls: true })).toBe(true);
    expect(isForeign({ kind: 'instance', instance: 'iot-x', tls: true })).toBe(true);
  });

  it.each([
    'embedded',
    'mqtt://localhost',
    'mqtt://LOCALHOST.',
    'mqtt://127.8.8.8',
    'mqtt://0.0.0.0',
    'mqtt://10.1.2.3',
    'mqtt://172.31.255.255',
    'mqtt://192.168.0.1',
    'mqtt://169.254.1.1',
    'mqtt://[::1]',
    'mqtt://[fd00::1]',
    'mqtt://[fe80::1]',
    'mqtt://[::ffff:10.0.0.1]',
    'mqtt://mosquitto',
    'mqtt://broker.local',
    'mqtt://broker.default.svc.cluster.local',
    'mqtt://box.home.arpa',
    'mqtt://x.internal',
  ])('is not %s', (address) => {
    expect(isForeignAt(address)).toBe(false);
  });
});
