/** Credentials that somebody else made, in the forms in which they are handed out, through the built command. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sign } from '../../src/platform/aliyun/signing/credentials.ts';
import { type StandIn, startStandIn } from '../../src/stand-in/stand-in.ts';
import { D1, D2, DEVICES } from '../integration/stand-in/fleet.ts';
import { cli, ROOT, readSummary, temporaryFolder } from '../support/cli.ts';
import { inProcess } from '../support/in-process.ts';

let standIn: StandIn;
const folder = temporaryFolder();

beforeAll(async () => {
  standIn = await startStandIn({ devices: DEVICES, tcp: 0, tls: 0, certificate: 'ecdsa' });
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

function probe(list: unknown) {
  const set = ['--set', `tls={ca: ${join(folder, 'ca.pem')}}`];
  return inProcess(['check', join(scenarioWith(list), 'ready-made.yaml'), '--probe', ...set]);
}

it('what the console copies is a scenario’s list and its target', async () => {
  const known = standIn.counts().connects_ok;
  // One object, as it is copied; what comes of it beyond the sign-in is in the next run.
  const { code, stdout } = await probe(parametersOf(D1));
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('CONNACK 0') });
  expect(standIn.counts().connects_ok).toBe(known + 1);
});

it('a device of the list is itself; a wrong password is refused, and is nowhere to be read', async () => {
  const wrong = { ...parametersOf(D2), passwd: 'canary5ecret' };
  const { code, stdout, stderr, out } = await run([parametersOf(D1), wrong], 'hold=1500ms');
  expect({ code, stderr }).toMatchObject({ code: 99 });
  const { counters, failures } = readSummary(out);
  expect(failures).toMatchObject([{ phase: 'connack', code: 'CONNACK 4', count: 1 }]);
  expect(stdout + stderr + JSON.stringify(readSummary(out))).not.toContain('canary5ecret');
  expect(counters).toMatchObject({ connects_ok: 1, connects_failed: 1 });
  // Its names were read from the user name: the topic was the device's own.
  expect(counters.replies_received).toBeGreaterThan(0);
  expect(standIn.counts().publishes_unauthorized).toBe(0);
});

it('the embedded stand-in holds them against the list, having no secret', async () => {
  const file = join(scenarioWith([parametersOf(D1)]), 'ready-made.yaml');
  const embedded = ['--set', 'target=embedded', '--set', 'tls={}'];
  const { code, stdout } = await cli(['check', file, '--probe', ...embedded]);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('CONNACK 0') });
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
    const { code, stderr } = await inProcess(['check', join(scenarioWith(list), 'ready-made.yaml')]);
    expect(code).toBe(104);
    return stderr;
  };
  expect(await check(nowhere)).toContain(
    'ready-made.yaml:9:9: "list" finds no host in the device list (as mqttHostUrl and port; or write a URL)',
  );
  for (const wrong of [
    { port: 65_536 },
    { port: 'x' },
    { mqttHostUrl: 'mqtts://broker' },
    { mqttHostUrl: 'h:1883' },
  ])
    expect(await check({ ...parametersOf(D1), ...wrong })).toContain(
      '"list" finds no address in the device list (mqttHostUrl is a host alone',
    );
  // The same nonsense twice is one address; none of it is shown.
  const nonsense = { mqttHostUrl: 'canary5ecret@h', port: 'x' };
  const twice = await check([D1, D2].map((triple) => ({ ...parametersOf(triple), ...nonsense })));
  expect(twice).toContain('finds no address');
  expect(twice).not.toMatch(/canary5ecret|several/);
  expect(await check([parametersOf(D1), parametersOf(D2, 1)])).toContain(
    '"list" finds several hosts in the device list (make a scenario for each)',
  );
  expect(await check({ ...parametersOf(D1), username: 'canary5ecret' })).toContain(
    'device 1: username is not of the form <deviceName>&<productKey> (or give the columns',
  );
});
