import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { contentOfParams } from '../../../../../src/platform/aliyun/explain/signed-content.ts';
import {
  contentOf,
  hmacHex,
  sign,
  timestampText,
} from '../../../../../src/platform/aliyun/signing/credentials.ts';
import { tripleOf, VECTORS, type Vector, vectorOf } from '../vectors.ts';

/** Vectors whose content a login of ours can have: with a clientId, and not a registration. */
const logins = VECTORS.vectors.filter(
  ({ input }) => input.clientId !== undefined && input.random === undefined,
);
const directLogins = logins.filter(({ kind }) => kind === 'mqtt-direct');

function credentialsOf(vector: Vector) {
  const { signmethod, securemode, timestamp } = vector.input;
  return sign(tripleOf(vector), signmethod, securemode === '2' ? 2 : 3, timestamp);
}

describe('the vectors', () => {
  it('are all there', () => {
    expect(VECTORS.vectors).toHaveLength(33);
    expect(logins).toHaveLength(28);
    expect(directLogins).toHaveLength(25);
  });

  it.each(VECTORS.vectors)(
    '$id: the general rule gives content and digest',
    ({ input, content, expected }) => {
      const { clientId, deviceName, productKey, timestamp, random } = input;
      const made = contentOfParams({ timestamp, random, productKey, deviceName, clientId });
      expect(made).toBe(content);
      expect(hmacHex(input.signmethod, input.secret, made)).toBe(expected.password ?? expected.sign);
    },
  );

  it.each(logins)('$id: the content of a login is that of the general rule', (vector) => {
    expect(contentOf(tripleOf(vector), vector.input.timestamp)).toBe(vector.content);
  });

  it.each(directLogins)('$id: signs a CONNECT', (vector) => {
    const { password, username, mqttClientId } = vector.expected;
    expect(credentialsOf(vector)).toEqual({ mqttClientId, username, password });
  });
});

it('makes the CONNECT packet of the vector, byte for byte', () => {
  const { vector, keepalive, hex } = VECTORS.connectPacket;
  const { mqttClientId: clientId, username, password } = credentialsOf(vectorOf(vector));
  const packet = generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    keepalive,
    clientId,
    username,
    password: Buffer.from(password),
  });
  expect(packet.toString('hex')).toBe(hex);
});

it.each([
  ['now', '1700000000123'],
  ['omit', undefined],
  [0, '0'],
  [789, '789'],
] as const)('timestamp %s is the text %s', (timestamp, text) => {
  expect(timestampText(timestamp, 1_700_000_000_123)).toBe(text);
});
