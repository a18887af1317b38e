/** The scenarios that show other ways to sign in, made small. */
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from '../../support/cli.ts';

const SMALL = ['devices.generate.count=4', 'hold=1500ms', 'gracefulStop=1s'].flatMap((set) => ['--set', set]);

describe.each([
  ['other-clouds', []],
  ['other-clouds', ['--set', 'platform=apsaramq', '--set', 'auth={ instanceId: mqtt-1, groupId: GID_a }']],
  ['own-signing', []],
])('%s %s', (name, more) => {
  it('runs, and its thresholds pass', async () => {
    const flags = [...SMALL, '--workers', '1', '--allow-invalid', '--out', temporaryFolder()];
    const done = await cli(['run', `scenarios/${name}.yaml`, ...flags, ...more]);
    expect(done.stdout).toContain('4 ok');
    expect(done.code).toBe(0);
  });
});
