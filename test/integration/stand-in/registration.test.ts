import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceTableBuilder, type Identity } from '../../../src/model/devices/device-table.ts';
import {
  type AskedOverMqtt,
  registrationCredentials,
  registrationSign,
  tokenCredentials,
} from '../../../src/platform/aliyun/signing/registration.ts';
import type { Credentials } from '../../../src/platform/login.ts';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { closed, optionsOf, returnCodeOf } from './fleet.ts';

const PRODUCTS = new Map([
  ['pk', { productSecret: 'secret-of-pk', isRegistrationOn: true }],
  ['off', { productSecret: 'secret-of-off', isRegistrationOn: false }],
]);
const D1 = { productKey: 'pk', deviceName: 'd1', clientId: 'd1' };
const BY_SHA256: AskedOverMqtt = {
  registration: 'register',
  random: '123',
  signmethod: 'hmacsha256',
  instanceId: undefined,
};

function devices() {
  const builder = new DeviceTableBuilder();
  builder.add('pk', 'd1', '');
  builder.add('pk', 'd2', 'secret-of-d2');
  builder.add('off', 'd1', '');
  return builder.build().shared;
}

let standIn: StandIn;
let tls: IClientOptions;

beforeEach(async () => {
  standIn = await startStandIn({
    ...{ devices: devices(), products: PRODUCTS, tcp: 0, tls: 0, http: 0 },
    // A key that is made, and signs, in a fraction of the time.
    certificate: 'ecdsa',
  });
  tls = { ca: standIn.ca!, reconnectPeriod: 0, protocolVersion: 4, keepalive: 0 };
});
afterEach(() => standIn.close());

function optionsWith({ mqttClientId: clientId, username, password }: Credentials): IClientOptions {
  return { ...tls, clientId, username: username!, password: password! };
}

function asking(device: Identity = D1, asked: Partial<AskedOverMqtt> = {}, secret = 'secret-of-pk') {
  return optionsWith(registrationCredentials(device, secret, { ...BY_SHA256, ...asked }));
}

/** The first message of a connection that is let in. */
function answerTo(
  options: IClientOptions,
): Promise<{ client: MqttClient; topic: string; said: Record<string, string> }> {
  return new Promise((resolve, reject) => {
    const client = mqtt.connect(standIn.urls.tls!, options);
    client.on('error', reject);
    client.once('message', (topic, payload) =>
      resolve({ client, topic, said: JSON.parse(payload.toString()) }),
    );
  });
}

async function secretFor(device: Identity = D1): Promise<string> {
  const { client, said } = await answerTo(asking(device));
  await client.endAsync(true);
  return said.deviceSecret!;
}

const codeOf = (options: IClientOptions) => returnCodeOf(standIn.urls.tls!, options);

function signedIn(deviceSecret: string): Promise<number> {
  const { productKey, deviceName } = D1;
  const triple = { productKey, deviceName, deviceSecret, clientId: 'c' };
  return returnCodeOf(standIn.urls.tcp!, optionsOf(triple, standIn.urls.tcp!));
}

