import type { IConnectPacket } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { DeviceTableBuilder } from '../../../../src/model/devices/device-table.ts';
import { sign } from '../../../../src/platform/aliyun/signing/credentials.ts';
import { SignInDesk } from '../../../../src/stand-in/endpoint/sign-in.ts';

const TRIPLE = { productKey: 'pk', deviceName: 'dn', deviceSecret: 'secret', clientId: 'pk.dn' };

function desk(): SignInDesk {
  const devices = new DeviceTableBuilder();
  devices.add('pk', 'dn', 'secret', '');
  return new SignInDesk(devices.build().shared);
}

function connect(keepalive: number): IConnectPacket {
  const { mqttClientId, username, password } = sign(TRIPLE, 'hmacsha1', 3, undefined);
  return { cmd: 'connect', clientId: mqttClientId, username, password: Buffer.from(password), keepalive };
}

describe('keepalive', () => {
  it.each([30, 300, 1200])('%i s is allowed', (sec) =>
    expect(desk().judge(connect(sec), false)).toEqual({ ok: true, topicPrefix: '/pk/dn' }),
  );
  it.each([0, 29, 1201, 65_535])('%i s is refused', (sec) =>
    expect(desk().judge(connect(sec), false)).toEqual({
      ok: false,
      returnCode: 3,
      reason: 'keepalive-out-of-range',
    }),
  );
});
