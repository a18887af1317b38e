/** Each scheme through the command line against the stand-in: devices with the right secret are let in, one with a wrong one is not. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from '../../support/cli.ts';
import { runScheme, schemeFolder } from './scheme.ts';

const CANARY = 'canary5ecret';
/** The same where a secret is bytes, in base64. */
const IN_BASE64 = Buffer.from(`${CANARY}-key`).toString('base64');

interface Case {
  platform: string;
  auth?: string;
  columns: string;
  /** The row of a device. */
  row: (name: string, secret: string) => string;
  secret?: string;
  word: string;
  code?: number;
}

const CASES: Case[] = [
  {
    platform: 'apsaramq',
    auth: '{ instanceId: mqtt-1, groupId: GID_a }',
    columns: 'deviceName,accessKeyId,accessKeySecret',
    row: (name, secret) => `${name},LTAI1,${secret}`,
    word: 'Signature',
  },
  {
    platform: 'apsaramq',
    auth: '{ method: device-credential, instanceId: mqtt-1, groupId: GID_a }',
    columns: 'deviceName,deviceAccessKeyId,deviceAccessKeySecret',
    row: (name, secret) => `${name},DC.${name},${secret}`,
    word: 'DeviceCredential',
  },
  {
    platform: 'tencent',
    columns: 'productKey,deviceName,deviceSecret',
    row: (name, secret) => `PID0000000,${name},${secret}`,
    secret: IN_BASE64,
    word: 'hmacsha256',
  },
  {
    platform: 'huawei',
    auth: '{ checkTimestamp: true }',
    columns: 'deviceName,deviceSecret',
    row: (name, secret) => `${name},${secret}`,
    word: 'hmacsha256',
  },
  {
    platform: 'onenet',
    columns: 'productKey,deviceName,deviceSecret',
    row: (name, secret) => `123123,${name},${secret}`,
    secret: IN_BASE64,
    word: 'token sha256',
  },
  {
    platform: 'baidu',
    columns: 'productKey,deviceName,deviceSecret',
    row: (name, secret) => `core1,${name},${secret}`,
    word: 'SHA256',
  },
  {
    platform: 'azure',
    columns: 'deviceName,deviceKey',
    row: (name, secret) => `${name},${secret}`,
    secret: IN_BASE64,
    word: 'shared access signature',
    code: 5,
  },
  {
    platform: 'yudao',
    columns: 'productKey,deviceName,deviceSecret',
    row: (name, secret) => `pk,${name},${secret}`,
    word: 'hmacsha256',
  },
];

describe.each(CASES)(
  '$platform $auth',
  ({ columns, row, secret = `${CANARY}-1`, word, code = 4, ...how }) => {
    it('lets in who signs rightly, and nobody else', async () => {
      const rows = ['dev-1', 'dev-2', 'dev-3'].map((name) => row(name, secret));
      const wrong = secret === IN_BASE64 ? Buffer.from(`${CANARY}-x`).toString('base64') : `${CANARY}-x`;
      const known = [rows[0], rows[1], row('dev-3', wrong)];
      const listOf = (all: (string | undefined)[]): string => `${[columns, ...all].join('\n')}\n`;
      const done = await runScheme({
        ...how,
        list: listOf(rows),
        known: listOf(known),
        topic: 'a/${deviceName}',
      });
      const { counters, failures, imbalances, standIn } = done.summary;
      expect(counters).toMatchObject({ connects_ok: 2, connects_failed: 1 });
      expect(failures).toMatchObject([
        {
          ...{ phase: 'connack', kind: 'rejected', code: `CONNACK ${code}`, count: 1, examples: ['dev-3'] },
          hint: expect.stringMatching(/key|secret/i),
        },
      ]);
      expect(standIn!.counts).toMatchObject({ connects_ok: 2, [`connects_refused_${code}`]: 1 });
      expect(standIn!.differences).toEqual([]);
      expect(done.code).toBe(0);
      expect(counters.messages_received).toBe(counters.messages_sent);
      expect(counters.messages_sent).toBeGreaterThan(0);
      expect(imbalances).toEqual([]);
      expect(done.stdout).toContain(word);
      for (const text of [CANARY, IN_BASE64, wrong]) expect(done.everything).not.toContain(text);
    });
  },
);

