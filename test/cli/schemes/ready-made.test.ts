/** Credentials that a list has ready, and none at all, against the stand-in that comes along as a plain broker. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from '../../support/cli.ts';
import { runScheme } from './scheme.ts';

const CANARY = 'canary5ecret';
const LIST = `clientId,username,password\nc0,user0,${CANARY}-0\nc1,user1,${CANARY}-1\nc2,user2,${CANARY}-2\n`;

describe('ready-made credentials', () => {
  it('sign in to the stand-in, which passes on what they publish for themselves', async () => {
    const done = await runScheme({ platform: 'plain', list: LIST, topic: 'a/${clientId}' });
    expect(done.code).toBe(0);
    expect(done.summary.counters).toMatchObject({ connects_ok: 3, connects_failed: 0 });
    expect(done.summary.counters.messages_received).toBe(done.summary.counters.messages_sent);
    expect(done.summary.standIn?.differences).toEqual([]);
    expect(done.everything).not.toContain(CANARY);
  });

  it('are refused where they are wrong', async () => {
    const known = LIST.replace(`${CANARY}-1`, `${CANARY}-x`);
    const done = await runScheme({ platform: 'plain', list: LIST, known });
    expect(done.summary.counters).toMatchObject({ connects_ok: 2, connects_failed: 1 });
    expect(done.summary.failures).toMatchObject([{ phase: 'connack', code: 'CONNACK 4', examples: ['c1'] }]);
    expect(done.everything).not.toContain(CANARY);
  });

  it('no login is let in, keepalive 0 too', async () => {
    const list = 'clientId\nc0\nc1\n';
    const done = await runScheme({ platform: 'plain', auth: 'none', list, keepalive: '0s' });
    expect(done.summary.counters).toMatchObject({ connects_ok: 2, disconnects: 0 });
  });

  it('check --probe signs one in', async () => {
    const done = await runScheme({ platform: 'plain', list: LIST });
    writeFileSync(join(done.folder, 'list.csv'), LIST, { mode: 0o600 });
    const probed = await cli(['check', done.scenario, '--probe']);
    expect(probed.stdout).toContain('CONNACK 0');
    expect(probed.code).toBe(0);
  });
});