describe('registration of a listed device', () => {
  it('is answered with its secret, without a SUBSCRIBE and with keepalive off', async () => {
    const { client, topic, said } = await answerTo(asking());
    expect(topic).toBe('/ext/register');
    expect(said).toEqual({
      productKey: 'pk',
      deviceName: 'd1',
      deviceSecret: expect.stringMatching(/^\w{32}$/),
    });
    expect(standIn.counts()).toMatchObject({ registers_ok: 1, connects_ok: 1, connections_open: 1 });
    await client.endAsync();
    expect(await signedIn(said.deviceSecret!)).toBe(0);
  });

  it('gives another secret each time, of which the last is valid', async () => {
    const [first, second] = [await secretFor(), await secretFor()];
    expect(second).not.toBe(first);
    expect(await signedIn(first)).toBe(4);
    expect(await signedIn(second)).toBe(0);
  });

  it('takes the place of a secret that the list has', async () => {
    const d2 = { ...D1, deviceName: 'd2' };
    const secret = await secretFor(d2);
    const url = standIn.urls.tcp!;
    expect(await returnCodeOf(url, optionsOf({ ...d2, deviceSecret: 'secret-of-d2' }, url))).toBe(4);
    expect(await returnCodeOf(url, optionsOf({ ...d2, deviceSecret: secret }, url))).toBe(0);
  });

  it('is refused once the device has signed in', async () => {
    const secret = await secretFor();
    expect(await signedIn(secret)).toBe(0);
    expect(await codeOf(asking())).toBe(4);
    expect(await signedIn(secret)).toBe(0);
  });

  it('is not closed to a device whose login was refused', async () => {
    await secretFor();
    expect(await signedIn('wrong')).toBe(4);
    expect(await codeOf(asking())).toBe(0);
  });

  it('lets nobody in by the empty secret of a device that has none yet', async () => {
    expect(await signedIn('')).toBe(4);
  });

  it.each<[string, number, () => IClientOptions]>([
    ['the secret of another product', 4, () => asking(D1, {}, 'secret-of-off')],
    ['the DeviceSecret', 4, () => asking({ ...D1, deviceName: 'd2' }, {}, 'secret-of-d2')],
    ['a device that is not listed', 4, () => asking({ ...D1, deviceName: 'd9' })],
    ['a product that is not known', 4, () => asking({ ...D1, productKey: 'pk9' })],
    ['registration switched off', 4, () => asking({ ...D1, productKey: 'off' }, {}, 'secret-of-off')],
    ['a malformed user name', 4, () => ({ ...asking(), username: 'd1' })],
    ['no random', 2, () => ({ ...asking(), clientId: 'd1|securemode=2,authType=register|' })],
    [
      'a sign method that there is not',
      2,
      () => ({ ...asking(), clientId: 'd1|securemode=2,authType=register,random=1,signmethod=sha256|' }),
    ],
  ])('refuses %s with code %i', async (_fault, code, options) => {
    expect(await codeOf(options())).toBe(code);
    expect(standIn.counts()).toMatchObject({ registers_ok: 0, connects_refused: 1 });
  });

  it('is over TLS only', async () => {
    const { ca: _, ...plain } = asking();
    expect(await returnCodeOf(standIn.urls.tcp!, plain)).toBe(2);
  });

  it.each(['hmacmd5', 'hmacsha1'] as const)('takes %s, in digits of either case', async (signmethod) => {
    const options = asking(D1, { signmethod });
    expect(await codeOf({ ...options, password: (options.password as string).toUpperCase() })).toBe(0);
  });

  it('takes no place: a device that is signed in stays', async () => {
    const d2 = { ...D1, deviceName: 'd2', deviceSecret: 'secret-of-d2' };
    const url = standIn.urls.tcp!;
    const device = await mqtt.connectAsync(url, optionsOf(d2, url), false);
    const { client } = await answerTo(asking(D1));
    expect(standIn.counts()).toMatchObject({ kicked: 0, connections_open: 2 });
    await Promise.all([client.endAsync(), device.endAsync()]);
  });

  it('ends the connection over a message, which a device without a login has no right to', async () => {
    const { client } = await answerTo(asking());
    const gone = closed(client);
    client.publish('/sys/pk/d1/thing/event/property/post', '{}');
    await gone;
    expect(standIn.counts()).toMatchObject({ publishes_received: 0, connections_open: 0 });
  });
});

