/** Scenarios for brokers that have no rules of Aliyun's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FleetError, formatProblem } from '../../../src/model/errors.ts';
import { readScenario } from '../../../src/scenario/scenario-file.ts';

const CANARY = 'canary5ecret';
const HEAD = 'platform: plain\ntarget: mqtt://localhost\n';
const GENERATED = 'devices: { generate: { count: 3 } }\n';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function listOf(text: string, name = 'devices.csv'): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return `devices: { file: ${name} }\n`;
}

function read(text: string, env: NodeJS.ProcessEnv = {}, overrides: string[] = []) {
  const file = join(folder, 's.yaml');
  writeFileSync(file, text);
  return readScenario(file, { env, overrides });
}

async function problemsOf(...given: Parameters<typeof read>): Promise<string[]> {
  try {
    await read(...given);
    return [];
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    return error.problems.map((each) =>
      formatProblem(each).replaceAll(`${folder}/`, '').replace('s.yaml:', ''),
    );
  }
}

/** The names of each device, and the columns of its login. */
async function devicesOf(text: string, env: NodeJS.ProcessEnv = {}) {
  const { devices } = await read(text, env);
  return Array.from({ length: devices.count }, (_, row) => ({
    ...devices.identity(row),
    password: devices.loginColumn(row, 0),
    username: devices.loginColumn(row, 1),
  }));
}

describe('a list of such devices', () => {
  it('has user names and passwords, and client ids or names', async () => {
    const both = `${HEAD}${listOf('clientId,username,password,deviceName\nc1,u1,p1,d1\n,u2,p2,d2\n')}`;
    expect(await devicesOf(both)).toEqual([
      { productKey: '', deviceName: 'd1', clientId: 'c1', username: 'u1', password: 'p1' },
      { productKey: '', deviceName: 'd2', clientId: 'd2', username: 'u2', password: 'p2' },
    ]);
    const idsOnly = `${HEAD}${listOf('client_id,user,pass\na/b|c#,u,p\n')}`;
    expect(await problemsOf(idsOnly)).toEqual([
      'devices.csv:1: unknown column "user" (did you mean username?)',
      'devices.csv:1: unknown column "pass" (did you mean password?)',
    ]);
    const ids = `${HEAD}${listOf('client_id,username,password\na/b|c#,u,p\n')}`;
    expect(await devicesOf(ids)).toMatchObject([{ deviceName: 'a/b|c#', clientId: 'a/b|c#' }]);
    const userNames = `${HEAD}${listOf('username,password\nu1,p1\nu2,p2\n')}`;
    expect(await devicesOf(userNames)).toMatchObject([{ clientId: 'u1' }, { clientId: 'u2' }]);
  });

  it('as JSON too', async () => {
    const list = listOf('[{"username":"u","password":"p","clientId":null,"deviceName":"d"}]', 'devices.json');
    expect(await devicesOf(HEAD + list)).toMatchObject([{ clientId: 'd', username: 'u', password: 'p' }]);
    const unnamed = listOf('[{"username":"u","password":"p","deviceName":null}]', 'devices.json');
    expect(await devicesOf(HEAD + unnamed)).toMatchObject([{ deviceName: 'u', clientId: 'u' }]);
  });

  it('needs a name only where nobody signs in, and may have a product', async () => {
    const list = listOf('productKey,deviceName,deviceSecret\npk,d1,x\n');
    const { scenario, devices } = await read(`${HEAD}${list}auth: none\n`);
    expect(scenario).toMatchObject({ platform: 'plain', auth: { method: 'none' } });
    expect(devices.identity(0)).toEqual({ productKey: 'pk', deviceName: 'd1', clientId: 'd1' });
  });

  it('cannot have two devices of one client id', async () => {
    const list = listOf('deviceName,clientId,username,password\nd1,same,u,p\nd2,same,u,p\n');
    expect(await problemsOf(HEAD + list)).toEqual([
      'devices.csv:3: this device is already on line 2 (two connections with one client id force each other offline)',
    ]);
  });

  it('shows nothing of what is wrong in it', async () => {
    const list = listOf(
      `clientId,username,password\n,${CANARY},\n${CANARY}\t,${CANARY}\t," ${CANARY}"\n${CANARY},u\n`,
    );
    const problems = await problemsOf(HEAD + list);
    expect(problems).toContain('devices.csv:2: password is empty');
    expect(problems).toContain('devices.csv:3: password has white space around it');
    expect(problems.join('\n')).not.toContain(CANARY);
  });

  it('that is missing says what to write', async () => {
    expect(await problemsOf(`${HEAD}devices: { file: none.csv }\n`)).toEqual([
      '3:18: the device list none.csv cannot be read: there is no such file (write it with your own devices: deviceName,password,username)',
    ]);
  });
});

