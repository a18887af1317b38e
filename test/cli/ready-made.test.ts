/** Credentials that somebody else made, in the forms in which they are handed out, through the built command. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sign } from '../../src/platform/aliyun/signing/credentials.ts';
import { type StandIn, startStandIn } from '../../src/stand-in/stand-in.ts';
import { D1, D2, DEVICES } from '../integration/stand-in/fleet.ts';
import { cli, ROOT, readSummary, temporaryFolder } from '../support/cli.ts';

let standIn: StandIn;
const folder = temporaryFolder();

beforeAll(async () => {
  standIn = await startStandIn({ devices: DEVICES, tcp: 0, tls: 0 });
  writeFileSync(join(folder, 'ca.pem'), standIn.ca!);
});
afterAll(() => standIn.close());

/** What the console copies. */
function parametersOf(triple: typeof D1, port = standIn.ports.tls!) {
  const {
    mqttClientId: clientId,
    username,
    password: passwd,
  } = sign(triple, 'hmacsha256', 2, '1700000000000');
  return { clientId, username, passwd, mqttHostUrl: '127.0.0.1', port };
}

/** The shipped scenario beside a list of that content; a folder of its own for each. */
function scenarioWith(list: unknown): string {
  const own = temporaryFolder();
  copyFileSync(join(ROOT, 'scenarios/ready-made.yaml'), join(own, 'ready-made.yaml'));
  writeFileSync(join(own, 'mqtt.json'), JSON.stringify(list), { mode: 0o600 });
  return own;
}

async function run(list: unknown, ...set: string[]) {
  const own = scenarioWith(list);
  const out = join(own, 'out');
  const short = [
    `tls={ca: ${join(folder, 'ca.pem')}}`,
    'connect={stages: [{duration: 100ms, rate: 20/s}]}',
    'hold=200ms',
    ...set,
  ];
  const sets = short.flatMap((each) => ['--set', each]);
  const done = await cli(['run', join(own, 'ready-made.yaml'), '--out', out, '--allow-invalid', ...sets]);
  return { ...done, out };
}

it('what the console copies is a scenario’s list and its target', async () => {
  const { code, stderr, out } = await run(parametersOf(D1), 'connect.stages[0].rate=10/s', 'hold=1500ms');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const { counters } = readSummary(out);
  expect(counters).toMatchObject({ connects_ok: 1, connects_failed: 0 });
  // Its names were read from the user name: the topic was the device's own.
  expect(counters.replies_received).toBeGreaterThan(0);
  expect(standIn.counts().publishes_unauthorized).toBe(0);
});

it('a wrong password is refused, and is nowhere to be read', async () => {
  const wrong = { ...parametersOf(D2), passwd: 'canary5ecret' };
  const { code, stdout, stderr, out } = await run([parametersOf(D1), wrong]);
  expect(code).toBe(99);
  expect(readSummary(out).failures).toMatchObject([{ phase: 'connack', code: 'CONNACK 4', count: 1 }]);
  expect(stdout + stderr + JSON.stringify(readSummary(out))).not.toContain('canary5ecret');
});

it('the embedded stand-in holds them against the list, having no secret', async () => {
  const list = [parametersOf(D1), parametersOf(D2)];
  const { code, out } = await run(list, 'target=embedded', 'tls={}');
  expect(code).toBe(0);
  expect(readSummary(out).counters.connects_ok).toBe(2);
});

it('a list of the stand-in’s own is one of triples, which they are held against', async () => {
  const list = [parametersOf(D1), parametersOf(D2)];
  const known = join(scenarioWith([D1]), 'mqtt.json');
  const { out } = await run(list, 'target=embedded', 'tls={}', `broker={devices: ${known}}`);
  expect(readSummary(out)).toMatchObject({
    counters: { connects_ok: 1, connects_failed: 1 },
    failures: [{ phase: 'connack', code: 'CONNACK 5', count: 1 }],
  });
});

it('a list that names no host, or several, is no target', async () => {
  const { mqttHostUrl: _, ...nowhere } = parametersOf(D1);
  const check = async (list: unknown) => {
    const { code, stderr } = await cli(['check', join(scenarioWith(list), 'ready-made.yaml')]);
    expect(code).toBe(104);
    return stderr;
  };
  expect(await check(nowhere)).toContain(
    'ready-made.yaml:9:9: "list" finds no host in the device list (as mqttHostUrl and port; or write a URL)',
  );
  for (const wrong of [{ port: 65_536 }, { port: 'x' }, { mqttHostUrl: 'mqtts://broker' }])
    expect(await check({ ...parametersOf(D1), ...wrong })).toContain(
      '"list" finds no address in the device list (mqttHostUrl is a host alone',
    );
  expect(await check([parametersOf(D1), parametersOf(D2, 1)])).toContain(
    '"list" finds several hosts in the device list (make a scenario for each)',
  );
  expect(await check({ ...parametersOf(D1), username: 'canary5ecret' })).toContain(
    'device 1: username is not of the form <deviceName>&<productKey> (or give the columns',
  );
});
