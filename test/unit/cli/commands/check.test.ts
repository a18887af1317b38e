import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../support/cli.ts';
import { inProcess } from '../../../support/in-process.ts';

const FOLDER = 'scenarios';
const SCENARIOS = readdirSync(FOLDER).filter((name) => /\.(yaml|json)$/.test(name));

describe('every scenario that ships', () => {
  it.each(SCENARIOS)('%s is valid', async (name) => {
    const list = join(temporaryFolder(), 'devices.csv');
    writeFileSync(list, 'productKey,deviceName,deviceSecret\na1,d1,s1\n', { mode: 0o600 });
    const own = name === 'aliyun.yaml' ? ['--set', `devices.file=${list}`] : [];
    // Of plain-broker.yaml.
    const env = { BROKER_PASSWORD: 'any' };
    const { code, stderr, stdout } = await inProcess(['check', join(FOLDER, name), ...own], env);
    // The platform is somebody else's: what it will get at the most is said.
    const said =
      name === 'aliyun.yaml' ? /^Aliyun cn-shanghai is neither .* at most 1 connections, .*\n$/ : /^$/;
    expect(stderr).toMatch(said);
    expect(code).toBe(0);
    expect(stdout).toContain('connects');
  });
});
