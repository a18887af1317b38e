/** Brokers without any rule of Aliyun's: `platform: plain` through the built command, against a mosquitto that wants a password. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  MOSQUITTO,
  type Mosquitto,
  mosquittoMustBeInstalledInCi,
  NOT_INSTALLED,
  startMosquitto,
} from '../integration/mosquitto.ts';
import { cli, type Finished, readSummary, temporaryFolder } from '../support/cli.ts';

const CANARY = 'canary5ecret';
const DEVICES = 12;

describe.skipIf(MOSQUITTO === undefined)(`platform: plain; ${NOT_INSTALLED} otherwise`, () => {
  let mosquitto: Mosquitto;
  const folder = temporaryFolder();

  beforeAll(async () => {
    const passwords = join(folder, 'passwords');
    const users = Array.from({ length: DEVICES }, (_, n) => `user${n}:${CANARY}-${n}`);
    writeFileSync(passwords, `${[`fleet:${CANARY}`, ...users].join('\n')}\n`);
    execFileSync('mosquitto_passwd', ['-U', passwords]);
    mosquitto = await startMosquitto({ settings: ['allow_anonymous false', `password_file ${passwords}`] });
  });
  afterAll(() => mosquitto?.close());

  function run(
    name: string,
    args: string[],
    env: Record<string, string> = {},
  ): Promise<Finished & { out: string }> {
    const out = join(folder, name);
    mkdirSync(out);
    const short = ['--set', 'hold=1500ms', '--set', 'gracefulStop=1s'];
    const target = ['--set', `target=mqtt://${mosquitto.host}:${mosquitto.port}`];
    return cli(['run', ...args, '--allow-invalid', '--out', out, ...target, ...short], env).then(
      (finished) => ({
        ...finished,
        out,
      }),
    );
  }

  /** Whatever was said and written. */
  function everything({ stdout, stderr, out }: Finished & { out: string }): string {
    const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
    return [
      stdout,
      stderr,
      ...files.map((each) => readFileSync(join(each.parentPath, each.name), 'latin1')),
    ].join('\n');
  }

  it.each(['mqtt', 'wire'])('the shipped scenario, one password for all (client %s)', async (client) => {
    const shipped = ['scenarios/plain-broker.yaml', '--set', `client=${client}`];
    const done = await run(`shipped-${client}`, shipped, { BROKER_PASSWORD: CANARY });
    expect(done.stdout).toContain('50 ok');
    expect(done.stdout).toContain('password, MQTT 3.1.1');
    expect(done.code).toBe(0);
    const { counters, imbalances, scenario } = readSummary(done.out);
    expect(counters.messages_received).toBe(counters.messages_sent);
    expect(imbalances).toEqual([]);
    expect(scenario.signmethod).toBe('password');
    expect(everything(done)).not.toContain(CANARY);
  });

  function scenarioOf(name: string, list: string): string {
    writeFileSync(join(folder, `${name}.csv`), list, { mode: 0o600 });
    const text = [
      'platform: plain',
      'target: mqtt://localhost',
      `devices: { file: ${name}.csv }`,
      'connect: { stages: [{ duration: 500ms, rate: 24/s }], keepalive: 5s }',
      // More topics than a SUBSCRIBE for Aliyun has room for, in a form that is none of Aliyun's.
      `subscribe: [${Array.from({ length: 20 }, (_, n) => `{ topic: "a/\${deviceName}/${n}" }`).join(', ')}]`,
      'publish: [{ topic: "a/${deviceName}/7", qos: 1, every: 500ms, payload: { size: 300KB } }]',
    ];
    writeFileSync(join(folder, `${name}.yaml`), `${text.join('\n')}\n`);
    return join(folder, `${name}.yaml`);
  }

  it('each device by its own account, from a list', async () => {
    const rows = Array.from({ length: DEVICES }, (_, n) => `id/${n},user${n},${CANARY}-${n}`);
    const done = await run('list', [scenarioOf('list', `clientId,username,password\n${rows.join('\n')}\n`)]);
    expect(done.code).toBe(0);
    const { counters, imbalances, failures } = readSummary(done.out);
    expect(failures).toEqual([]);
    expect(counters).toMatchObject({ connects_ok: DEVICES, messages_failed: 0 });
    expect(counters.messages_received).toBe(counters.messages_sent);
    expect(imbalances).toEqual([]);
    expect(everything(done)).not.toContain(CANARY);
  });

  it('a wrong password is a failure with a hint that is not Aliyun’s, and is shown nowhere', async () => {
    const list = `clientId,username,password\nc0,user0,${CANARY}-0\nc1,user1,${CANARY}-0\n`;
    const done = await run('wrong', [scenarioOf('wrong', list)]);
    const { counters, failures } = readSummary(done.out);
    expect(counters).toMatchObject({ connects_ok: 1, connects_failed: 1 });
    expect(failures).toMatchObject([{ phase: 'connack', code: 'CONNACK 5', examples: ['c1'] }]);
    expect(failures[0]!.hint).toContain('user name or password wrong');
    expect(everything(done)).not.toContain(CANARY);
  });
});

mosquittoMustBeInstalledInCi();
