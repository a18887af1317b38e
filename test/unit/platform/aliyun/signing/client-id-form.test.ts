import { describe, expect, it } from 'vitest';
import { DeviceTableBuilder } from '../../../../../src/model/devices/device-table.ts';
import { type HmacSettings, hmac } from '../../../../../src/platform/aliyun/login/hmac.ts';
import { complete } from '../../../../../src/platform/aliyun/login/hmac-settings.ts';
import type { ClientIdSettings } from '../../../../../src/platform/aliyun/signing/client-id-form.ts';
import { hmacHex } from '../../../../../src/platform/aliyun/signing/credentials.ts';
import type { Endpoint } from '../../../../../src/platform/endpoint.ts';
import type { Credentials, LoginAttempt } from '../../../../../src/platform/login.ts';

const builder = new DeviceTableBuilder();
builder.add('a1testPk001', 'dev1', 'secret');
builder.add('a1testPk001', 'dev2', 'secret', 'listed');
const DEVICES = builder.build();
const NOW = 1_700_000_000_123;
const NO_REQUESTS: LoginAttempt = { enter: () => {}, took: () => {}, signal: new AbortController().signal };

type Given = ClientIdSettings & Partial<Pick<HmacSettings, 'signmethod' | 'timestamp'>>;

/** What CONNECT carries of the device, over plain TCP unless said otherwise. */
function made(given: Given, row = 0, protocol: Endpoint['protocol'] = 'mqtt'): Credentials {
  const login = hmac.prepare(complete({ method: 'hmac', ...given }), DEVICES);
  const endpoint: Endpoint = { protocol, host: 'h', port: 1, path: '' };
  return login(DEVICES.identity(row), row, endpoint, NOW, NO_REQUESTS) as Credentials;
}

