import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from '../support/cli.ts';

const FOLDER = 'scenarios';

describe('a scenario that ships', () => {
  it('hmacsha1-vs-hmacmd5.yaml runs with both methods, made short', async () => {
    for (const method of ['hmacsha1', 'hmacmd5']) {
      const short = ['--set', 'devices.generate.count=100', '--set', 'hold=0s', '--out', temporaryFolder()];
      const run = [
        'run',
        join(FOLDER, 'hmacsha1-vs-hmacmd5.yaml'),
        '--set',
        `auth.signmethod=${method}`,
        ...short,
      ];
      const { code, stdout } = await cli(run);
      expect(stdout).toContain(method);
      expect(stdout).toContain('100 ok');
      expect(code).toBe(0);
    }
  });
});

it('a stage that ends in the middle of a start makes it: check plans what it warns of', async () => {
  const file = join(temporaryFolder(), 'stages.yaml');
  writeFileSync(
    file,
    `target: embedded
devices: { generate: { productKey: a1Stages, count: 100 } }
connect: { stages: [{ duration: 1990ms, rate: 50/s }] }
`,
  );
  const { code, stderr, stdout } = await cli(['check', file]);
  expect(code).toBe(0);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^connects +100 /m);
  const one = await cli(['check', file, '--set', 'devices.generate.count=101']);
  expect(one.stderr).toContain('starts only 100 of 101 devices');
});
