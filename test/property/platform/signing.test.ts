import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SIGNMETHODS } from '../../../src/model/scenario.ts';
import { verifyConnect } from '../../../src/platform/aliyun/check/verify.ts';
import { explainPassword } from '../../../src/platform/aliyun/explain/explain.ts';
import { contentOfParams } from '../../../src/platform/aliyun/explain/signed-content.ts';
import { contentOf, credentialsOf, sign } from '../../../src/platform/aliyun/signing/credentials.ts';
import { cases } from '../../support/cases.ts';

/** Any code points but surrogates, without the one that ends the field. */
function text(forbidden: string, maxLength: number) {
  return fc.string({ unit: 'binary', minLength: 1, maxLength }).filter((value) => !value.includes(forbidden));
}

const name = fc.oneof(fc.stringMatching(/^[A-Za-z0-9_@.:-]{4,32}$/), text('&', 32));
const secret = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{32}$/),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 64 }),
);
const triple = fc.record({
  productKey: name,
  deviceName: name,
  deviceSecret: secret,
  clientId: text('|', 64),
});
const signmethod = fc.constantFrom(...SIGNMETHODS);
const securemode = fc.constantFrom(2 as const, 3 as const);
const timestamp = fc.option(fc.bigInt({ min: 0n, max: 10n ** 15n }).map(String), { nil: undefined });
const login = fc.record({ triple, signmethod, securemode, timestamp });

type Login = typeof login extends fc.Arbitrary<infer T> ? T : never;

function connectOf({ triple, signmethod, securemode, timestamp }: Login) {
  const { mqttClientId, username, password } = sign(triple, signmethod, securemode, timestamp);
  return { mqttClientId, username, password, tls: securemode === 2 };
}

it('what is signed verifies, as the device that signed it', () => {
  fc.assert(
    fc.property(login, (drawn) => {
      const { deviceSecret, ...identity } = drawn.triple;
      const verdict = verifyConnect(connectOf(drawn), (productKey, deviceName) =>
        productKey === identity.productKey && deviceName === identity.deviceName ? deviceSecret : undefined,
      );
      const expected = { ok: true, ...identity, signmethod: drawn.signmethod };
      expect(verdict).toEqual(
        drawn.timestamp === undefined ? expected : { ...expected, timestamp: drawn.timestamp },
      );
    }),
    cases(2),
  );
});

it('a secret as bytes signs as the same secret as a string', () => {
  fc.assert(
    fc.property(login, ({ triple, signmethod, securemode, timestamp }) => {
      const signed = sign(triple, signmethod, securemode, timestamp);
      const secret = Buffer.from(triple.deviceSecret);
      expect(credentialsOf(triple, secret, signmethod, securemode, timestamp)).toEqual(signed);
    }),
    cases(),
  );
});

it('one digit changed, added or left out is a wrong password', () => {
  fc.assert(
    fc.property(login, fc.nat(), fc.integer({ min: 1, max: 15 }), (drawn, where, shift) => {
      const connect = connectOf(drawn);
      const at = where % connect.password.length;
      const digit = ((Number.parseInt(connect.password[at]!, 16) + shift) % 16).toString(16);
      const [before, after] = [connect.password.slice(0, at), connect.password.slice(at + 1)];
      for (const password of [before + digit + after, connect.password + digit, before + after]) {
        const verdict = verifyConnect({ ...connect, password }, () => drawn.triple.deviceSecret);
        expect(verdict).toEqual({ ok: false, returnCode: 4, reason: 'wrong-password' });
      }
    }),
    cases(),
  );
});

it('the content of a login is that of the general rule', () => {
  fc.assert(
    fc.property(login, ({ triple: { deviceSecret: _, ...identity }, timestamp }) => {
      expect(contentOf(identity, timestamp)).toBe(contentOfParams({ ...identity, timestamp }));
    }),
    cases(),
  );
});

it('no stray password is called right, nor taken for a mistake', () => {
  fc.assert(
    fc.property(login, fc.stringMatching(/^[0-9a-f]{40}$/), (drawn, password) => {
      expect(explainPassword(drawn.triple, drawn, password).kind).toBe('unknown');
    }),
    cases(0.2),
  );
});