describe('user name and password of the scenario', () => {
  const auth = 'auth: { username: fleet, password: "${ENV:PASSWORD}" }\n';

  it('are those of every device, and stay out of the scenario', async () => {
    const { scenario, devices, asRun } = await read(HEAD + GENERATED + auth, { PASSWORD: CANARY });
    expect(devices.count).toBe(3);
    expect(devices.identity(2)).toEqual({ productKey: '', deviceName: 'd000003', clientId: 'd000003' });
    expect(devices.loginColumn(2, 1)).toBe('fleet');
    expect(devices.secret(2).toString()).toBe(CANARY);
    expect(scenario.auth).toEqual({ method: 'password' });
    expect(JSON.stringify(scenario) + asRun).not.toContain(CANARY);
  });

  it('do without the columns of a list', async () => {
    const list = listOf('clientId\nc1\nc2\n');
    expect(await devicesOf(HEAD + list + auth, { PASSWORD: 'p' })).toMatchObject([
      { clientId: 'c1', deviceName: 'c1', username: 'fleet', password: 'p' },
      { clientId: 'c2', deviceName: 'c2', username: 'fleet', password: 'p' },
    ]);
  });

  it.each([
    [`auth: { username: fleet, password: ${CANARY} }`, []],
    [`auth: { password: { ${CANARY}: 1 }, username: 7 }`, []],
    ['', [`auth={ username: u, password: ${CANARY} }`]],
    [`auth: ${CANARY}`, []],
    [`auth: [${CANARY}]`, []],
  ])('a password that is written out is refused and not shown: %s %s', async (text, overrides) => {
    const problems = await problemsOf(`${HEAD}${GENERATED}${text}\n`, {}, overrides);
    expect(problems).not.toEqual([]);
    expect(problems.join('\n')).not.toContain(CANARY);
  });

  it('says where a password may come from', async () => {
    const text = `${HEAD}${GENERATED}auth: { username: fleet, password: ${CANARY} }\n`;
    expect(await problemsOf(text)).toEqual([
      '4:36: auth.password is written out (take it from the environment: ${ENV:NAME})',
    ]);
  });

  it('generated devices need both, or no login', async () => {
    expect(await problemsOf(HEAD + GENERATED)).toEqual([
      '3:22: generated devices have no password (give auth.password to all of them, list devices in a file, or write auth: none)',
    ]);
    for (const none of ['auth: none', 'auth: { method: none }'])
      expect(await problemsOf(`${HEAD}${GENERATED}${none}\n`)).toEqual([]);
  });
});

const NONE = `${HEAD}${GENERATED}auth: none\n`;

