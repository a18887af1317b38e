import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SIGNMETHODS } from '../../../src/model/scenario.ts';
import { explainPassword } from '../../../src/platform/aliyun/explain/explain.ts';
import { clientIdForm, formedCredentials } from '../../../src/platform/aliyun/signing/client-id-form.ts';
import { hmacHex } from '../../../src/platform/aliyun/signing/credentials.ts';
import { cases } from '../../support/cases.ts';

const name = fc.stringMatching(/^[A-Za-z0-9_.-]{4,20}$/);

/** A login with pairs more, its timestamp read from a clock in ms. */
const drawn = fc.record({
  productKey: name,
  deviceName: name,
  clientId: name,
  deviceSecret: fc.stringMatching(/^[0-9a-f]{32}$/),
  productSecret: fc.stringMatching(/^[0-9A-Z]{16}$/),
  signmethod: fc.constantFrom(...SIGNMETHODS),
  ms: fc.integer({ min: 1_500_000_000_000, max: 2_000_000_000_000 }),
  params: fc.record({ ext: fc.constantFrom('0', '1', '3'), lan: name, gw: fc.constantFrom('0', '1') }),
  order: fc.shuffledSubarray(['securemode', 'signmethod', 'timestamp', 'ext', 'lan', 'gw']),
});

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;
type Params = Record<string, string>;

/** What is signed: names and values in the order of the names, as the documentation has it; written anew here. */
function content(params: Params): string {
  return Object.keys(params)
    .sort()
    .map((key) => key + params[key])
    .join('');
}

function paramsOf({ productKey, deviceName, clientId, ms }: Drawn): Params {
  return { clientId, deviceName, productKey, timestamp: `${ms}` };
}

/** Makers of wrong passwords: the content and the key that a client with the mistake takes; `n` is any number. */
const MAKERS: Record<string, (draw: Drawn, n: number) => { content: string; key?: string }> = {
  'registration-content': ({ productKey, deviceName, productSecret }, n) => ({
    content: content({ productKey, deviceName, random: `${n % 100}` }),
    key: productSecret,
  }),
  // Never the right moment itself.
  'clock-read-twice': (draw, n) => ({
    content: content({
      ...paramsOf(draw),
      timestamp: `${draw.ms + (n % 2 === 0 ? 1 : -1) * ((n % 2000) + 1)}`,
    }),
  }),
  'extra-pair-in-content': (draw, n) => {
    const extras = Object.entries(draw.params);
    const some = n % 4 === 3 ? extras : [extras[n % 4]!];
    return { content: content({ ...paramsOf(draw), ...Object.fromEntries(some) }) };
  },
  'https-params-in-content': (draw, n) => ({
    content: content({
      ...paramsOf(draw),
      ...(n % 2 === 0 ? { resources: 'mqtt' } : { version: 'default' }),
    }),
  }),
  'yudao-content': ({ productKey, deviceName, clientId, deviceSecret }) => ({
    content: content({ productKey, deviceName, clientId, deviceSecret }),
  }),
};

it.each(Object.keys(MAKERS))('names %s, whatever the client id holds', (id) => {
  fc.assert(
    fc.property(drawn, fc.nat(), (draw, n) => {
      const { productKey, deviceName, clientId, deviceSecret, productSecret, signmethod, ms } = draw;
      const timestamp = `${ms}`;
      const form = clientIdForm({ params: draw.params, order: draw.order }, signmethod, true);
      const device = { productKey, deviceName, clientId };
      const sent = formedCredentials(form, device, clientId, deviceSecret, 3, timestamp);
      const settings = {
        signmethod,
        securemode: 3 as const,
        timestamp,
        sentClientId: sent.mqttClientId,
        productSecret,
      };
      const triple = { ...device, deviceSecret };
      expect(explainPassword(triple, settings, sent.password)).toEqual({ kind: 'right' });
      const made = MAKERS[id]!(draw, n);
      const password = hmacHex(signmethod, made.key ?? deviceSecret, made.content);
      expect(explainPassword(triple, settings, password)).toMatchObject({ kind: 'mistake', mistake: id });
    }),
    cases(0.3),
  );
});