describe('registration of a device without a listing', () => {
  const asked = { registration: 'regnwl' } as const;
  const d9 = { ...D1, deviceName: 'd9' };

  it('is answered with a client id and a token, which sign it in', async () => {
    const { client, topic, said } = await answerTo(asking(d9, asked));
    await client.endAsync();
    expect(topic).toBe('/ext/regnwl');
    const { clientId, deviceToken, ...names } = said;
    expect(names).toEqual({ productKey: 'pk', deviceName: 'd9' });
    const login = optionsWith(tokenCredentials({ ...d9, clientId: clientId! }, deviceToken!));
    expect(await codeOf(login)).toBe(3);
    expect(await codeOf({ ...login, keepalive: 60 })).toBe(0);
    expect(await codeOf({ ...login, keepalive: 60, password: `${deviceToken}x` })).toBe(4);
    const other = tokenCredentials({ ...d9, clientId: `${clientId}x` }, deviceToken!);
    expect(await codeOf({ ...optionsWith(other), keepalive: 60 })).toBe(4);
  });

  it('need not be asked for where the list has the tokens, which are no secrets then', async () => {
    const builder = new DeviceTableBuilder();
    builder.add('pk', 'd1', 'token-of-d1', 'c1');
    const listed = await startStandIn({ devices: builder.build().shared, auth: { method: 'token' } });
    try {
      const url = listed.urls.tcp!;
      const code = (clientId: string, deviceToken: string) =>
        returnCodeOf(url, {
          ...optionsWith(tokenCredentials({ ...D1, clientId }, deviceToken)),
          keepalive: 60,
        });
      expect([
        await code('c1', 'token-of-d1'),
        await code('c2', 'token-of-d1'),
        await code('c1', 'x'),
      ]).toEqual([0, 4, 4]);
      const { productKey, deviceName } = D1;
      const triple = { productKey, deviceName, deviceSecret: 'token-of-d1', clientId: 'c1' };
      expect(await returnCodeOf(url, optionsOf(triple, url))).toBe(4);
    } finally {
      await listed.close();
    }
  });

  it('gives a device no more than five client ids', async () => {
    const codes = [];
    for (let time = 0; time < 6; time++) codes.push(await codeOf(asking(d9, asked)));
    expect(codes).toEqual([0, 0, 0, 0, 0, 4]);
  });
});

describe('registration over HTTPS', () => {
  const form = (given: Record<string, string> = {}, secret = 'secret-of-pk'): Record<string, string> => {
    const asked = { productKey: 'pk', deviceName: 'd1', random: '567', signMethod: 'hmacsha256', ...given };
    const signmethod = asked.signMethod as AskedOverMqtt['signmethod'];
    const isMethod = signmethod.startsWith('hmac');
    const sign = registrationSign(asked, asked.random, isMethod ? signmethod : 'hmacmd5', secret);
    return { ...asked, sign, ...given };
  };
  const post = async (given: Record<string, string>) => {
    const answer = await fetch(`http://127.0.0.1:${standIn.httpPort!}/auth/register/device`, {
      method: 'POST',
      body: new URLSearchParams(given),
    });
    return (await answer.json()) as { code: number; data?: Record<string, string> };
  };

  it('is answered with a secret that signs the device in, and then is refused it', async () => {
    const { code, data } = await post(form());
    expect(code).toBe(200);
    expect(data).toEqual({
      productKey: 'pk',
      deviceName: 'd1',
      deviceSecret: expect.stringMatching(/^\w{32}$/),
    });
    expect(await signedIn(data!.deviceSecret!)).toBe(0);
    expect((await post(form())).code).toBe(6289);
    expect(standIn.counts()).toMatchObject({
      registers_ok: 1,
      registers_refused: 1,
      registers_refused_6289: 1,
    });
    expect(standIn.truth().register?.count).toBe(1);
  });

  it('is one registry with that over MQTT', async () => {
    const first = await secretFor();
    const { data } = await post(form());
    expect([await signedIn(first), await signedIn(data!.deviceSecret!)]).toEqual([4, 0]);
  });

  it.each<[number, string, () => Record<string, string>]>([
    [460, 'no random', () => ({ ...form(), random: '' })],
    [460, 'no product', () => ({ ...form(), productKey: '' })],
    [6250, 'a product that is not known', () => form({ productKey: 'pk9' })],
    [6288, 'registration switched off', () => form({ productKey: 'off' }, 'secret-of-off')],
    [6600, 'a wrong sign', () => ({ ...form(), sign: '0'.repeat(64) })],
    [6600, 'the secret of another product', () => form({}, 'secret-of-off')],
    [6292, 'a sign method that there is not', () => form({ signMethod: 'sha256' })],
    [5001, 'a device that is not listed', () => form({ deviceName: 'd9' })],
  ])('says %i of %s', async (code, _fault, given) => {
    expect(await post(given())).toEqual({ code, message: expect.any(String) });
    expect(standIn.counts()).toMatchObject({ registers_ok: 0, [`registers_refused_${code}`]: 1 });
  });
});
