import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StandIn, startStandIn } from '../../../src/stand-in/stand-in.ts';
import { DEVICES } from '../../integration/stand-in/fleet.ts';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';
import { inProcess } from '../../support/in-process.ts';

const SECRET = 'canary5ecret0123456789abcdef0123';
const OTHER = 'canary6ecret0123456789abcdef0123';

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn({ devices: DEVICES });
});
afterAll(() => standIn.close());

// What a client id looks like is of the unit tests, and that the stand-in takes each of a property.
it.each([
  '{ sdk: c-link-4 }',
  '{ sdk: js-1 }',
  '{ params: { ext: 1, _ss: 1, gw: 0, lan: "JS|WX" }, order: [timestamp, _ss], clientId: "", hex: upper }',
])('devices with auth: %s sign in', async (auth) => {
  const folder = temporaryFolder();
  const list = 'productKey,deviceName,deviceSecret\npk,d1,secret-of-d1\n';
  writeFileSync(join(folder, 'list.csv'), list, { mode: 0o600 });
  const scenario = `target: ${standIn.urls.tcp}\ndevices: { file: list.csv }\nauth: ${auth}\n`;
  writeFileSync(join(folder, 's.yaml'), scenario);
  const { code, stdout } = await inProcess(['check', join(folder, 's.yaml'), '--probe']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('CONNACK 0')]);
});

it('the console’s securemode over plain TCP is refused by a stand-in that is told to be strict', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 's.yaml');
  writeFileSync(
    file,
    `target: embedded\ndevices: { generate: { productKey: a1testPk001, count: 5 } }\n` +
      `auth: { sdk: console }\nconnect: { stages: [{ duration: 100ms, rate: 50/s }] }\nbroker: { strictSecuremode: true }\n`,
  );
  const out = join(folder, 'out');
  await cli(['run', file, '--workers', '1', '--out', out, '--quiet', '--allow-invalid']);
  const [summary, log] = [readSummary(out), readFileSync(join(out, 'run.log'), 'utf8')];
  expect(summary.counters).toMatchObject({ connects_ok: 0, connects_failed: 5 });
  expect(summary.failures).toMatchObject([{ phase: 'connack', code: 'CONNACK 2', count: 5 }]);
  const refused = log.split('\n').filter((line) => line.includes('refused by the stand-in'));
  expect(refused).toHaveLength(5);
  expect(JSON.parse(refused[0]!)).toMatchObject({ code: 'CONNACK 2', reason: 'securemode-mismatch' });
});

it('run.log says of each device that the stand-in refused why, and no secret', async () => {
  const folder = temporaryFolder();
  const right = join(folder, 'right.csv');
  writeFileSync(
    right,
    `productKey,deviceName,deviceSecret\na1testPk001,d2,${SECRET}\na1testPk001,d3,${SECRET}\n`,
  );
  writeFileSync(
    join(folder, 'wrong.csv'),
    `productKey,deviceName,deviceSecret\na1testPk001,d1,${SECRET}\na1testPk001,d2,${SECRET}\na1testPk001,d3,${OTHER}\n`,
  );
  const file = join(folder, 's.yaml');
  writeFileSync(file, `target: embedded\ndevices: { file: wrong.csv }\nbroker: { devices: right.csv }\n`);
  const out = join(folder, 'out');
  await cli(['run', file, '--out', out, '--quiet', '--allow-invalid']);
  const log = readFileSync(join(out, 'run.log'), 'utf8');
  const notes = log
    .split('\n')
    .filter((line) => line.includes('refused by the stand-in'))
    .map((line) => JSON.parse(line));
  expect(notes).toEqual([
    expect.objectContaining({ device: 'd1&a1testPk001', code: 'CONNACK 5', reason: 'unknown-device' }),
    expect.objectContaining({
      device: 'd3&a1testPk001',
      code: 'CONNACK 4',
      reason: 'wrong-password',
      mistake: expect.stringContaining('No mistake'),
    }),
  ]);
  for (const secret of [SECRET, OTHER]) expect(log).not.toContain(secret);
});
