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
