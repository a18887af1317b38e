/** A module of the user's that signs: on any platform, at once or by a promise; and all that can be wrong with one. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from '../../support/cli.ts';
import { runScheme, schemeFolder } from './scheme.ts';

const CANARY = 'canary5ecret';
const LIST = `productKey,deviceName,deviceSecret,tenant\npk,dev-1,${CANARY}-1,blue\npk,dev-2,${CANARY}-2,blue\n`;

/** Aliyun's rule without a timestamp, as a user would write it. */
const ALIYUN = `import { createHmac } from 'node:crypto';
export default function sign({ productKey, deviceName, deviceSecret, clientId, tenant }, now) {
  if (tenant !== 'blue' || !(now > 1e12)) throw new TypeError('no tenant for ${CANARY}');
  const content = 'clientId' + clientId + 'deviceName' + deviceName + 'productKey' + productKey;
  return {
    clientId: clientId + '|securemode=3,signmethod=hmacsha256|',
    username: deviceName + '&' + productKey,
    password: createHmac('sha256', deviceSecret).update(content).digest('hex'),
  };
}
`;

describe('a module', () => {
  it('signs in to Aliyun’s stand-in, from the columns of the list; who has another secret there is refused', async () => {
    const done = await runScheme({
      platform: 'aliyun',
      auth: '{ module: ./sign.mjs, columns: [tenant] }',
      list: `${LIST}pk,dev-3,${CANARY}-3,blue\n`,
      known: `${LIST}pk,dev-3,${CANARY}-x,blue\n`,
      files: { 'sign.mjs': ALIYUN },
    });
    expect(done.code).toBe(0);
    const { counters, failures, trends, scenario, standIn } = done.summary;
    expect(counters).toMatchObject({ connects_ok: 2, connects_failed: 1 });
    expect(failures).toMatchObject([
      { phase: 'connack', kind: 'rejected', code: 'CONNACK 4', count: 1, examples: ['dev-3'] },
    ]);
    expect(standIn!.counts).toMatchObject({ connects_ok: 2, connects_refused_4: 1 });
    expect(trends.connect_sign?.count).toBe(2);
    expect(scenario.signmethod).toBe('module');
    expect(done.everything).not.toContain(CANARY);
  });

  it('may promise, and is called once for each connect: no rehearsal asks it', async () => {
    const text = `let calls = 0;
      export async function sign({ deviceName }) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        return { clientId: deviceName + '/' + ++calls, username: 'u', password: '${CANARY}' };
      }`;
    const done = await runScheme({
      platform: 'plain',
      auth: '{ module: sign.mjs }',
      list: 'deviceName\nd1\nd2\nd3\n',
      files: { 'sign.mjs': text },
      topic: 'a/${deviceName}',
    });
    expect(done.summary.counters).toMatchObject({ connects_ok: 3, connects_failed: 0 });
    expect(done.summary.trends.connect_sign?.min).toBeGreaterThan(45);
    expect(done.summary.counters.messages_received).toBe(done.summary.counters.messages_sent);
    expect(done.everything).not.toContain(CANARY);
  });

  it('what it does wrong for one device is that device’s failure, and what it says of it is not shown', async () => {
    const text = `export default (device) => {
        switch (device.deviceName) {
          case 'throws': throw new RangeError('${CANARY}');
          case 'rejects': return Promise.reject(Object.assign(new Error('${CANARY}'), { code: 'ECONNREFUSED' }));
          case 'throws-text': throw '${CANARY}';
          case 'nothing': return undefined;
          case 'no-id': return { username: '${CANARY}' };
          case 'number': return { clientId: 'c', username: 'u', password: 7 };
          case 'never': return new Promise(() => {});
          default: return { clientId: device.deviceName, username: 'u', password: 'p' };
        }
      };`;
    const names = ['right', 'throws', 'rejects', 'throws-text', 'nothing', 'no-id', 'number', 'never'];
    const done = await runScheme({
      platform: 'plain',
      auth: '{ module: sign.mjs }',
      list: `${['deviceName', ...names].join('\n')}\n`,
      files: { 'sign.mjs': text },
      timeout: '1s',
      hold: '3s',
    });
    expect(done.summary.counters).toMatchObject({ connects_ok: 1, connects_failed: 7 });
    const said = done.summary.failures.map(({ phase, kind, code, examples }) =>
      [phase, kind, code, examples.join()].join(' '),
    );
    expect(said.sort()).toEqual(
      [
        'sign module RangeError throws',
        'sign module ECONNREFUSED rejects',
        'sign module Error throws-text',
        'sign module no { clientId, username, password } nothing',
        'sign module no clientId no-id',
        'sign module password is no text number',
        'sign timeout  never',
      ].sort(),
    );
    for (const { hint } of done.summary.failures) expect(hint).toContain('the module of `auth`');
    expect(done.everything).not.toContain(CANARY);
  });
});

describe('a module that cannot be used is a problem before anything is opened', () => {
  it.each([
    ['missing', undefined, '"sign.mjs" is not a file that can be read'],
    [
      'syntax',
      `// ${CANARY}\nexport default (;\n`,
      '"sign.mjs" has a syntax error (node --check says where)',
    ],
    ['throws', `throw new RangeError('${CANARY}');`, '"sign.mjs" throws when it is loaded: RangeError'],
    ['import', `import './${CANARY}.mjs';`, '"sign.mjs" imports something that is not there'],
    ['no export', `export const other = 1;`, '"sign.mjs" exports no function as default or sign'],
  ])('%s', async (_, text, said) => {
    const files: Record<string, string> = text === undefined ? {} : { 'sign.mjs': text };
    const auth = '{ module: sign.mjs }';
    const folder = schemeFolder({ platform: 'plain', auth, list: 'deviceName\n\u0007\n', files });
    const checked = await cli(['check', join(folder, 'scenario.yaml')]);
    expect(checked.code).toBe(104);
    expect(checked.stderr).toMatch(/scenario\.yaml:4:\d+: /);
    expect(checked.stderr).toContain(said);
    // With the problems of the list in the same breath.
    expect(checked.stderr).toContain('list.csv:2');
    expect(checked.stderr + checked.stdout).not.toContain(CANARY);
  });

  it('check --probe signs with it', async () => {
    const files = { 'sign.mjs': ALIYUN };
    const auth = '{ module: ./sign.mjs, columns: [tenant] }';
    const folder = schemeFolder({ platform: 'aliyun', auth, list: LIST, files });
    const probed = await cli(['check', join(folder, 'scenario.yaml'), '--probe']);
    expect(probed.stdout).toContain('CONNACK 0');
    writeFileSync(join(folder, 'list.csv'), LIST.replaceAll('blue', 'red'), { mode: 0o600 });
    const failed = await cli(['check', join(folder, 'scenario.yaml'), '--probe']);
    expect(failed.code).toBe(99);
    expect(failed.stdout).toMatch(/sign +module TypeError/);
    expect(failed.stdout + failed.stderr).not.toContain(CANARY);
  });
});
