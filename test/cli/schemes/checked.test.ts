/** What `check` says of schemes, in the process of the test: what is wrong with their settings, and how the first device signs in (--probe). */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from '../../support/cli.ts';
import { inProcess } from '../../support/in-process.ts';
import { probeScheme } from './probe.ts';
import { type Scheme, schemeFolder } from './scheme.ts';

const CANARY = 'canary5ecret';
const NAMES = 'deviceName\nd1\nd2\nd3\n';
const LET_IN = { code: 0, stdout: expect.stringContaining('CONNACK 0') };
const REFUSED = { code: 99, stdout: expect.stringContaining('rejected CONNACK 4') };

const scenarioOf = (scheme: Scheme): string => join(schemeFolder(scheme), 'scenario.yaml');

describe('jwt', () => {
  it('with the keys of a list refuses who has another', async () => {
    const auth = '{ method: jwt, as: username }';
    const [right, wrong] = ['1', 'x'].map((key) => `deviceName,key\nd1,${CANARY}-${key}\n`) as [
      string,
      string,
    ];
    const probed = await probeScheme({ platform: 'plain', auth, list: right }, [right, wrong]);
    expect(probed).toMatchObject([LET_IN, REFUSED]);
    for (const { stdout, stderr } of probed)
      expect(stdout + stderr).not.toMatch(/canary5ecret|eyJ[\w-]{10,}\.eyJ/);
  });

  it('says all that is wrong with its settings at once', async () => {
    const key = `{ method: jwt, keyFile: absent.key, key: ${CANARY}, claims: { exp: 1, sub: "\${who}" } }`;
    const folder = schemeFolder({ platform: 'plain', auth: key, list: NAMES });
    const first = await inProcess(['check', join(folder, 'scenario.yaml')]);
    expect(first.code).toBe(104);
    expect(first.stderr).toContain('is made for each token');
    expect(first.stderr).toContain('has a placeholder that is none of');
    expect(first.stderr).not.toContain(CANARY);
    const files = { 'key.pem': `${CANARY}\n` };
    const auth = '{ method: jwt, algorithm: RS256, keyFile: key.pem }';
    const second = await inProcess([
      'check',
      join(schemeFolder({ platform: 'plain', auth, list: NAMES, files }), 'scenario.yaml'),
    ]);
    expect(second.stderr).toContain('"key.pem" has no private key in PEM without a passphrase');
    expect(second.stderr).not.toContain(CANARY);
    const third = await inProcess([
      'check',
      join(
        schemeFolder({ platform: 'plain', auth: '{ method: jwt, algorithm: RS256 }', list: NAMES }),
        'scenario.yaml',
      ),
    ]);
    expect(third.stderr).toContain('needs a private key (keyFile: key.pem)');
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
  ])('%s', async (kind, text, said) => {
    const files: Record<string, string> = text === undefined ? {} : { 'sign.mjs': text };
    const auth = '{ module: sign.mjs }';
    const check = ['check', scenarioOf({ platform: 'plain', auth, list: 'deviceName\n\u0007\n', files })];
    // The loader of the tests would read it here, whose syntax errors are not those of Node.
    const checked = await (kind === 'syntax' ? cli(check) : inProcess(check));
    expect(checked.code).toBe(104);
    expect(checked.stderr).toMatch(/scenario\.yaml:4:\d+: /);
    expect(checked.stderr).toContain(said);
    // With the problems of the list in the same breath.
    expect(checked.stderr).toContain('list.csv:2');
    expect(checked.stderr + checked.stdout).not.toContain(CANARY);
  });

  it('check --probe signs with it', async () => {
    const text = `export default function sign({ deviceName, tenant }) {
      if (tenant !== 'blue') throw new TypeError('no tenant for ${CANARY}');
      return { clientId: deviceName, username: 'u', password: 'p' };
    }`;
    const auth = '{ module: ./sign.mjs, columns: [tenant] }';
    const blue = 'deviceName,tenant\nd1,blue\n';
    const scheme = { platform: 'plain', auth, list: blue, files: { 'sign.mjs': text } };
    const [probed, failed] = await probeScheme(scheme, [blue, blue.replace('blue', 'red')]);
    expect(probed).toMatchObject(LET_IN);
    expect(failed!.code).toBe(99);
    expect(failed!.stdout).toMatch(/sign +module TypeError/);
    expect(failed!.stdout + failed!.stderr).not.toContain(CANARY);
  });
});

describe('what is ready in a list', () => {
  it('signs in', async () => {
    const list = `clientId,username,password\nc0,user0,${CANARY}-0\n`;
    expect(await probeScheme({ platform: 'plain', list }, [list])).toMatchObject([LET_IN]);
  });

  it('no login is let in, keepalive 0 too', async () => {
    const list = 'clientId\nc0\n';
    const scheme = { platform: 'plain', auth: 'none', list, keepalive: '0s' };
    expect(await probeScheme(scheme, [list])).toMatchObject([LET_IN]);
  });

  it('deviceTokens', async () => {
    const listOf = (token: string): string =>
      `productKey,deviceName,clientId,deviceToken\npk,d2,c2,${token}\n`;
    const [right, wrong] = [listOf(`${CANARY}-2`), listOf(`${CANARY}-x`)];
    const probed = await probeScheme({ platform: 'aliyun', auth: 'token', list: right }, [right, wrong]);
    expect(probed).toMatchObject([LET_IN, REFUSED]);
    for (const { stdout, stderr } of probed) expect(stdout + stderr).not.toContain(CANARY);
  });
});
