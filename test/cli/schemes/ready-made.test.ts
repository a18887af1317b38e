/** Credentials that a list has ready, against the stand-in that comes along as a plain broker. */
import { describe, expect, it } from 'vitest';
import { runScheme } from './scheme.ts';

const CANARY = 'canary5ecret';
const LIST = `clientId,username,password\nc0,user0,${CANARY}-0\nc1,user1,${CANARY}-1\nc2,user2,${CANARY}-2\n`;

describe('ready-made credentials', () => {
  it('sign in to the stand-in, which passes on what they publish for themselves; a wrong one is refused', async () => {
    const known = LIST.replace(`${CANARY}-1`, `${CANARY}-x`);
    const done = await runScheme({ platform: 'plain', list: LIST, known, topic: 'a/${clientId}' });
    expect(done.code).toBe(0);
    expect(done.summary.counters).toMatchObject({ connects_ok: 2, connects_failed: 1 });
    expect(done.summary.failures).toMatchObject([{ phase: 'connack', code: 'CONNACK 4', examples: ['c1'] }]);
    expect(done.summary.counters.messages_sent).toBeGreaterThan(0);
    expect(done.summary.counters.messages_received).toBe(done.summary.counters.messages_sent);
    expect(done.summary.standIn?.differences).toEqual([]);
    expect(done.everything).not.toContain(CANARY);
  });
});
