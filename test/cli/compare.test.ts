/** Two runs compared by the command itself; what else it says is held by test/unit/cli/commands/compare.test.ts. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Comparison } from '../../src/compare/comparison.ts';
import { cli, temporaryFolder } from '../support/cli.ts';
import { madeRun, writeRun } from '../support/made-runs.ts';

it('prints what differs, alone on stdout, and exits 99 where a rule says so', async () => {
  const folder = temporaryFolder();
  const base = writeRun(join(folder, 'base'), madeRun({ seed: 1 }));
  const slow = writeRun(join(folder, 'slow'), madeRun({ seed: 3, connackUs: 20_000 }));
  const args = ['compare', base, slow, '--json', '--fail-on', 'connect_latency.p50 > +10%'];
  const { code, stdout, stderr } = await cli(args);
  expect(stderr).toBe('');
  expect(code).toBe(99);
  expect((JSON.parse(stdout) as Comparison).verdict).toBe('worse');
});
