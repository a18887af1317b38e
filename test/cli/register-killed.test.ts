/** Over MQTT with TLS; a secret that came over HTTPS is kept by the same registrar, before anything else is done. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { DeviceTableBuilder } from '../../src/model/devices/device-table.ts';
import { Registry } from '../../src/platform/aliyun/check/registry.ts';
import { type StandIn, startStandIn } from '../../src/stand-in/stand-in.ts';
import { seededRandom } from '../../src/statistics/random.ts';
import { cli, startCli, temporaryFolder } from '../support/cli.ts';

const DEVICES = 500;
const KILLS = 10;
const MOST_IN_FLIGHT = 40;
const SEED = 16;

const folder = temporaryFolder();
const [names, out, ca] = ['names.csv', 'triples.csv', 'ca.pem'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
/** What the stand-in granted, in its own order: the device, its secret, and in which run of the command. */
const grants: { device: string; secret: string; run: number }[] = [];
let run = 0;
let onGrant: (() => void) | undefined;
let standIn: StandIn;

beforeAll(async () => {
  const grantSecret = Registry.prototype.grantSecret;
  vi.spyOn(Registry.prototype, 'grantSecret').mockImplementation(function (
    this: Registry,
    productKey,
    deviceName,
  ) {
    const secret = grantSecret.call(this, productKey, deviceName);
    grants.push({ device: `${productKey},${deviceName}`, secret, run });
    onGrant?.();
    return secret;
  });
  const builder = new DeviceTableBuilder();
  const rows = Array.from({ length: DEVICES }, (_, at) => `pk,d${at}`);
  for (const row of rows) builder.add('pk', row.slice(3), '');
  writeFileSync(names, `productKey,deviceName\n${rows.join('\n')}\n`, { mode: 0o600 });
  standIn = await startStandIn({
    devices: builder.build().shared,
    products: new Map([['pk', { productSecret: 'secret-of-pk', isRegistrationOn: true }]]),
    tls: 0,
  });
  writeFileSync(ca, standIn.ca!);
});
afterEach(() => {
  onGrant = undefined;
});
afterAll(async () => {
  vi.restoreAllMocks();
  await standIn.close();
});

const ARGS = () => [
  ...['register', names, '--out', out, '--target', standIn.urls.tls!, '--ca', ca],
  ...['--rate', '2000/s', '--in-flight', String(MOST_IN_FLIGHT), '--quiet'],
];
const ENV = { MQTT_FLEET_PRODUCT_SECRET: 'secret-of-pk' };

/** The whole rows of the list, device by device. */
function kept(): Map<string, string> {
  const text = existsSync(out) ? readFileSync(out, 'utf8') : '';
  const rows = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(1, -1);
  const found = rows.map(
    (row) => [row.slice(0, row.lastIndexOf(',')), row.slice(row.lastIndexOf(',') + 1)] as const,
  );
  expect(new Set(found.map(([device]) => device)).size).toBe(found.length);
  return new Map(found);
}

function lastGrants(): Map<string, string> {
  return new Map(grants.map(({ device, secret }) => [device, secret]));
}

/** What must hold of the list whenever nobody writes to it. */
function expectSound(before: Map<string, string>): Map<string, string> {
  const now = kept();
  const last = lastGrants();
  for (const [device, secret] of now) expect(last.get(device)).toBe(secret);
  for (const [device, secret] of before) expect(now.get(device)).toBe(secret);
  const again = grants.filter((grant) => grant.run === run && before.has(grant.device));
  expect(again).toEqual([]);
  return now;
}

it(`loses no secret and asks for none twice, killed ${KILLS} times over ${DEVICES} devices`, async () => {
  const random = seededRandom(SEED);
  let before = kept();
  for (run = 1; run <= KILLS; run++) {
    // The moment of a grant, which nobody has heard of yet, or a while after it: in the midst of the answers and of the disk.
    let left = 1 + Math.floor(random() * 45);
    const delayMs = random() < 0.5 ? 0 : random() * 20;
    const { child, finished } = startCli(ARGS(), ENV);
    onGrant = () => {
      if (--left !== 0) return;
      if (delayMs === 0) child.kill('SIGKILL');
      else setTimeout(() => child.kill('SIGKILL'), delayMs);
    };
    expect((await finished).code).toBe(null);
    before = expectSound(before);
  }
  expect(before.size).toBeLessThan(DEVICES);
  onGrant = undefined;
  const { code, stdout } = await cli([...ARGS(), '--json'], ENV);
  expect(code).toBe(0);
  const had = before.size;
  expect(JSON.parse(stdout)).toMatchObject({
    kept: had,
    counters: { registers_ok: DEVICES - had, registers_failed: 0 },
  });
  expect(expectSound(before).size).toBe(DEVICES);
  // What was granted beside was on its way when the command was killed, and no more than may be at once.
  const last = lastGrants();
  const unheard = grants.filter(({ device, secret }) => last.get(device) !== secret);
  for (let killed = 1; killed <= KILLS; killed++)
    expect(unheard.filter((grant) => grant.run === killed).length).toBeLessThanOrEqual(MOST_IN_FLIGHT);
  expect(unheard.every((grant) => grant.run <= KILLS)).toBe(true);
}, 120_000);
