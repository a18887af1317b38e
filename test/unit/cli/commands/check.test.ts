import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../support/cli.ts';
import { inProcess } from '../../../support/in-process.ts';

const FOLDER = 'scenarios';
const SCENARIOS = readdirSync(FOLDER).filter((name) => /\.(yaml|json)$/.test(name));

/** In place of those that its first lines tell to make. */
async function certificates(): Promise<string[]> {
  const folder = join(temporaryFolder(), 'certs');
  await inProcess(['devices', '--product-key', 'pk', '--count', '2', '--certificates', folder]);
  const of = (what: string) => `${folder}/${what}`;
  const sets = [`auth.cert=${of('${deviceName}.pem')}`, `auth.key=${of('${deviceName}.key')}`];
  return [...sets, `broker.clientCa=${of('ca.pem')}`, 'devices.generate.count=2'].flatMap((set) => [
    '--set',
    set,
  ]);
}

describe('every scenario that ships', () => {
  it.each(SCENARIOS)('%s is valid', async (name) => {
    const list = join(temporaryFolder(), 'devices.csv');
    writeFileSync(list, 'productKey,deviceName,deviceSecret\na1,d1,s1\n', { mode: 0o600 });
    const own = name === 'aliyun.yaml' ? ['--set', `devices.file=${list}`] : [];
    if (name === 'x509.yaml') own.push(...(await certificates()));
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
