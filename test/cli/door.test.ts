import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, harmed, ROOT, readSummary, startCli, temporaryFolder, ulimit } from '../support/cli.ts';

const SHORT = [
  'run',
  'scenarios/quickstart.yaml',
  '--allow-invalid',
  '--set',
  'connect.stages.0.rate=200/s',
  '--set',
  'hold=1s',
  // Theirs may fail on a machine that is busy with other things.
  '--set',
  'thresholds={}',
];

describe.concurrent('run', () => {
  it('writes its report though nobody reads what it prints', async () => {
    const out = temporaryFolder();
    const command = `node dist/src/cli/main.js ${SHORT.join(' ')} --out ${out} --quiet | true; exit \${PIPESTATUS[0]}`;
    const code = await new Promise((resolve) => {
      spawn('bash', ['-c', command], { cwd: ROOT, stdio: 'ignore' }).on('close', resolve);
    });
    expect(readSummary(out).counters.connects_ok).toBe(200);
    expect(code).toBe(0);
  });

  it('ends at once on the second signal, and says that there is no report', async () => {
    const out = temporaryFolder();
    const run = startCli([
      'run',
      'scenarios/quickstart.yaml',
      '--allow-invalid',
      '--set',
      'gracefulStop=30s',
      '--out',
      out,
    ]);
    await run.says('open ');
    run.child.kill('SIGTERM');
    run.child.kill('SIGINT');
    const { code, stderr } = await run.finished;
    expect(stderr).toContain('no report was written');
    expect(code).toBe(105);
    expect(existsSync(join(out, 'summary.json'))).toBe(false);
  });

  it('is not ended by the first signal before its start line, nor without a report', async () => {
    const out = temporaryFolder();
    const run = startCli([...SHORT, '--out', out]);
    while (!existsSync(join(out, '.run.log.partial'))) await new Promise((resolve) => setTimeout(resolve, 5));
    run.child.kill('SIGTERM');
    const { code, stdout } = await run.finished;
    const { outcome, counters } = readSummary(out);
    expect(outcome).toEqual({ state: 'aborted', reason: 'SIGTERM' });
    expect(counters).toMatchObject({ connects_scheduled: 200, connects_cancelled: 200 });
    expect(stdout).toContain('SIGTERM');
    expect(code).toBe(105);
  });

  it('writes its whole report though a signal comes while it does', async () => {
    const out = temporaryFolder();
    const run = startCli([...SHORT, '--out', out], harmed('disk-is-slow'));
    while (!existsSync(join(out, '.summary.json.partial')))
      await new Promise((resolve) => setTimeout(resolve, 5));
    run.child.kill('SIGINT');
    const { code, stderr } = await run.finished;
    expect(stderr).toContain('SIGINT: the report is still written');
    expect(readSummary(out).outcome.state, 'it had come to its end before').toBe('completed');
    expect(code).toBe(0);
    const files = readdirSync(out);
    for (const file of ['summary.json', 'histograms.hlog', 'report.html', 'junit.xml', 'run.log'])
      expect(files).toContain(file);
    expect(files.filter((file) => file.endsWith('.partial'))).toEqual([]);
  });

  it.runIf(existsSync('/dev/full')).each([
    ['2>/dev/full', 0],
    ['>/dev/full', 112],
  ])('reports whole with %s, and exits %i', async (redirection, expected) => {
    const out = temporaryFolder();
    const under = ['bash', '-c', `exec "$0" "$@" ${redirection}`];
    const { code, stderr } = await cli([...SHORT, '--out', out], {}, under);
    expect(readSummary(out).counters.connects_ok).toBe(200);
    expect(readdirSync(out)).toContain('report.html');
    expect(stderr).not.toContain('    at ');
    if (redirection === '>/dev/full') expect(stderr).toContain('could not be written to stdout: ENOSPC');
    expect(code).toBe(expected);
  });

  it('refuses a folder with files of somebody else', async () => {
    const { code, stderr } = await cli([...SHORT, '--out', ROOT]);
    expect(code).toBe(112);
    expect(stderr).toContain('other files');
    expect(readdirSync(ROOT)).not.toContain('summary.json');
  });
});

it('with 60 open files it says which limit is short, and exits 113', async () => {
  const { code, stderr, stdout } = await cli(['check', 'scenarios/quickstart.yaml'], {}, ulimit('n', 60));
  expect(stderr).toContain('a process may have 60 files open (ulimit -n)');
  expect(stderr).not.toContain('    at ');
  expect(stdout).toBe('');
  expect(code).toBe(113);
});