/** Rows of what official SDKs and the console were seen to send, with what each signs. */
describe('what an SDK sends', () => {
  it('as the C Link SDK 4', () => {
    expect(made({ sdk: 'c-link-4' })).toEqual({
      mqttClientId:
        'a1testPk001.dev1|timestamp=2524608000000,_ss=1,_v=sdk-c-4.1.0,securemode=3,signmethod=hmacsha256,ext=3,|',
      username: 'dev1&a1testPk001',
      password: hmacHex(
        'hmacsha256',
        'secret',
        'clientIda1testPk001.dev1deviceNamedev1productKeya1testPk001timestamp2524608000000',
      ).toUpperCase(),
    });
  });

  it('as the C Link SDK 4 over TLS, with a pair added and a client id that the server assigns', () => {
    expect(made({ sdk: 'c-link-4', clientId: '', params: { _conn: 'tls_1' } }, 0, 'wss')).toMatchObject({
      mqttClientId:
        '|timestamp=2524608000000,_ss=1,_v=sdk-c-4.1.0,securemode=2,signmethod=hmacsha256,ext=3,_conn=tls_1|',
      password: hmacHex(
        'hmacsha256',
        'secret',
        'clientIddeviceNamedev1productKeya1testPk001timestamp2524608000000',
      ).toUpperCase(),
    });
  });

  it('as the JavaScript SDK', () => {
    expect(made({ sdk: 'js' }, 0, 'mqtts')).toMatchObject({
      mqttClientId: `a1testPk001&dev1|securemode=2,signmethod=hmacsha1,timestamp=${NOW},lan=NodeJS,_v=1.2.8|`,
      password: hmacHex(
        'hmacsha1',
        'secret',
        `clientIda1testPk001&dev1deviceNamedev1productKeya1testPk001timestamp${NOW}`,
      ),
    });
  });

  it('as the C Link SDK 3', () => {
    expect(made({ sdk: 'c-link-3' }, 0, 'mqtts')).toEqual({
      mqttClientId:
        'a1testPk001.dev1|timestamp=2524608000000,_v=sdk-c-3.1.0,securemode=2,signmethod=hmacsha256,lan=C,_ss=1,gw=0,ext=0|',
      username: 'dev1&a1testPk001',
      password: made({ sdk: 'c-link-4' }).password,
    });
  });

  it('as the older JavaScript SDK, which breaks lines', () => {
    const free = 'a1testPk001&dev1_aliyun-iot-device-sdk-js';
    expect(made({ sdk: 'js-1' })).toMatchObject({
      mqttClientId: `${free}|securemode=3,\n        signmethod=hmacsha1,\n        timestamp=${NOW}|`,
      password: hmacHex(
        'hmacsha1',
        'secret',
        `clientId${free}deviceNamedev1productKeya1testPk001timestamp${NOW}`,
      ),
    });
    expect(made({ sdk: 'js-1', params: { gw: '1' }, order: ['gw'] }).mqttClientId).toMatch(
      /\|gw=1,\n {8}securemode=3,/,
    );
  });

  it('as the JavaScript SDK in WeChat', () => {
    expect(made({ sdk: 'js', params: { lan: 'JS|WX' } }).mqttClientId).toBe(
      `a1testPk001&dev1|securemode=3,signmethod=hmacsha1,timestamp=${NOW},lan=JS|WX,_v=1.2.8|`,
    );
  });

  it.each(['mqtt', 'mqtts'] as const)('as the console hands it out, over %s alike', (protocol) => {
    expect(made({ sdk: 'console' }, 0, protocol)).toMatchObject({
      mqttClientId: `a1testPk001.dev1|securemode=2,signmethod=hmacsha256,timestamp=${NOW}|`,
      password: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('but for what is given beside it', () => {
    const given: Given = {
      sdk: 'c-link-4',
      signmethod: 'hmacmd5',
      timestamp: 'omit',
      hex: 'lower',
      params: { ext: '1', gw: '0' },
      order: ['securemode', 'gw'],
    };
    expect(made(given)).toMatchObject({
      mqttClientId: 'a1testPk001.dev1|securemode=3,gw=0,_ss=1,_v=sdk-c-4.1.0,signmethod=hmacmd5,ext=1,|',
      password: hmacHex('hmacmd5', 'secret', 'clientIda1testPk001.dev1deviceNamedev1productKeya1testPk001'),
    });
  });
});

describe('without an SDK', () => {
  it('is what every login is where nothing is said', () => {
    const { mqttClientId } = made({});
    expect(mqttClientId).toBe(`a1testPk001.dev1|securemode=3,signmethod=hmacsha1,timestamp=${NOW}|`);
    expect(made({ params: {}, order: [], hex: 'lower' })).toEqual(made({}));
  });

  it.each<[string, Given, string]>([
    [
      'pairs more',
      { params: { ext: '1', _ss: '1' } },
      `|securemode=3,signmethod=hmacsha1,timestamp=${NOW},ext=1,_ss=1|`,
    ],
    ['another order', { order: ['timestamp'] }, `|timestamp=${NOW},securemode=3,signmethod=hmacsha1|`],
    [
      'the order of an EMQX plugin, which takes the second pair for the timestamp',
      { order: ['securemode', 'timestamp', 'signmethod'] },
      `|securemode=3,timestamp=${NOW},signmethod=hmacsha1|`,
    ],
    ['no timestamp', { timestamp: 'omit', params: { gw: '1' } }, '|securemode=3,signmethod=hmacsha1,gw=1|'],
    [
      'an order of all',
      { timestamp: 5, params: { gw: '1' }, order: ['gw', 'timestamp', 'signmethod', 'securemode'] },
      '|gw=1,timestamp=5,signmethod=hmacsha1,securemode=3|',
    ],
  ])('%s', (_, given, extension) => {
    expect(made(given).mqttClientId).toBe(`a1testPk001.dev1${extension}`);
  });

  it('fills a template, and leaves what the list itself says', () => {
    const given: Given = { clientId: '${deviceName}@${productKey}!', timestamp: 'omit' };
    expect(made(given).mqttClientId).toMatch(/^dev1@a1testPk001!\|/);
    expect(made(given, 1).mqttClientId).toMatch(/^listed\|/);
    expect(made({ sdk: 'js' }, 1).mqttClientId).toMatch(/^listed\|/);
  });

  it('takes an empty free part', () => {
    expect(made({ clientId: '', timestamp: 'omit' }).mqttClientId).toBe('|securemode=3,signmethod=hmacsha1|');
  });

  it('writes upper-case digits', () => {
    const { password } = made({ timestamp: 7 });
    expect(made({ timestamp: 7, hex: 'upper' }).password).toBe(password!.toUpperCase());
  });
});
