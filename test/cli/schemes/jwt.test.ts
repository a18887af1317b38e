/** Tokens through the command line, against the stand-in; and what can be wrong with their settings. */
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from '../../support/cli.ts';
import { runScheme, schemeFolder } from './scheme.ts';

const CANARY = 'canary5ecret';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const NAMES = 'deviceName\nd1\nd2\nd3\n';

describe('jwt', () => {
  it('with the key of a file signs every device in', async () => {
    const auth = '{ method: jwt, algorithm: ES256, keyFile: key.pem, claims: { sub: "${deviceName}" } }';
    const done = await runScheme({ platform: 'plain', auth, list: NAMES, files: { 'key.pem': KEY } });
    expect(done.code).toBe(0);
    expect(done.summary.counters).toMatchObject({ connects_ok: 3, connects_failed: 0 });
    expect(done.summary.scenario.signmethod).toBe('JWT ES256');
    // Neither the key nor a token.
    expect(done.everything).not.toMatch(/PRIVATE KEY|eyJ[\w-]{10,}\.eyJ/);
  });

  it('with the keys of a list refuses who has another', async () => {
    const listOf = (last: string): string => `deviceName,key\nd1,${CANARY}-1\nd2,${CANARY}-${last}\n`;
    const auth = '{ method: jwt, as: username }';
    const done = await runScheme({ platform: 'plain', auth, list: listOf('2'), known: listOf('x') });
    expect(done.summary.counters).toMatchObject({ connects_ok: 1, connects_failed: 1 });
    expect(done.summary.failures).toMatchObject([{ phase: 'connack', code: 'CONNACK 4', examples: ['d2'] }]);
    expect(done.everything).not.toContain(CANARY);
    expect(done.everything).not.toMatch(/eyJ[\w-]{10,}\.eyJ/);
  });

  it('says all that is wrong with its settings at once', async () => {
    const key = `{ method: jwt, keyFile: absent.key, key: ${CANARY}, claims: { exp: 1, sub: "\${who}" } }`;
    const folder = schemeFolder({ platform: 'plain', auth: key, list: NAMES });
    const first = await cli(['check', join(folder, 'scenario.yaml')]);
    expect(first.code).toBe(104);
    expect(first.stderr).toContain('is made for each token');
    expect(first.stderr).toContain('has a placeholder that is none of');
    expect(first.stderr).not.toContain(CANARY);
    const files = { 'key.pem': `${CANARY}\n` };
    const auth = '{ method: jwt, algorithm: RS256, keyFile: key.pem }';
    const second = await cli([
      'check',
      join(schemeFolder({ platform: 'plain', auth, list: NAMES, files }), 'scenario.yaml'),
    ]);
    expect(second.stderr).toContain('"key.pem" has no private key in PEM without a passphrase');
    expect(second.stderr).not.toContain(CANARY);
    const third = await cli([
      'check',
      join(
        schemeFolder({ platform: 'plain', auth: '{ method: jwt, algorithm: RS256 }', list: NAMES }),
        'scenario.yaml',
      ),
    ]);
    expect(third.stderr).toContain('needs a private key (keyFile: key.pem)');
  });
});
