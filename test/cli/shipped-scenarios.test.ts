import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-elsewhere-'));
afterAll(() => rmSync(folder, { recursive: true }));
// As npm installs a command: a link in a folder of its own.
const COMMAND = join(folder, 'mqtt-fleet');
symlinkSync(join(ROOT, 'dist/src/cli/main.js'), COMMAND);

/** In a folder that is not the tool's. */
function elsewhere(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('a scenario that comes with the tool', () => {
  it('runs by the name that the README gives, and its report is in the working folder', async () => {
    const small = ['devices.generate.count=5', 'hold=100ms', 'thresholds={}'].flatMap((set) => [
      '--set',
      set,
    ]);
    const { code, stderr } = await elsewhere('run', 'scenarios/quickstart.yaml', '--quiet', ...small);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(join(folder, 'reports'))).toEqual([expect.stringMatching(/-quickstart$/)]);
  });

  it('is found by its bare name, unless there is a file of that name', async () => {
    expect((await elsewhere('check', 'quickstart')).stdout).toContain('devices     200');
    writeFileSync(
      join(folder, 'storm.yaml'),
      'target: embedded\ndevices: { generate: { productKey: pk, count: 3 } }\n',
    );
    expect((await elsewhere('check', 'storm.yaml')).stdout).toContain('devices     3');
  });

  it('is named where there is none of a name', async () => {
    const typo = await elsewhere('check', 'quikstart');
    expect(typo).toMatchObject({ code: 104, stderr: expect.stringContaining('did you mean quickstart?') });
    const piped = await elsewhere('check', '-');
    expect(piped).toMatchObject({ code: 104, stderr: expect.stringContaining('not from standard input') });
    const none = await elsewhere('check', 'fleet.yaml');
    expect(none).toMatchObject({
      code: 104,
      stderr: expect.stringContaining('come with the tool: alink, aliyun, ci-smoke,'),
    });
  });
});
