/** The scenarios that show other ways to sign in, made small. */
import { expect, it } from 'vitest';
import { cli, temporaryFolder } from '../../support/cli.ts';

const SMALL = [
  'devices.generate.count=4',
  'connect.stages=[{ duration: 100ms, rate: 40/s }]',
  'hold=1100ms',
  'gracefulStop=1s',
].flatMap((set) => ['--set', set]);

it('other-clouds runs, and its thresholds pass', async () => {
  const flags = [...SMALL, '--workers', '1', '--allow-invalid', '--out', temporaryFolder()];
  const done = await cli(['run', 'scenarios/other-clouds.yaml', ...flags]);
  expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('4 ok') });
});

it.each([
  ['other-clouds', ['platform=apsaramq', 'auth={ instanceId: mqtt-1, groupId: GID_a }']],
  ['own-signing', []],
])('%s %s lets a generated device in', async (name, sets) => {
  const flags = ['--probe', ...sets.flatMap((set) => ['--set', set])];
  const probed = await cli(['check', `scenarios/${name}.yaml`, ...flags]);
  expect(probed).toMatchObject({ code: 0, stdout: expect.stringContaining('CONNACK 0') });
});
