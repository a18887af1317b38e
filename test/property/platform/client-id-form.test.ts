import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DeviceTableBuilder } from '../../../src/model/devices/device-table.ts';
import { SIGNMETHODS, type Timestamp } from '../../../src/model/scenario.ts';
import { verifyConnect } from '../../../src/platform/aliyun/check/verify.ts';
import { type HmacSettings, hmac } from '../../../src/platform/aliyun/login/hmac.ts';
import { complete } from '../../../src/platform/aliyun/login/hmac-settings.ts';
import { parseClientId } from '../../../src/platform/aliyun/signing/client-id.ts';
import { pairNames } from '../../../src/platform/aliyun/signing/client-id-form.ts';
import { checkClientId } from '../../../src/platform/aliyun/signing/client-id-problems.ts';
import { SDK_NAMES } from '../../../src/platform/aliyun/signing/sdks.ts';
import type { Credentials, LoginAttempt } from '../../../src/platform/login.ts';
import { cases } from '../../support/cases.ts';

const NO_REQUESTS: LoginAttempt = { enter: () => {}, took: () => {}, signal: new AbortController().signal };
const name = fc.stringMatching(/^[A-Za-z0-9_@.:-]{1,20}$/);
/** Anything at all: what is no pair is sorted out by the check itself, as a scenario's is. */
const anyText = fc.oneof(
  name,
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('timestamp', 'ext', '_ss', 'JS|WX', '|', 'a|', 'b||c'),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const drawn = fc
  .record({
    productKey: name,
    deviceName: name,
    deviceSecret: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    listed: fc.oneof(fc.constant(''), name),
    sdk: maybe(fc.constantFrom(...SDK_NAMES)),
    signmethod: maybe(fc.constantFrom(...SIGNMETHODS)),
    timestamp: maybe(fc.oneof(fc.constantFrom<Timestamp>('now', 'omit'), fc.maxSafeNat())),
    clientId: maybe(fc.oneof(anyText, fc.constantFrom('', '${productKey}&${deviceName}', '${deviceName}-x'))),
    params: maybe(fc.dictionary(anyText, anyText, { maxKeys: 5 })),
    hex: maybe(fc.constantFrom('lower' as const, 'upper' as const)),
    protocol: fc.constantFrom('mqtt' as const, 'mqtts' as const, 'ws' as const, 'wss' as const),
  })
  // Some of the pairs that are there, in any order; and now and then one that is not.
  .chain((draw) =>
    fc.record({
      draw: fc.constant(draw),
      order: maybe(
        fc.shuffledSubarray([...new Set([...pairNames(draw, draw.timestamp !== 'omit'), 'nope'])]),
      ),
    }),
  )
  .map(({ draw, order }) => ({ ...draw, order }));

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

function isSound({ sdk, clientId, params, order, timestamp }: Drawn): boolean {
  let sound = true;
  checkClientId({ sdk, clientId, params, order, timestamp }, () => {
    sound = false;
  });
  return sound;
}

function loginOf(drawn: Drawn): Credentials {
  const { productKey, deviceName, deviceSecret, listed, protocol, ...given } = drawn;
  const builder = new DeviceTableBuilder();
  builder.add(productKey, deviceName, deviceSecret, listed);
  const devices = builder.build();
  const { signmethod, timestamp, sdk, clientId, params, order, hex } = given;
  const draft = { method: 'hmac' as const, sdk, clientId, params, order, hex };
  const settings: HmacSettings = complete({
    ...draft,
    ...(signmethod === undefined ? {} : { signmethod }),
    ...(timestamp === undefined ? {} : { timestamp }),
  });
  const endpoint = { protocol, host: 'h', port: 1, path: '' };
  return hmac.prepare(settings, devices)(
    devices.identity(0),
    0,
    endpoint,
    1_700_000_000_123,
    NO_REQUESTS,
  ) as Credentials;
}

it('whatever is not refused signs in, with each of its pairs once', () => {
  let sound = 0;
  fc.assert(
    fc.property(drawn, (draw) => {
      if (!isSound(draw)) return;
      const { mqttClientId, username, password } = loginOf(draw);
      const parsed = parseClientId(mqttClientId);
      if (!parsed.ok) {
        // Its length depends on the devices, and is looked at with them.
        expect(parsed.problem).toContain('of 64 characters');
        return;
      }
      sound++;
      const { productKey, deviceName, deviceSecret, params = {} } = draw;
      const tls = draw.protocol === 'mqtts' || draw.protocol === 'wss';
      const connect = { mqttClientId, username: username!, password: password!, tls };
      expect(verifyConnect(connect, () => deviceSecret)).toMatchObject({ ok: true, productKey, deviceName });
      const timestamp = draw.timestamp ?? 'now';
      expect([...parsed.params.keys()]).toEqual(pairNames(draw, timestamp !== 'omit'));
      expect(Object.fromEntries(parsed.params)).toMatchObject(params);
    }),
    cases(4),
  );
  expect(sound).toBeGreaterThan(10);
});
