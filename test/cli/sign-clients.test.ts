/** Clients of others sign in with what `mqtt-fleet sign` prints, over every transport that they have. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateDevices } from '../../src/model/devices/generated-devices.ts';
import { type Running, startCli, temporaryFolder } from '../support/cli.ts';
import { inProcess } from '../support/in-process.ts';
import { findProgram, mustBeInstalledInCi } from '../support/program.ts';

const run = promisify(execFile);
const DEVICE = generateDevices('a1testPk001', 1, 'd').triple(0);
const MOSQUITTO = findProgram('mosquitto_pub');
const PYTHON = await pythonWithPaho();

mustBeInstalledInCi('mosquitto-clients', MOSQUITTO);
mustBeInstalledInCi('python3-paho-mqtt', PYTHON);

/** Debian's own Python has what Debian packages; another may come before it in the PATH. */
async function pythonWithPaho(): Promise<string | undefined> {
  for (const python of [findProgram('python3'), '/usr/bin/python3']) {
    if (python === undefined) continue;
    const has = await run(python, ['-c', 'import paho.mqtt.client']).catch(() => undefined);
    if (has !== undefined) return python;
  }
  return undefined;
}

/** Connects, publishes at QoS 1, and prints the CONNACK code. The password comes by the environment. */
const PAHO = `
import os, sys
import paho.mqtt.client as mqtt
host, port, transport, ca, client_id, user = sys.argv[1:7]
args = dict(client_id=client_id, transport=transport)
if hasattr(mqtt, "CallbackAPIVersion"): args["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION1
client = mqtt.Client(**args)
client.username_pw_set(user, os.environ["PASSWORD"])
if ca: client.tls_set(ca)
if transport == "websockets": client.ws_set_options(path="/mqtt")
state = {}
def connected(client, userdata, flags, code, *_):
    state["code"] = int(code)
    if state["code"] == 0: client.publish(f"/{user.split('&')[1]}/{user.split('&')[0]}/user/update", "x", qos=1)
    else: client.disconnect()
def published(client, userdata, mid, *_):
    state["published"] = True
    client.disconnect()
client.on_connect, client.on_publish = connected, published
client.connect(host, int(port), keepalive=60)
client.loop_forever()
print(state.get("code"), state.get("published", False))
`;

let folder: string;
let broker: Running;
let counts: string;
const ports: Record<string, string> = {};

beforeAll(async () => {
  folder = temporaryFolder();
  const flags = ['--port', '0', '--tls-port', '0', '--ws-port', '0', '--wss-port', '0'];
  const ca = join(folder, 'ca.pem');
  broker = startCli(['broker', '--generate', 'a1testPk001:1', ...flags, '--ca-out', ca, '--json']);
  let said = '';
  broker.child.stderr!.on('data', (chunk) => {
    said += chunk;
  });
  await broker.says('listens on');
  for (const [, scheme, port] of said.matchAll(/(mqtts?|wss?):\/\/127\.0\.0\.1:(\d+)/g))
    ports[scheme!] = port!;
  expect(Object.keys(ports).sort()).toEqual(['mqtt', 'mqtts', 'ws', 'wss']);
});

afterAll(async () => {
  broker.child.kill('SIGINT');
  counts = (await broker.finished).stdout;
  rmSync(folder, { recursive: true });
  // The console's parameters announce TLS over any transport.
  if (PYTHON !== undefined) expect(JSON.parse(counts).connects_securemode_mismatch).toBeGreaterThan(0);
});

interface Signed {
  clientId: string;
  username: string;
  password: string;
}

async function signed(...flags: string[]): Promise<Signed> {
  const names = ['--product-key', DEVICE.productKey, '--device-name', DEVICE.deviceName];
  const env = { DEVICE_SECRET: DEVICE.deviceSecret };
  const { stdout } = await inProcess(['sign', ...names, ...flags, '--json'], env);
  return JSON.parse(stdout) as Signed;
}

function caFor(scheme: string): string {
  return scheme === 'mqtts' || scheme === 'wss' ? join(folder, 'ca.pem') : '';
}

async function byPaho(scheme: string, { clientId, username, password }: Signed): Promise<string> {
  const transport = scheme.startsWith('ws') ? 'websockets' : 'tcp';
  const args = ['127.0.0.1', ports[scheme]!, transport, caFor(scheme), clientId, username];
  const { stdout } = await run(PYTHON!, ['-c', PAHO, ...args], {
    env: { ...process.env, PASSWORD: password },
  });
  return stdout.trim();
}

describe.runIf(PYTHON !== undefined)('paho', () => {
  it.each(['mqtt', 'mqtts', 'ws', 'wss'])('signs in over %s', async (scheme) => {
    const tls = caFor(scheme) === '' ? '--no-tls' : '--tls';
    expect(await byPaho(scheme, await signed(tls))).toBe('0 True');
    expect(await byPaho(scheme, await signed(tls, '--sdk', 'c-link-4'))).toBe('0 True');
    expect(await byPaho(scheme, await signed('--sdk', 'console'))).toBe('0 True');
  });

  it.each(['hmacmd5', 'hmacsha256'])(
    'signs in by %s, without a timestamp and with pairs more',
    async (method) => {
      const flags = [
        '--signmethod',
        method,
        '--timestamp',
        'omit',
        '--param',
        'ext=1',
        '--order',
        'ext',
        '--no-tls',
      ];
      expect(await byPaho('mqtt', await signed(...flags))).toBe('0 True');
    },
  );

  it('is refused with another password', async () => {
    expect(await byPaho('mqtt', { ...(await signed('--no-tls')), password: 'f'.repeat(40) })).toBe('4 False');
  });
});

describe.runIf(MOSQUITTO !== undefined)('mosquitto_pub', () => {
  // It has no WebSocket in the versions that Debian ships.
  it.each(['mqtt', 'mqtts'])('signs in over %s', async (scheme) => {
    const { clientId, username, password } = await signed(
      scheme === 'mqtt' ? '--no-tls' : '--tls',
      '--sdk',
      'js',
    );
    const ca = caFor(scheme);
    const to = ['-h', '127.0.0.1', '-p', ports[scheme]!, ...(ca === '' ? [] : ['--cafile', ca])];
    const topic = `/${DEVICE.productKey}/${DEVICE.deviceName}/user/update`;
    const login = ['-i', clientId, '-u', username, '-P', password];
    await run(MOSQUITTO!, [...to, ...login, '-q', '1', '-t', topic, '-m', 'x']);
    await expect(
      run(MOSQUITTO!, [...to, ...login.slice(0, 4), '-P', 'x', '-t', topic, '-m', 'x']),
    ).rejects.toThrow(/not authori[sz]ed|bad user name or password/i);
  });
});
