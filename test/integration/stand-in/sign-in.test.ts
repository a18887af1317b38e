import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { closed, connect, D1, D2, DEVICES, optionsOf, returnCodeOf } from './fleet.ts';

let standIn: StandIn;
let url: string;

beforeEach(async () => {
  standIn = await startStandIn({ devices: DEVICES });
  url = standIn.urls.tcp!;
});
afterEach(() => standIn.close());

describe('sign-in', () => {
  it('accepts a device that signs with its secret', async () => {
    const client = await connect(D1, url);
    expect(standIn.counts()).toMatchObject({
      connections_accepted: 1,
      connects_ok: 1,
      connects_refused: 0,
      connections_open: 1,
    });
    expect(standIn.counts().bytes_received).toBeGreaterThan(100);
    expect(standIn.counts().bytes_sent).toBe(4);
    await client.endAsync();
    await vi.waitFor(() => expect(standIn.counts()).toMatchObject({ connections_open: 0, disconnects: 1 }));
    expect(standIn.counts().bytes_sent).toBe(4);
  });

  it.each<[string, number, Parameters<typeof returnCodeOf>[1]]>([
    ['a client id without extension part', 2, { clientId: 'pk.d1' }],
    ['a wrong password', 4, { password: 'f'.repeat(40) }],
    ['a malformed user name', 4, { username: 'd1' }],
    ['an unknown device', 5, { username: 'nobody&pk' }],
    ['keepalive below 30 s', 3, { keepalive: 29 }],
    ['keepalive above 1200 s', 3, { keepalive: 1201 }],
    ['keepalive switched off', 3, { keepalive: 0 }],
  ])('refuses %s with code %i', async (_fault, code, options) => {
    expect(await returnCodeOf(url, { ...optionsOf(D1, url), ...options })).toBe(code);
    expect(standIn.counts()).toMatchObject({
      connects_refused: 1,
      [`connects_refused_${code}`]: 1,
      connects_ok: 0,
      connections_open: 0,
    });
  });

  it.each([30, 1200])('accepts keepalive %i s', async (keepalive) => {
    expect(await returnCodeOf(url, { ...optionsOf(D1, url), keepalive })).toBe(0);
  });

  it('accepts MQTT 3.1 with its long client id', async () => {
    const options = { ...optionsOf(D1, url), protocolId: 'MQIsdp', protocolVersion: 3 } as const;
    expect(await returnCodeOf(url, options)).toBe(0);
  });

  it('ignores a will', async () => {
    const topic = '/pk/d1/user/will';
    const watcher = await connect(D1, url);
    await watcher.endAsync();
    const client = await connect(D1, url, {
      will: { topic, payload: Buffer.from('gone'), qos: 1, retain: true },
    });
    await client.endAsync(true);
    await vi.waitFor(() => expect(standIn.counts().disconnects).toBe(2));
    expect(standIn.counts()).toMatchObject({ connects_ok: 2, publishes_received: 0, messages_delivered: 0 });
  });
});

describe('one triple, one connection', () => {
  it.each([
    ['the same client id', D1.clientId],
    ['another client id', 'phone'],
  ])('closes the older one for a newer login with %s', async (_which, clientId) => {
    const older = await connect(D1, url);
    const other = await connect(D2, url);
    await older.subscribeAsync('/pk/d1/user/get');
    const gone = closed(older);
    const newer = await connect({ ...D1, clientId }, url);
    await gone;
    expect(newer.connected).toBe(true);
    expect(other.connected).toBe(true);
    expect(standIn.counts()).toMatchObject({
      kicked: 1,
      connects_ok: 3,
      disconnects: 1,
      connections_open: 2,
    });
    await Promise.all([newer.endAsync(true), other.endAsync(true)]);
  });

  it('lets two devices have the same client id', async () => {
    const first = await connect({ ...D1, clientId: 'same' }, url);
    const second = await connect({ ...D2, clientId: 'same' }, url);
    await second.publishAsync('/pk/d2/user/update', 'x', { qos: 1 });
    expect(first.connected).toBe(true);
    expect(standIn.counts()).toMatchObject({ kicked: 0, connections_open: 2 });
    await Promise.all([first.endAsync(true), second.endAsync(true)]);
  });

  it('balances its books after a storm of logins of one device', async () => {
    const attempts = Array.from({ length: 20 }, (_, n) =>
      returnCodeOf(url, optionsOf({ ...D1, clientId: `c${n}` }, url)),
    );
    await Promise.all(attempts.map((attempt) => attempt.catch(() => undefined)));
    const last = await connect(D1, url);
    const { connects_ok, disconnects } = standIn.counts();
    expect(standIn.counts()).toMatchObject({ connections_open: 1, connects_refused: 0 });
    expect(connects_ok).toBe(disconnects + 1);
    await last.endAsync(true);
  });
});
