/** What the stand-in takes after HTTPS: iotId and iotToken, and from whom. */
import { describe, expect, it } from 'vitest';
import { isTokenLogin, verifyToken } from '../../../../../src/platform/aliyun/check/token-login.ts';
import { Tokens } from '../../../../../src/platform/aliyun/check/tokens.ts';

const DAY_MS = 86_400_000;
const NOW = 1_700_000_000_000;

describe('a token', () => {
  const tokens = new Tokens();
  const { iotId, iotToken } = tokens.grant('pk', 'd1', NOW);

  it('is its device’s for seven days', () => {
    const device = { ok: true, productKey: 'pk', deviceName: 'd1' };
    expect(tokens.holderOf(iotId, iotToken, NOW)).toEqual(device);
    expect(tokens.holderOf(iotId, iotToken, NOW + 7 * DAY_MS - 1)).toEqual(device);
    expect(tokens.holderOf(iotId, iotToken, NOW + 7 * DAY_MS)).toBeUndefined();
  });

  it('does not end with the next one, of another time', () => {
    const next = tokens.grant('pk', 'd1', NOW + 1);
    expect(next.iotId).toBe(iotId);
    expect(next.iotToken).not.toBe(iotToken);
    expect(tokens.holderOf(iotId, iotToken, NOW + 1)).toBeDefined();
  });

  it.each([
    ['another time', () => [iotId, iotToken.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))]],
    ['no time', () => [iotId, iotToken.slice(0, iotToken.indexOf('.'))]],
    ['another device', () => [tokens.grant('pk', 'd2', NOW).iotId, iotToken]],
    ['another stand-in', () => [iotId, new Tokens().grant('pk', 'd1', NOW).iotToken]],
    ['nothing', () => ['', '']],
  ])('is none with %s', (_, changed) => {
    const [id, token] = changed() as [string, string];
    expect(tokens.holderOf(id, token, NOW)).toBeUndefined();
  });

  it('that is none is answered with CONNACK 3', () => {
    const connect = { mqttClientId: 'c', username: iotId, password: 'x', tls: true };
    expect(verifyToken(connect, tokens)).toEqual({ ok: false, returnCode: 3, reason: 'bad-token' });
  });
});

it.each([
  ['c|securemode=-1,timestamp=1,signmethod=hmacsha1,gw=0|', 'anId', true],
  ['c|gw=0,securemode=-1|', 'anId', true],
  ['c', 'anId', true],
  ['c', 'd1&pk', false],
  ['c|securemode=2,signmethod=hmacsha1|', 'd1&pk', false],
  ['c|securemode=-2,authType=connwl|', 'd1&pk', false],
  ['c|securemode=-10|', 'anId', false],
  ['securemode=-1|securemode=3|', 'd1&pk', false],
])('client id %s, user name %s: a login with a token? %j', (mqttClientId, username, expected) => {
  expect(isTokenLogin({ mqttClientId, username, password: '', tls: true })).toBe(expected);
});
