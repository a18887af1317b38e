import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { readFlags } from '../../../../src/cli/flags/read-flags.ts';
import { SIGN_COST_FLAGS, settingsOf } from '../../../../src/cli/flags/sign-cost-flags.ts';

async function read(given: Record<string, unknown> = {}) {
  const { values, problems } = await readFlags(SIGN_COST_FLAGS, { given, words: [] });
  return { settings: problems.length > 0 ? undefined : settingsOf(values), problems };
}

async function problemsOf(given: Record<string, unknown>): Promise<string[]> {
  return (await read(given)).problems.map(({ file, message }) => `${file} ${message}`);
}

it('takes one thread and all cores where nothing is said', async () => {
  const { threads, scenario, online } = (await read()).settings!;
  expect(threads).toEqual([...new Set([1, availableParallelism()])]);
  expect({ scenario, online }).toEqual({ scenario: undefined, online: false });
});

it('takes the scenario from either place', async () => {
  const told = { scenario: 'a.yaml', online: true };
  expect((await read({ online: 'a.yaml' })).settings).toMatchObject(told);
  expect((await read({ online: '', scenario: 'a.yaml' })).settings).toMatchObject(told);
  expect((await read({ scenario: 'a.yaml' })).settings).toMatchObject({ ...told, online: false });
});

it('says all that is wrong at once, in the order of the help', async () => {
  const wrong = { duration: '1s', threads: '1,x', rounds: 1, seed: -1, online: '' };
  expect(await problemsOf(wrong)).toEqual([
    '--online needs a scenario: its target and its devices',
    '--duration is not a duration from 2s to 10m',
    '--threads is not a list of numbers from 1 to 1024, as 1,2,4',
    '--rounds is not a whole number from 2 to 100',
    '--seed is not a whole number from 0 to 4294967295',
  ]);
});

it.each([
  [{ threads: '' }, '--threads'],
  [{ threads: '0' }, '--threads'],
  [{ threads: '2,2.5' }, '--threads'],
  [{ duration: 'ten' }, '--duration'],
  [{ duration: '11m' }, '--duration'],
  [{ rounds: 2.5 }, '--rounds'],
  [{ online: 'a.yaml', scenario: 'b.yaml' }, '--online'],
])('refuses %j', async (flags, flag) => {
  expect((await problemsOf(flags)).join()).toContain(flag);
});
