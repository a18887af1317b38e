import { expect, it } from 'vitest';
import type { ConnectFields } from '../../../../src/platform/check.ts';
import { Refusals } from '../../../../src/stand-in/endpoint/refusals.ts';

const WRONG = { ok: false, returnCode: 4, reason: 'wrong-password' } as const;
const connect = (username: string, password = 'p'): ConnectFields => ({
  mqttClientId: 'c',
  username,
  password,
  tls: false,
});
/** The password names the mistake. */
const byPassword = async ({ username, password }: ConnectFields) => ({ device: username, mistake: password });

async function told(refusals: Refusals) {
  return (await refusals.take()).map(({ device, mistake }) => `${device} ${mistake}`);
}

it('tells of each mistake of a device once: who tries out makes one after the other', async () => {
  const refusals = new Refusals(byPassword);
  for (const password of ['hash', 'hash', 'order']) refusals.note(connect('d&p', password), WRONG);
  expect(await told(refusals)).toEqual(['d&p hash', 'd&p order']);
  for (const password of ['order', 'key']) refusals.note(connect('d&p', password), WRONG);
  expect(await told(refusals)).toEqual(['d&p key']);
});

it('looks at ten CONNECTs of a device for a reason, and names twenty devices', async () => {
  let explained = 0;
  const refusals = new Refusals(async (fields) => {
    explained++;
    return byPassword(fields);
  });
  for (let nth = 0; nth < 100; nth++) refusals.note(connect('d&p', String(nth)), WRONG);
  expect(await told(refusals)).toHaveLength(10);
  expect(explained).toBe(10);
  for (let nth = 0; nth < 30; nth++) refusals.note(connect(`e${nth}&p`), WRONG);
  expect(await told(refusals)).toHaveLength(19);
  expect([...refusals.beyond()]).toEqual([['wrong-password', 11]]);
});
