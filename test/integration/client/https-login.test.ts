/** `auth: https` on its own: what it asks a service for, and what becomes of whatever that answers. */
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { hinterOf } from '../../../src/client/failure-hint.ts';
import { DeviceTableBuilder } from '../../../src/model/devices/device-table.ts';
import type { AuthPart, ConnectPhase } from '../../../src/model/failure.ts';
import type { TlsOptions } from '../../../src/model/scenario.ts';
import { aliyun } from '../../../src/platform/aliyun/aliyun.ts';
import { type HttpsSettings, https } from '../../../src/platform/aliyun/login/https.ts';
import { type Credentials, LoginError } from '../../../src/platform/login.ts';
import { VECTORS } from '../../unit/platform/aliyun/vectors.ts';
import { expiredIdentity, goodIdentity, otherNameIdentity } from './certificates.ts';

const GRANT = { code: 200, message: 'success', data: { iotId: 'anId', iotToken: 'aToken' } };
const SETTINGS = {
  method: 'https',
  signmethod: 'hmacsha1',
  timestamp: 789,
  keepAlive: true,
  resources: true,
} as const;

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

async function listening(server: Server): Promise<number> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

const answering =
  (answer: unknown): RequestListener =>
  (_, response) =>
    void response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));

const serving = (listener: RequestListener) => listening(createHttpServer(listener));

/** What a login noted of its attempt. */
class Noted {
  readonly phases: ConnectPhase[] = [];
  readonly parts: AuthPart[] = [];
  private readonly controller = new AbortController();
  readonly signal = this.controller.signal;
  enter(phase: ConnectPhase): void {
    this.phases.push(phase);
  }
  took(part: AuthPart): void {
    this.parts.push(part);
  }
  abandon(): void {
    this.controller.abort();
  }
}

interface Asking {
  settings?: Partial<HttpsSettings>;
  tls?: Partial<TlsOptions>;
  device?: { productKey: string; deviceName: string; deviceSecret: string; clientId?: string };
  protocol?: 'mqtt' | 'mqtts' | 'ws';
  /** That of the target. */
  host?: string;
}

const DEVICE = { productKey: 'pk', deviceName: 'd1', deviceSecret: 'canary5ecret', clientId: 'c&1' };

/** Logs a device in as often as is asked for. */
function loginAt(
  url: string,
  { settings = {}, tls = {}, device = DEVICE, protocol = 'mqtt', host = 'broker' }: Asking = {},
) {
  const builder = new DeviceTableBuilder();
  builder.add(device.productKey, device.deviceName, device.deviceSecret, device.clientId);
  const table = builder.build();
  const prepared = https.prepare({ ...SETTINGS, extension: true, url, ...settings }, table, {
    verify: true,
    ...tls,
  });
  return async (attempt = new Noted()): Promise<Credentials> => {
    const login = await prepared;
    return login(table.identity(0), 0, { protocol, host, port: 1883, path: '' }, 1_700_000_000_000, attempt);
  };
}

