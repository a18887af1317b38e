/** The scenarios that show other ways to sign in, made small. */
import { describe, expect, it } from 'vitest';
import { cli, temporaryFolder } from '../../support/cli.ts';

const SMALL = [
  'devices.generate.count=4',
  'connect.stages=[{ duration: 100ms, rate: 40/s }]',
  'hold=1100ms',
  'gracefulStop=1s',
].flatMap((set) => ['--set', set]);

describe.each(['other-clouds', 'own-signing'])('%s', (name) => {
  it('runs, and its thresholds pass', async () => {
    const flags = [...SMALL, '--workers', '1', '--allow-invalid', '--out', temporaryFolder()];
    const done = await cli(['run', `scenarios/${name}.yaml`, ...flags]);
    expect(done.stdout).toContain('4 ok');
    expect(done.code).toBe(0);
  });
});

it('other-clouds as ApsaraMQ lets a generated device in', async () => {
  const sets = ['platform=apsaramq', 'auth={ instanceId: mqtt-1, groupId: GID_a }'];
  const flags = ['--probe', ...sets.flatMap((set) => ['--set', set])];
  const probed = await cli(['check', 'scenarios/other-clouds.yaml', ...flags]);
  expect(probed).toMatchObject({ code: 0, stdout: expect.stringContaining('CONNACK 0') });
});
