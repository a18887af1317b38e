import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cli, readSummary, temporaryFolder } from '../../support/cli.ts';

/** A run of five devices that sign in so. */
async function runWith(auth: string, more = '') {
  const folder = temporaryFolder();
  const file = join(folder, 's.yaml');
  writeFileSync(
    file,
    `target: embedded\ndevices: { generate: { productKey: a1testPk001, count: 5 } }\n` +
      `auth: ${auth}\nconnect: { stages: [{ duration: 100ms, rate: 50/s }] }\n${more}`,
  );
  const out = join(folder, 'out');
  const finished = await cli(['run', file, '--out', out, '--quiet', '--allow-invalid']);
  return { ...finished, summary: readSummary(out) };
}

it.each([
  '{ sdk: c-link-4 }',
  '{ sdk: js }',
  '{ sdk: console }',
  '{ params: { ext: 1, _ss: 1, gw: 0, lan: C }, order: [timestamp, _ss], clientId: "", hex: upper }',
  '{ clientId: "${productKey}&${deviceName}", timestamp: omit, order: [gw], params: { gw: 1 } }',
])('devices with auth: %s sign in', async (auth) => {
  const { code, summary } = await runWith(auth);
  expect(summary.counters).toMatchObject({ connects_ok: 5, connects_failed: 0 });
  expect(summary.standIn?.differences).toEqual([]);
  expect(code).toBe(0);
});

it('the console’s securemode over plain TCP is refused by a stand-in that is told to be strict', async () => {
  const { summary } = await runWith('{ sdk: console }', 'broker: { strictSecuremode: true }\n');
  expect(summary.counters).toMatchObject({ connects_ok: 0, connects_failed: 5 });
  expect(summary.failures).toMatchObject([{ phase: 'connack', code: 'CONNACK 2', count: 5 }]);
});