/** Kind and code of the failure, and that it has a hint of its own. */
async function failureOf(login: Promise<Credentials>): Promise<string> {
  const error = await login.then(
    () => expect.fail('it was let in'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LoginError);
  const { failure } = error as LoginError;
  expect(failure.phase).toBe('auth');
  const hint = hinterOf(aliyun)(failure);
  expect(hint).not.toMatch(/^see the code|undefined/);
  hints.set(`${failure.kind} ${failure.code}`, hint);
  return [failure.kind, failure.code].join(' ').trim();
}
const hints = new Map<string, string>();

describe('the request', () => {
  it.each(VECTORS.vectors.filter(({ kind }) => kind === 'https-auth'))(
    'is signed by the rule: $id',
    async ({ input, expected }) => {
      let body = '';
      const port = await serving((request, response) => {
        request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
        request.on('end', () => response.end(JSON.stringify(GRANT)));
        expect([request.method, request.url]).toEqual(['POST', '/auth/devicename']);
        expect(request.headers['content-type']).toBe('application/x-www-form-urlencoded');
      });
      const timestamp = input.timestamp === undefined ? 'omit' : Number(input.timestamp);
      const settings = { signmethod: input.signmethod, timestamp } as Partial<HttpsSettings>;
      const { productKey, deviceName, secret: deviceSecret, clientId } = input as Record<string, string>;
      const device = { productKey, deviceName, deviceSecret, clientId } as typeof DEVICE;
      const made = await loginAt(`http://127.0.0.1:${port}/auth/devicename`, { settings, device })();
      const form = Object.fromEntries(new URLSearchParams(body));
      expect(form).toEqual({
        ...{
          productKey,
          deviceName,
          clientId,
          signmethod: input.signmethod,
          version: 'default',
          resources: 'mqtt',
        },
        ...(input.timestamp !== undefined && { timestamp: input.timestamp }),
        sign: expected.sign,
      });
      const time = input.timestamp === undefined ? '' : `timestamp=${input.timestamp},`;
      const mqttClientId = `${clientId}|securemode=-1,${time}signmethod=${input.signmethod},gw=0|`;
      expect(made).toEqual({ mqttClientId, username: 'anId', password: 'aToken' });
    },
  );

  it('may do without the extension of the client id, and without an address', async () => {
    let body = '';
    const resources = { mqtt: { host: 'else', port: 1 } };
    const port = await serving((request, response) => {
      request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
      response.end(JSON.stringify({ ...GRANT, data: { ...GRANT.data, resources } }));
    });
    const url = `http://127.0.0.1:${port}/`;
    const bare = { mqttClientId: 'c&1', username: 'anId', password: 'aToken' };
    expect(await loginAt(url, { settings: { extension: false, resources: false } })()).toEqual(bare);
    expect(await loginAt(url, { settings: { extension: false }, protocol: 'ws' })()).toEqual(bare);
    expect(body).not.toContain('resources');
    const there = { ...bare, address: resources.mqtt };
    expect(await loginAt(url, { settings: { extension: false }, protocol: 'mqtts' })()).toEqual(there);
  });

  it.each([
    ['192.0.2.1', 'broker', 'protocol HTTPS other network'],
    ['a1.iot.example.com', '10.1.2.3', 'protocol HTTPS other network'],
    // An address, for a resolver.
    ['134744072', 'localhost', 'protocol HTTPS other network'],
    ['a1.iot.example.com', 'b.example.com', undefined],
    ['192.168.1.2', '10.1.2.3', undefined],
    ['127.0.0.1', 'b.example.com', undefined],
  ])('leads to %s only where the target (%s) says that it may', async (there, host, failure) => {
    const resources = { mqtt: { host: there, port: 1883 } };
    const port = await serving(answering({ ...GRANT, data: { ...GRANT.data, resources } }));
    const login = loginAt(`http://127.0.0.1:${port}`, { host })();
    if (failure !== undefined) expect(await failureOf(login)).toBe(failure);
    else expect(await login).toMatchObject({ address: resources.mqtt });
  });

  it.each([
    [true, 1, [['tcp'], [], []]],
    [false, 3, [['tcp'], ['tcp'], ['tcp']]],
  ] as const)('goes over a connection that is used again (%j)', async (keepAlive, connections, parts) => {
    let opened = 0;
    const server = createHttpServer(answering(GRANT)).on('connection', () => opened++);
    const login = loginAt(`http://127.0.0.1:${await listening(server)}`, { settings: { keepAlive } });
    const seen: AuthPart[][] = [];
    for (let time = 0; time < 3; time++) {
      const attempt = new Noted();
      await login(attempt);
      expect(attempt.phases).toEqual(['auth']);
      seen.push(attempt.parts);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([opened, seen]).toEqual([connections, parts]);
  });

  it('tells look-up, TCP and TLS apart', async () => {
    const certificate = await goodIdentity();
    const port = await listening(createHttpsServer(certificate, answering(GRANT)));
    const attempt = new Noted();
    await loginAt(`https://localhost:${port}`, { tls: { verify: false } })(attempt);
    expect(attempt.parts).toEqual(['dns', 'tcp', 'tls']);
  });

  it('is made again, once, where the service had closed the idle connection', async () => {
    let asked = 0;
    const port = await serving((request, response) => {
      asked++;
      if (asked === 2 || asked > 3) request.socket.destroy();
      else response.end(JSON.stringify(GRANT));
    });
    const login = loginAt(`http://127.0.0.1:${port}`);
    await login();
    await new Promise((resolve) => setImmediate(resolve));
    await login();
    expect(asked).toBe(3);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await failureOf(login())).toBe('closed');
    expect(asked).toBe(5);
  });
});

describe('an answer that is no token is the failure', () => {
  it.each([
    ['rejected HTTPS 401', { code: 401, message: 'request auth error' }],
    ['rejected HTTPS 460', { code: 460 }],
    ['rejected HTTPS 500', { code: 500 }],
    ['rejected HTTPS 5001', { code: 5001 }],
    ['rejected HTTPS 6200', { code: 6200 }],
    ['rejected HTTPS 9999', { code: 9999 }],
    ['protocol HTTPS no JSON', '<html>canary5ecret</html>'],
    ['protocol HTTPS no JSON', ''],
    ['protocol HTTPS no code', 'null'],
    ['protocol HTTPS no code', { code: 'canary5ecret' }],
    ['protocol HTTPS no token', { code: 200 }],
    ['protocol HTTPS no token', { code: 200, data: { iotId: 'x', iotToken: 7 } }],
    ['protocol HTTPS no token', { code: 200, data: { iotId: 'x', iotToken: '\u4e2d'.repeat(21_846) } }],
    ['protocol HTTPS no token', { code: 200, data: { iotId: 'x\0', iotToken: 'y' } }],
    ['protocol HTTPS no token', '{"code":200,"data":{"iotId":"x","iotToken":"\\ud800"}}'],
    ['rejected HTTPS -5', { code: -5 }],
    [
      'protocol HTTPS no address',
      { ...GRANT, data: { ...GRANT.data, resources: { mqtt: { host: 'a b', port: 1 } } } },
    ],
    [
      'protocol HTTPS no address',
      { ...GRANT, data: { ...GRANT.data, resources: { mqtt: { host: 'a', port: 0 } } } },
    ],
    ['protocol HTTPS too long', ' '.repeat(100_000)],
  ])('%s', async (failure, answer) => {
    expect(await failureOf(loginAt(`http://127.0.0.1:${await serving(answering(answer))}`)())).toBe(failure);
  });

  it.each([
    [302, 'rejected HTTPS redirect 302'],
    [404, 'rejected HTTPS status 404'],
    [503, 'rejected HTTPS status 503'],
  ])('HTTP status %i', async (status, failure) => {
    let asked = 0;
    const port = await serving((_, response) => {
      asked++;
      response.writeHead(status, { location: '/elsewhere' }).end(JSON.stringify(GRANT));
    });
    expect(await failureOf(loginAt(`http://127.0.0.1:${port}`)())).toBe(failure);
    expect(asked).toBe(1);
  });

  it('another protocol that nobody asked for', async () => {
    const port = await serving((_, response) => {
      response.writeHead(101, { connection: 'upgrade', upgrade: 'x' }).end();
    });
    expect(await failureOf(loginAt(`http://127.0.0.1:${port}`)())).toBe('rejected HTTPS status 101');
  });

  it('a connection that ends in the middle', async () => {
    const half = await serving((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{');
      setImmediate(() => response.destroy());
    });
    expect(await failureOf(loginAt(`http://127.0.0.1:${half}`)())).toBe('closed');
    const mute = await listening(createServer((socket) => socket.end()));
    expect(await failureOf(loginAt(`http://127.0.0.1:${mute}`)())).toBe('closed');
    expect(await failureOf(loginAt(`https://127.0.0.1:${mute}`)())).toBe('closed');
  });

  it('nobody there', async () => {
    const port = await serving(answering(GRANT));
    await new Promise((done) => servers.pop()!.close(done));
    expect(await failureOf(loginAt(`http://127.0.0.1:${port}`)())).toBe('refused ECONNREFUSED');
    expect(await failureOf(loginAt('http://no-such-host.invalid')())).toMatch(/^dns (ENOTFOUND|EAI_AGAIN)$/);
  });

  it('a certificate that is not accepted', async () => {
    const certificate = await goodIdentity();
    const port = await listening(createHttpsServer(certificate, answering(GRANT)));
    expect(await failureOf(loginAt(`https://127.0.0.1:${port}`)())).toBe(
      'certificate DEPTH_ZERO_SELF_SIGNED_CERT',
    );
    await loginAt(`https://127.0.0.1:${port}`, { tls: { verify: false } })();
    const other = await otherNameIdentity();
    const there = await listening(createHttpsServer(other, answering(GRANT)));
    const failure = await failureOf(loginAt(`https://127.0.0.1:${there}`, { tls: { ca: other.cert } })());
    expect(failure).toBe('certificate ERR_TLS_CERT_ALTNAME_INVALID');
    const old = await expiredIdentity();
    const later = await listening(createHttpsServer(old, answering(GRANT)));
    const late = await failureOf(loginAt(`https://127.0.0.1:${later}`, { tls: { ca: old.cert } })());
    expect(late).toBe('certificate CERT_HAS_EXPIRED');
  });

  it('a plain port for TLS, and the other way round', async () => {
    const plain = await serving(answering(GRANT));
    expect(await failureOf(loginAt(`https://127.0.0.1:${plain}`)())).toMatch(/^tls /);
    const tls = await listening(createHttpsServer(await goodIdentity(), answering(GRANT)));
    expect(await failureOf(loginAt(`http://127.0.0.1:${tls}`)())).toMatch(/^(protocol HPE_|closed)/);
  });

  it('no version of TLS in common', async () => {
    const old = createHttpsServer({ ...(await goodIdentity()), maxVersion: 'TLSv1.2' }, answering(GRANT));
    const url = `https://127.0.0.1:${await listening(old)}`;
    const tls = { verify: false, minVersion: 'TLSv1.3' } as const;
    expect(await failureOf(loginAt(url, { tls })())).toMatch(/^tls /);
    await loginAt(url, { tls: { verify: false } })();
  });

  it('each has a hint of its own', () => {
    const texts = [...hints.values()];
    expect(texts.join()).not.toContain('canary5ecret');
    expect(texts.join()).not.toMatch(/WebSocket|mqtts?:\/\//);
    expect(new Set(texts).size).toBeGreaterThan(14);
  });
});

it('gives its connection up when nobody waits for it any more', async () => {
  let taken: Socket | undefined;
  const port = await listening(createServer((socket) => (taken = socket.resume())));
  const attempt = new Noted();
  const login = loginAt(`http://127.0.0.1:${port}`)(attempt).catch((error: unknown) => error);
  while (taken === undefined) await new Promise((resolve) => setImmediate(resolve));
  const closed = once(taken, 'close');
  attempt.abandon();
  await closed;
  expect(await login).toBeInstanceOf(LoginError);
});
