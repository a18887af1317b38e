/** A module of the user's that signs in runs: on any platform, at once or by a promise; checked.test.ts has what can be wrong with one. */
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

  it('may promise, once for each connect; what it does wrong for one device is its failure, and is not shown', async () => {
    const text = `let calls = 0;
      export default async (device) => {
        const call = ++calls;
        switch (device.deviceName) {
          case 'throws': throw new RangeError('${CANARY}');
          case 'rejects': throw Object.assign(new Error('${CANARY}'), { code: 'ECONNREFUSED' });
          case 'throws-text': throw '${CANARY}';
          case 'nothing': return undefined;
          case 'no-id': return { username: '${CANARY}' };
          case 'number': return { clientId: 'c', username: 'u', password: 7 };
          case 'never': return new Promise(() => {});
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
        // It is the last of eight: no rehearsal asks before them.
        if (call !== 8) throw new TypeError('asked too often');
        return { clientId: device.deviceName, username: 'u', password: '${CANARY}' };
      };`;
    const names = ['throws', 'rejects', 'throws-text', 'nothing', 'no-id', 'number', 'never', 'right'];
    const done = await runScheme({
      platform: 'plain',
      auth: '{ module: sign.mjs }',
      list: `${['deviceName', ...names].join('\n')}\n`,
      files: { 'sign.mjs': text },
      topic: 'a/${deviceName}',
      timeout: '1s',
      hold: '1500ms',
    });
    expect(done.summary.trends.connect_sign?.max).toBeGreaterThan(45);
    const { messages_sent, messages_received } = done.summary.counters;
    expect(messages_sent).toBeGreaterThan(0);
    expect(messages_received).toBe(messages_sent);
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

it('what a module leaves uncaught costs its worker, and is not repeated; what it prints does not stand in the result', async () => {
  const text = `export default function sign({ deviceName, deviceSecret }) {
      console.log('from the module');
      setTimeout(() => { throw new RangeError(deviceSecret) });
      return { clientId: deviceName, username: 'u', password: 'p' };
    }`;
  const auth = '{ module: sign.mjs }';
  const done = await runScheme({ platform: 'aliyun', auth, list: LIST, files: { 'sign.mjs': text } });
  expect(done.code).toBe(111);
  expect(done.stderr).toContain('from the module');
  expect(done.stdout).not.toContain('from the module');
  expect(done.summary.outcome.reason).toContain(
    'RangeError that nobody caught, perhaps in the module of auth',
  );
  expect(done.everything).not.toContain(CANARY);

  const late = `import { readFileSync } from 'node:fs';
    const secret = readFileSync(new URL('secret.txt', import.meta.url), 'utf8');
    Promise.reject(new RangeError(secret));`;
  const files = { 'sign.mjs': late, 'secret.txt': CANARY };
  const folder = schemeFolder({ platform: 'aliyun', auth, list: LIST, files });
  const checked = await cli(['check', join(folder, 'scenario.yaml')]);
  expect(checked.code).not.toBe(0);
  expect(checked.stderr).toContain('RangeError that nobody caught');
  expect(checked.stderr).not.toContain(CANARY);
});
