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
/** What the user has to bring along. */
const LISTS: Record<string, string> = {
  'aliyun.yaml': 'productKey,deviceName,deviceSecret\na1,d1,s1\n',
  'ready-made.yaml':
    'clientId,username,passwd,mqttHostUrl,port\na1.d1|securemode=2|,d1&a1,p,127.0.0.1,1883\n',
};

describe('every scenario that ships', () => {
  it.each(SCENARIOS)('%s is valid', async (name) => {
    const list = join(temporaryFolder(), 'devices.csv');
    const devices = LISTS[name];
    if (devices !== undefined) writeFileSync(list, devices, { mode: 0o600 });
    const own = devices === undefined ? [] : ['--set', `devices.file=${list}`];
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