describe('no rule of Aliyun', () => {
  it.each([
    'connect: { keepalive: 0s }',
    'connect: { keepalive: 1s }',
    'connect: { keepalive: 65535s }',
    `subscribe: [${Array.from({ length: 101 }, (_, n) => `{ topic: "t/${n}" }`).join(', ')}]`,
    'publish: [{ topic: t, every: 1ms, payload: { size: 600KB } }]',
    `publish: [{ topic: "${'a/'.repeat(100)}b", every: 1s, payload: { template: x } }]`,
    'connect: { stages: [{ duration: 1s, rate: 9000/s }] }',
  ])('takes %s, and warns of nothing', async (part) => {
    const { warnings } = await read(`${NONE}${part}\n`);
    expect(warnings).toEqual([]);
  });

  it('a device comes back as often as its policy says', async () => {
    const { scenario } = await read(`${NONE}reconnect: { policy: fixed, delay: 1s }\n`);
    expect(scenario.reconnect).toEqual({
      policy: 'fixed',
      delayUs: 1e6,
      maxDelayUs: 300e6,
      perMinute: Number.POSITIVE_INFINITY,
    });
  });

  it.each([
    ['connect: { keepalive: 65536s }', '5:23: "65536s" is out of range (MQTT takes 0s to 65535s)'],
    [
      'subscribe: [{ topic: t, qos: 2 }]',
      '5:30: "2" is not possible: the clients here speak QoS 0 and 1 only',
    ],
  ])('but those of MQTT and of the clients: %s', async (part, problem) => {
    expect(await problemsOf(`${NONE}${part}\n`)).toEqual([problem]);
  });

  it('a message may be as large as a client here can take it back', async () => {
    expect(await problemsOf(`${NONE}publish: [{ topic: t, every: 1s, payload: { size: 897KB } }]\n`)).toEqual(
      ['5:51: "897KB" is over the 896KB of an MQTT message'],
    );
  });

  it('a topic without a product to fill in is a problem where it names one', async () => {
    const topics = `${NONE}subscribe: [{ topic: "/\${productKey}/a" }]\n`;
    expect(await problemsOf(topics)).toEqual([
      '5:22: "/${productKey}/a" has ${productKey} (the devices have none; ${deviceName} and ${clientId} they have)',
    ]);
    const withOne = 'devices: { generate: { productKey: pk, count: 3 } }\n';
    expect(await problemsOf(topics.replace(GENERATED, withOne))).toEqual([]);
  });
});

describe('what only one of the platforms has', () => {
  it.each([
    [
      'target: mqtt://u:p@localhost',
      '2:9: target has a user name or password (leave them out: auth or the device list gives them)',
    ],
    [
      'target: { region: cn-shanghai }',
      '2:19: "cn-shanghai" is nothing that platform: plain has (name its address, e.g. mqtts://broker.example.com:8883)',
    ],
    [
      'target: { instance: iot-1 }',
      '2:21: "iot-1" is nothing that platform: plain has (name its address, e.g. mqtts://broker.example.com:8883)',
    ],
  ])('%s', async (target, problem) => {
    expect(await problemsOf(NONE.replace('target: mqtt://localhost', target))).toEqual([problem]);
  });

  it.each([
    [
      'auth: { signmethod: hmacmd5 }',
      '4:9: unknown key "signmethod" (valid here: method, username, password)',
    ],
    ['auth: hmac', '4:7: auth is a way to sign in that platform: aliyun has'],
    ['auth: { method: hmac }', '4:17: "hmac" is a way to sign in that platform: aliyun has'],
  ])('plain: %s', async (auth, problem) => {
    expect(await problemsOf(`${HEAD}${listOf('username,password\nu,p\n')}${auth}\n`)).toEqual([problem]);
  });

  it('aliyun: auth: none', async () => {
    const text =
      'target: mqtt://localhost\ndevices: { generate: { productKey: pk, count: 1 } }\nauth: none\n';
    expect(await problemsOf(text)).toEqual(['3:7: auth is a way to sign in that platform: plain has']);
    expect(await problemsOf(`platform: aliyun\n${text.replace('none', 'hmac')}`)).toEqual([]);
  });

  it('a platform that is not known is named by the nearest', async () => {
    expect(await problemsOf(NONE.replace('plain', 'plian'))).toEqual([
      '1:11: "plian" is not possible here (did you mean plain?)',
    ]);
  });
});
