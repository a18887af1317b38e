import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import type { Door } from '../../../src/app/door.ts';
import { mindOwner, mostOfRun, type OwnerRequest, ownerRequestOf } from '../../../src/app/target-owner.ts';
import { planRun } from '../../../src/coordinator/plan.ts';
import { FleetError, formatProblem } from '../../../src/model/errors.ts';
import { readScenario } from '../../../src/scenario/scenario-file.ts';
import { readAll } from '../../support/read-all.ts';

const folder = mkdtempSync(join(tmpdir(), 'mqtt-fleet-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WITHIN = ['connect.stages=[{ duration: 2s, rate: 50/s }]', 'hold=10s'];
const FAST = 'connect.stages=[{ duration: 1s, rate: 501/s }]';
const publish = (rest: string) =>
  `publish=[{ topic: a, payload: { size: { min: 64B, max: 1KB } }, ${rest} }]`;

async function requestOf(overrides: string[], yes = false): Promise<OwnerRequest> {
  const file = join(folder, 's.yaml');
  writeFileSync(
    file,
    'target: mqtt://broker.example.com\ndevices: { generate: { productKey: pk, count: 100 } }\n',
  );
  const { scenario, devices } = await readScenario(file, { overrides: [...WITHIN, ...overrides], env: {} });
  return {
    ...ownerRequestOf(scenario, { scenario: 's.yaml', yes }),
    most: mostOfRun(scenario, planRun(scenario, devices, 1)),
  };
}

/** `answer` is typed by a person at a terminal, unless one of the two streams is none. */
async function minded(
  request: OwnerRequest,
  answer?: string,
  isTTY = { stdin: true, stderr: true },
): Promise<{ said: string; problems: string[] }> {
  const stderr = Object.assign(new PassThrough(), { isTTY: isTTY.stderr });
  const stdin = Object.assign(new PassThrough(), { isTTY: isTTY.stdin && answer !== undefined });
  stdin.end(answer);
  let problems: string[] = [];
  try {
    await mindOwner(request, { stdin, stderr } as unknown as Door);
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== 'bad-input') throw error;
    problems = error.problems.map(formatProblem);
  }
  return { said: readAll(stderr), problems };
}

describe('a target that is not one’s own', () => {
  it('is told what it will get at most', async () => {
    const { said, problems } = await minded(await requestOf([publish('every: 1s')]));
    expect(problems).toEqual([]);
    expect(said).toBe(
      'mqtt://broker.example.com:1883 is neither on this machine nor in a private network; it will get at most 100 connections, 50 connects/s, 100 messages/s, 100.0 KB/s of payload, for 17s\n',
    );
  });

  it('is told of messages without a pace', async () => {
    const { said } = await minded(await requestOf([publish('every: 0s')], true));
    expect(said).toContain('50 connects/s, as many messages as go through, for 17s');
  });

  it.each([
    [FAST, 'connects/s: 501, where the platform documents 500 per account'],
    [publish('every: 9ms'), 'messages/s: 11,112, where the platform documents 10,000 per account'],
    [
      publish('every: 33ms'),
      'messages/s of a device at QoS 0: 31, where the platform documents 30 per device',
    ],
    [publish('every: 99ms, qos: 1'), 'messages/s of a device at QoS 1: 11, where the platform documents 10'],
    [publish('every: 0s'), 'messages/s: as many as go through, where the platform documents 10,000'],
    ['reconnect={ perMinute: 6 }', 'connects a minute of a device: 6, where the platform documents 5'],
  ])('needs a word for %s', async (override, expected) => {
    const { problems } = await minded(await requestOf([override]));
    expect(problems[0]).toBeDefined();
    expect(problems.join('\n')).toContain(`s.yaml: ${expected}`);
    expect(problems.join('\n')).toContain('--yes goes on');
    expect((await minded(await requestOf([override], true))).problems).toEqual([]);
  });

  it('needs one for more devices than a new public instance holds', async () => {
    const many = ['devices.generate.count=501', 'connect.stages=[{ duration: 11s, rate: 50/s }]'];
    const { problems } = await minded(await requestOf([...many, 'target={ instance: iot-x }']));
    expect(problems).toEqual([
      expect.stringContaining('connections: 501, where the platform documents 500 for a new'),
    ]);
    expect((await minded(await requestOf([...many, 'target={ region: cn-shanghai }']))).problems).toEqual([]);
  });

  it.each(['y\n', 'Y\n', 'yes\n'])('goes on at the word of a person: %j', async (answer) => {
    const { said, problems } = await minded(await requestOf([FAST]), answer);
    expect(problems).toEqual([]);
    expect(said).toContain('connects/s: 501');
    expect(said).toContain('Does its owner know of it? [y/N]');
  });

  it.each(['n\n', '\n', 'yikes\n', ''])('and not at another: %j', async (answer) => {
    expect((await minded(await requestOf([FAST]), answer)).problems).toHaveLength(1);
  });

  it.each([
    { stdin: false, stderr: true },
    { stdin: true, stderr: false },
  ])('and not at the word of a script: %j', async (isTTY) => {
    const { said, problems } = await minded(await requestOf([FAST]), 'y\n', isTTY);
    expect(problems).toHaveLength(1);
    expect(said).not.toContain('[y/N]');
  });

  it('asks nobody within the quotas, and says nothing of a target of one’s own', async () => {
    const within = await minded(await requestOf([]), 'n\n');
    expect(within).toEqual({ said: expect.not.stringContaining('[y/N]'), problems: [] });
    expect(await minded(await requestOf([FAST, 'target=mqtt://127.0.0.1']))).toEqual({
      said: '',
      problems: [],
    });
    expect(await minded(await requestOf([FAST, 'target=embedded']))).toEqual({ said: '', problems: [] });
  });
});
