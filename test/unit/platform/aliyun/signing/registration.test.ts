import { describe, expect, it } from 'vitest';
import {
  registrationCredentials,
  registrationSign,
  tokenCredentials,
} from '../../../../../src/platform/aliyun/signing/registration.ts';
import { tripleOf, VECTORS } from '../vectors.ts';

const OF_MQTT = VECTORS.vectors.filter(({ kind }) => kind === 'mqtt-register');
const OF_HTTPS = VECTORS.vectors.filter(({ kind }) => kind === 'https-register');

describe('registration', () => {
  it('has vectors of both kinds', () => {
    expect([OF_MQTT.length, OF_HTTPS.length]).toEqual([3, 1]);
  });

  it.each(OF_MQTT)('over MQTT is that of $id', (vector) => {
    const { input, expected } = vector;
    const { password, username, mqttClientId } = registrationCredentials(
      { ...tripleOf(vector), clientId: input.deviceName },
      input.secret,
      {
        registration: 'register',
        random: input.random!,
        signmethod: input.signmethod,
        instanceId: undefined,
      },
    );
    expect({ password, username, mqttClientId }).toEqual(expected);
  });

  it.each(OF_HTTPS)('over HTTPS is that of $id', ({ input, expected }) => {
    expect(registrationSign(input, input.random!, input.signmethod, input.secret)).toBe(expected.sign);
  });

  it('of a device without a listing says so, and which instance it is for', () => {
    const asked = { random: '1', signmethod: 'hmacsha256', instanceId: 'iot-x' } as const;
    const { mqttClientId } = registrationCredentials(
      { productKey: 'pk', deviceName: 'd1', clientId: 'mac' },
      's',
      { ...asked, registration: 'regnwl' },
    );
    expect(mqttClientId).toBe(
      'mac|securemode=-2,authType=regnwl,random=1,signmethod=hmacsha256,instanceId=iot-x|',
    );
  });

  it('ends in a login that sends the token as it is', () => {
    expect(tokenCredentials({ productKey: 'pk', deviceName: 'd1', clientId: 'c1' }, 'token')).toEqual({
      mqttClientId: 'c1|securemode=-2,authType=connwl|',
      username: 'd1&pk',
      password: 'token',
    });
  });
});
