/** The stand-in's HTTP port: requests of a token, over HTTP and HTTPS alike, and what they are answered with. */
import { once } from 'node:events';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect as dial } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { contentOf, hmacHex } from '../../../src/platform/aliyun/signing/credentials.ts';
import { makeCertificate } from '../../../src/stand-in/certificate.ts';
import { zeroCounts } from '../../../src/stand-in/endpoint/counts.ts';
import { HttpDoor } from '../../../src/stand-in/services/http-door.ts';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { D1, D2, DEVICES, returnCodeOf } from './fleet.ts';

const PATH = '/auth/devicename';
const FORM_TYPE = 'application/x-www-form-urlencoded';

let standIn: StandIn;
afterEach(() => standIn.close());

interface Asked {
  tls?: boolean;
  path?: string;
  method?: string;
  type?: string;
  body?: string;
}

/** Status and body of what is answered. */
async function ask({ tls = true, path = PATH, method = 'POST', type = FORM_TYPE, body = '' }: Asked) {
  const options = { host: '127.0.0.1', port: standIn.httpPort!, path, method, agent: false } as const;
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  const request = tls
    ? requestHttps({ ...options, headers, ca: standIn.ca! })
    : requestHttp({ ...options, headers });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

function formOf(device: typeof D1, changes: Record<string, string | undefined> = {}): string {
  const { productKey, deviceName, clientId, deviceSecret } = device;
  const sign = hmacHex('hmacsha1', deviceSecret, contentOf({ productKey, deviceName, clientId }, '789'));
  const all = {
    productKey,
    deviceName,
    clientId,
    timestamp: '789',
    signmethod: 'hmacsha1',
    sign,
    ...changes,
  };
  return new URLSearchParams(
    Object.entries(all).filter((each): each is [string, string] => !!each[1]),
  ).toString();
}

describe('the HTTP port', () => {
  it.each([true, false])('gives a token that signs in by MQTT (over TLS: %j)', async (tls) => {
    standIn = await startStandIn({ devices: DEVICES, http: 0, tcp: 0, tls: 0 });
    const { status, text, headers } = await ask({
      tls,
      body: formOf(D1, { resources: 'mqtt', version: 'default' }),
    });
    expect([status, headers['content-type']]).toEqual([200, 'application/json;charset=utf-8']);
    const { code, message, data } = JSON.parse(text);
    expect([code, message]).toEqual([200, 'success']);
    expect(data.resources).toEqual({
      mqtt: { host: '127.0.0.1', port: tls ? standIn.ports.tls : standIn.ports.tcp },
    });
    const url = standIn.urls.tcp!;
    const credentials = { username: data.iotId, password: data.iotToken, keepalive: 300 };
    for (const clientId of [
      D1.clientId,
      `${D1.clientId}|securemode=-1,timestamp=789,signmethod=hmacsha1,gw=0|`,
    ])
      expect(await returnCodeOf(url, { ...credentials, clientId })).toBe(0);
    // Another's token, and one that was changed.
    const other = JSON.parse((await ask({ body: formOf(D2) })).text).data;
    expect(other.resources).toBeUndefined();
    for (const password of [other.iotToken, `${data.iotToken}0`, '', 'x.1'])
      expect(await returnCodeOf(url, { ...credentials, clientId: 'any', password })).toBe(3);
    expect(standIn.counts()).toMatchObject({
      auths_ok: 2,
      auths_refused: 0,
      connects_ok: 2,
      connects_refused_3: 4,
    });
    expect(standIn.counts().http_connections).toBe(2);
    expect(standIn.truth().auth).toMatchObject({ count: 2 });
  });

  it.each([
    [401, formOf(D1, { sign: 'f'.repeat(40) })],
    [401, formOf(D1, { timestamp: '790' })],
    // What is submitted beside is signed, but for the four that are not.
    [401, formOf(D1, { more: '1' })],
    [460, formOf(D1, { sign: undefined })],
    [460, formOf(D1, { clientId: 'c'.repeat(65) })],
    [460, formOf(D1, { signmethod: 'sha256' })],
    [460, `${formOf(D1)}&sign=0`],
    [460, '{"productKey":"pk"}'],
    [5001, formOf({ ...D1, deviceName: 'nobody' })],
    [200, formOf(D1, { sign: hmacHex('hmacsha1', D1.deviceSecret, contentOf(D1, '789')).toUpperCase() })],
  ])('answers %i in the body, with HTTP status 200, to %j', async (code, body) => {
    standIn = await startStandIn({ devices: DEVICES, http: 0 });
    const { status, text } = await ask({ body });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ code });
    expect('data' in JSON.parse(text)).toBe(code === 200);
    const counts: Record<string, number> = standIn.counts();
    expect(counts[code === 200 ? 'auths_ok' : `auths_refused_${code}`]).toBe(1);
    expect(counts.auths_refused).toBe(code === 200 ? 0 : 1);
  });

  it.each([
    [404, { path: '/auth/other' }],
    [404, { path: '/toString' }],
    [405, { method: 'GET' }],
    [413, { body: 'x'.repeat(20_000) }],
  ])('answers with HTTP status %i to %j', async (status, asked) => {
    standIn = await startStandIn({ devices: DEVICES, http: 0 });
    expect(await ask(asked)).toMatchObject({ status, headers: { connection: 'close' }, text: '' });
    expect(await ask({ type: 'application/json', body: formOf(D1) })).toMatchObject({ status: 200 });
    expect(standIn.counts()).toMatchObject({ auths_ok: 0, auths_refused_460: 1 });
  });

  it('answers late where it is told to', async () => {
    const faults = { delay: { auth: { kind: 'fixed', us: 30_000 } } } as const;
    standIn = await startStandIn({ devices: DEVICES, http: 0, faults });
    await ask({ body: formOf(D1) });
    expect(standIn.truth().auth!.min).toBeGreaterThanOrEqual(30_000);
  });

  it('says that its port is taken', async () => {
    standIn = await startStandIn({ devices: DEVICES });
    const second = startStandIn({ devices: DEVICES, tcp: 0, http: standIn.ports.tcp });
    await expect(second).rejects.toMatchObject({ code: 'broker-failed' });
  });

  it.each([
    '',
    '\x16\x03\x01',
    'POST / HTTP/1.1\r\nHost: x\r\n',
    'POST /auth HTTP/1.1\r\nContent-Length: 9\r\n\r\nx',
  ])('closes who says no more than this: %j', async (said) => {
    standIn = await startStandIn({ devices: DEVICES });
    const door = new HttpDoor(await makeCertificate([]), zeroCounts(), () => {}, 100);
    await door.open('127.0.0.1', 0);
    const socket = dial(door.port, '127.0.0.1').resume();
    socket.on('error', () => {});
    if (said !== '') socket.write(said, 'latin1');
    await once(socket, 'close');
    await door.close();
  });

  it('closes with a request under way', async () => {
    const faults = { delay: { auth: { kind: 'fixed', us: 3_600e6 } } } as const;
    standIn = await startStandIn({ devices: DEVICES, http: 0, faults });
    const asked = ask({ body: formOf(D1) }).catch((error: Error) => error);
    await vi.waitFor(() => expect(standIn.counts().auths_ok).toBe(1));
    await standIn.close();
    expect(await asked).toBeInstanceOf(Error);
  });
});