it('generated devices sign in; check --probe says so', async () => {
  const auths: Record<string, string> = { apsaramq: '{ instanceId: mqtt-1, groupId: GID_a }' };
  for (const platform of ['apsaramq', 'azure']) {
    const folder = schemeFolder({ platform, auth: auths[platform], list: '' });
    const file = join(folder, 'generated.yaml');
    const text = [
      `platform: ${platform}`,
      'target: embedded',
      'devices: { generate: { productKey: product1, count: 3 } }',
      ...(auths[platform] === undefined ? [] : [`auth: ${auths[platform]}`]),
    ];
    writeFileSync(file, `${text.join('\n')}\n`);
    const probed = await cli(['check', file, '--probe']);
    expect(probed.stdout, platform).toContain('CONNACK 0');
    expect(probed.code, platform).toBe(0);
  }
});

it('quotas: apsaramq are those of one client there', async () => {
  const list = 'deviceName,accessKeyId,accessKeySecret\ndev-1,LTAI1,secret\n';
  const auth = '{ instanceId: mqtt-1, groupId: GID_a }';
  const quotas = 'broker: { quotas: apsaramq }';
  const done = await runScheme({ platform: 'apsaramq', auth, list, topic: 'a/b', more: [quotas] });
  expect(done.summary.counters.connects_ok).toBe(1);
  expect(done.summary.counters.messages_received).toBe(done.summary.counters.messages_sent);
  const folder = schemeFolder({ platform: 'apsaramq', auth, list, topic: 'a/b' });
  const large = ['--set', 'publish[0].payload.size=65KB'];
  const checked = await cli(['check', join(folder, 'scenario.yaml'), ...large]);
  expect(checked.stderr).toContain('"65KB" is over the 64KB of an MQTT message');
});

describe('the key of an account', () => {
  const LIST = 'deviceName\ndev-1\ndev-2\n';
  const auth = (secret: string) =>
    `{ instanceId: mqtt-1, groupId: GID_a, accessKeyId: LTAI1, accessKeySecret: "${secret}" }`;

  it('comes from the environment, and is nowhere in what a run leaves', async () => {
    const env = { ACCESS_KEY_SECRET: `${CANARY}-account` };
    const done = await runScheme({
      platform: 'apsaramq',
      auth: auth('${ENV:ACCESS_KEY_SECRET}'),
      list: LIST,
      env,
    });
    expect(done.summary.counters.connects_ok).toBe(2);
    expect(done.everything).not.toContain(CANARY);
  });

  it('is refused where it is written out, and not shown', async () => {
    const folder = schemeFolder({ platform: 'apsaramq', auth: auth(`${CANARY}-account`), list: LIST });
    const checked = await cli(['check', join(folder, 'scenario.yaml')]);
    expect(checked.code).toBe(104);
    expect(checked.stderr).toMatch(/scenario\.yaml:4:\d+: auth\.accessKeySecret is written out/);
    expect(checked.stderr + checked.stdout).not.toContain(CANARY);
  });

  it('and what else is missing is said at once', async () => {
    const folder = schemeFolder({ platform: 'apsaramq', auth: 'signature', list: LIST });
    const checked = await cli(['check', join(folder, 'scenario.yaml')]);
    expect(checked.code).toBe(104);
    expect(checked.stderr).toContain('is a way to sign in that needs settings');
    expect(checked.stderr).toContain('instanceId: …, groupId: …');
    expect(checked.stderr).toContain('the column accessKeySecret is missing');
  });
});
