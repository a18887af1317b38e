import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cli, readSummary, temporaryFolder } from '../support/cli.ts';

const FAILS = [
  ...['run', 'scenarios/quickstart.yaml', '--allow-invalid', '--quiet', '--json'],
  ...['--set', 'devices.generate.count=10', '--set', 'hold=500ms', '--set', 'gracefulStop=500ms'],
  ...['--set', 'thresholds={ connect_latency: max < 1us }'],
];

it.concurrent('a run there adds to the job summary and annotates, and stdout is JSON all the same', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'step.md');
  writeFileSync(file, '# Of an earlier step\n');
  const out = join(folder, 'out');
  const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file };
  const { code, stdout, stderr } = await cli([...FAILS, '--out', out], github);
  expect(code).toBe(99);
  const summary = readSummary(out);
  expect(JSON.parse(stdout)).toEqual(summary);
  expect(readFileSync(file, 'utf8')).toBe(
    `# Of an earlier step\n\n${readFileSync(join(out, 'summary.md'), 'utf8')}`,
  );
  expect(stderr).toMatch(/^::error title=quickstart::connect_latency max < 1us: was [\d.]+ ms\n$/);
});

it.concurrent('a job summary that cannot be written is a warning, and no failure', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'step.md');
  mkdirSync(file);
  const args = [
    ...FAILS.slice(0, -1),
    'thresholds={ connects_ok: share == 1 }',
    '--out',
    join(folder, 'out'),
  ];
  const { code, stderr } = await cli(args, { GITHUB_STEP_SUMMARY: file });
  expect(stderr).toMatch(
    /^warning: the job summary could not be written: .*step\.md is not a regular file\n$/,
  );
  expect(code).toBe(0);
});

it.concurrent('a full one stays below the limit of the runner', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'step.md');
  const MOST = 1024 * 1024;
  writeFileSync(file, 'x'.repeat(MOST - 1000));
  const args = [...FAILS, '--out', join(folder, 'out')];
  const { code, stderr } = await cli(args, { GITHUB_STEP_SUMMARY: file });
  expect(stderr).toBe('warning: the job summary is full, not all of this run is in it\n');
  expect(code).toBe(99);
  const text = readFileSync(file, 'utf8');
  expect(Buffer.byteLength(text)).toBeLessThan(MOST);
  expect(text).toContain('x\n## ❌ quickstart failed\n');
  expect(existsSync(join(folder, 'out', 'summary.md'))).toBe(true);
});
