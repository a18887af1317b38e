/** What others wrote, through the door: it is shown, and steers neither the terminal nor the runner that reads along. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cli, type Finished, temporaryFolder } from '../support/cli.ts';
import { expectInert, HOSTILE, replaced } from '../support/foreign-text.ts';
import { madeRun, writeRun } from '../support/made-runs.ts';

const WORDS = /^\.(outcome\.state|startedAt|health\.verdict)$/;

/** The folder of a run whose summary has such text wherever one may stand. */
function foreignRun(folder: string, seed: number): string {
  const run = madeRun({ seed, outcome: { state: 'aborted', reason: 'x' } });
  const failures = [{ phase: 'x', kind: 'x', code: 'x', count: 1, examples: ['x'], hint: 'x' }];
  const health = { ...run.summary.health, verdict: 'invalid' as const, reasons: ['x'] };
  const summary = { ...run.summary, failures, health, imbalances: ['x'] };
  return writeRun(folder, { ...run, summary: replaced(summary, () => HOSTILE, WORDS) });
}

function expectBothInert({ stdout, stderr }: Finished): void {
  expectInert(stdout);
  expectInert(stderr);
}

it('of a run: report and compare', async () => {
  const folder = temporaryFolder();
  const [base, head] = [foreignRun(join(folder, 'base'), 1), foreignRun(join(folder, 'head'), 2)];
  const reported = await cli(['report', base]);
  expect(reported.code, reported.stderr).toBe(0);
  expect(reported.stdout).toContain('\\u001b[31m\\u009b2J');
  expectBothInert(reported);
  const compared = await cli(['compare', base, head]);
  expect(compared.code, compared.stderr).toBe(0);
  expect(compared.stdout).toContain('base is aborted: \\u003a:error');
  expectBothInert(compared);
});

it('of a scenario, a device list and a folder: check', async () => {
  const folder = join(temporaryFolder(), 'a\u001b[31m\u202eb');
  mkdirSync(folder);
  const file = join(folder, 'run.yaml');
  const yaml = (text: string): string => JSON.stringify(text);
  writeFileSync(
    join(folder, 'devices.csv'),
    `productKey,deviceName,deviceSecret\npk,d\u001b[31m\u009b1m+/,s\n`,
  );
  writeFileSync(
    file,
    `name: ${yaml(HOSTILE)}\ntarget: ${yaml(HOSTILE)}\ndevices: { file: devices.csv, ${yaml('k\u001b[31m')}: 1 }\nhold: ${yaml('\u009b5s\u202e')}\n`,
  );
  const wrong = await cli(['check', file]);
  expect(wrong.code).toBe(104);
  expect(wrong.stderr).toContain('a\\u001b[31m\\u202eb/run.yaml:4:7: ');
  expectBothInert(wrong);
  writeFileSync(file, 'target: embedded\ndevices: { generate: { productKey: pk, count: 1 } }\n');
  const sound = await cli(['check', file]);
  expect(sound.code, sound.stderr).toBe(0);
  expectBothInert(sound);
});
