import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, ROOT, readSummary, startCli, temporaryFolder } from '../support/cli.ts';

describe('a mistake on the command line exits 104 and says so in one breath', () => {
  it.each([
    [['run'], 'name a scenario file'],
    [[], 'name a command'],
    [['rnu', 'x.yaml'], 'did you mean run?'],
    [['check', 'scenarios/quickstart.yaml', '-w', 'abc'], '--workers takes a whole number'],
    [['check', 'scenarios/quickstart.yaml', '--workers', '0'], '--workers takes a whole number'],
    [['run', 'scenarios/quickstart.yaml', '--allow-invalid', '--set'], 'set'],
    [
      ['run', 'scenarios/quickstart.yaml', '--allow-invalid', '--wrokers', '2'],
      'unknown flag --wrokers; did you mean --workers?',
    ],
    [['run', 'scenarios/quickstart.yaml', '--out', 'a', '--out', 'b'], '--out was given more than once'],
  ])('%j', async (args, said) => {
    const { code, stderr, stdout } = await cli(args);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
    expect(code).toBe(104);
  });
});

const SHORT = [
  'run',
  'scenarios/quickstart.yaml',
  '--allow-invalid',
  '--set',
  'connect.stages.0.rate=200/s',
  '--set',
  'hold=1s',
];

describe('run', () => {
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

  it('refuses a folder with files of somebody else', async () => {
    const { code, stderr } = await cli([...SHORT, '--out', ROOT]);
    expect(code).toBe(112);
    expect(stderr).toContain('other files');
    expect(readdirSync(ROOT)).not.toContain('summary.json');
  });
});
