/** What is refused before anything is opened, command by command. That a process ends so too is held by test/cli/exit-codes.test.ts. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inProcess } from '../../support/in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-refused-'));
afterAll(() => rmSync(folder, { recursive: true }));
const out = join(folder, 'out');

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
    const { code, stderr, stdout } = await inProcess(args);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
    expect(code).toBe(104);
  });
});

describe('run', () => {
  const QUICK = ['run', 'scenarios/quickstart.yaml', '--allow-invalid', '--out', out];

  it.each([
    [['--prometheus', '9464'], '--prometheus takes HOST:PORT'],
    [['--prometheus', '127.0.0.1:99999'], '--prometheus takes HOST:PORT'],
    [['--prometheus', '127.0.0.1:0', '--prometheus-linger', 'soon'], '--prometheus-linger takes a duration'],
    [['--prometheus-linger', '5s'], '--prometheus-linger needs --prometheus'],
    [['--prometheus', '192.0.2.1:9464'], 'must be an address of this machine'],
  ])('exits 104 with %s and opens nothing', async (flags, said) => {
    const { code, stderr, stdout } = await inProcess([...QUICK, ...flags]);
    expect(code).toBe(104);
    expect(stderr).toContain(said);
    expect(stdout).toBe('');
    expect(existsSync(out)).toBe(false);
  });

  it('exits 104 with a port that is in use, says so, and opens nothing', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await inProcess([...QUICK, '--prometheus', `127.0.0.1:${port}`]);
    await new Promise((resolve) => taken.close(resolve));
    expect(code).toBe(104);
    expect(stderr).toContain(`--prometheus: cannot listen on 127.0.0.1 port ${port}: EADDRINUSE`);
    expect(stderr).toContain('choose another port, or 0 for any free one');
    expect(existsSync(out)).toBe(false);
  });
});

describe('limit', () => {
  const SEARCH = ['limit', 'scenarios/connection-limit.yaml'];

  it('says all that is wrong with its flags at once, exit 104, and opens nothing', async () => {
    const wrong = ['--max', '0', '--resolution', 'fine', '--budget', '0s', '--out', out];
    const { code, stderr, stdout } = await inProcess([...SEARCH, ...wrong]);
    expect(code).toBe(104);
    for (const flag of ['--max', '--resolution', '--budget']) expect(stderr).toContain(`${flag}: `);
    expect(stdout).toBe('');
    const { stderr: beyond } = await inProcess([...SEARCH, '--max', '6000', '--out', out]);
    expect(beyond).toContain('5,000 devices');
    const { stderr: silent } = await inProcess([...SEARCH, '--of', 'message-rate', '--out', out]);
    expect(silent).toContain('publishes nothing');
    expect(existsSync(out)).toBe(false);
  });
});

describe('broker', () => {
  it('broker takes them as flags and counts what was beyond', async () => {
    const { code, stderr } = await inProcess([
      'broker',
      '--generate',
      'pk:1',
      '--max-connections',
      '0',
      '--quotas',
      'x',
    ]);
    expect(code).toBe(104);
    expect(stderr).toContain('--quotas: is not possible here (one of: aliyun, apsaramq)');
    expect(stderr).toContain('--max-connections: is below 1');
  });
});

describe('sign-cost', () => {
  it('does not begin to measure where a page would replace another file', async () => {
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'mine');
    const { code, stdout, stderr } = await inProcess(['sign-cost', '--html', file]);
    expect(stderr).toContain(`${file} is there already, and not a page of this tool`);
    expect(stderr).not.toContain('take turns');
    expect(stdout).toBe('');
    expect(code).toBe(112);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('exits 104 with all that is wrong with the flags, and measures nothing', async () => {
    const { code, stdout, stderr } = await inProcess([
      'sign-cost',
      '--duration',
      '1h',
      '--rounds',
      '0',
      '--online',
    ]);
    expect(stderr).toContain('--duration: is not a duration from 2s to 10m');
    expect(stderr).toContain('--online: needs a scenario');
    expect(stderr).toContain('--rounds: is not a whole number from 2 to 100');
    expect(stderr).not.toContain('take turns');
    expect(stdout).toBe('');
    expect(code).toBe(104);
  });
  it('finds problems of the list that the stand-in checks against before anything is measured', async () => {
    const scenario = join(folder, 'nowhere.yaml');
    writeFileSync(
      scenario,
      'target: embedded\ndevices: { generate: { productKey: pk, count: 1 } }\nbroker: { devices: nowhere.csv }\n',
    );
    const { code, stderr } = await inProcess(['sign-cost', scenario, '--online']);
    expect(stderr).toContain('nowhere.csv');
    expect(stderr).not.toContain('take turns');
    expect(code).toBe(104);
  });
});
