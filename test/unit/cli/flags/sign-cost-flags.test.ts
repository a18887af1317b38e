import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { type SignCostFlags, settingsOf } from '../../../../src/cli/flags/sign-cost-flags.ts';
import { cpuExtensions } from '../../../../src/cli/flags/signing-environment.ts';
import { FleetError } from '../../../../src/model/errors.ts';

const DEFAULTS: SignCostFlags = {
  duration: '10s',
  rounds: 5,
  seed: 1,
  openssl: true,
  json: false,
  quiet: false,
  allowInvalid: false,
  yes: false,
};

function problemsOf(flags: Partial<SignCostFlags>): string[] {
  try {
    settingsOf({ ...DEFAULTS, ...flags });
    return [];
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    return error.problems.map(({ file, message }) => `${file} ${message}`);
  }
}

it('takes one thread and all cores where nothing is said', () => {
  const { threads, scenario, online } = settingsOf(DEFAULTS);
  expect(threads).toEqual([...new Set([1, availableParallelism()])]);
  expect({ scenario, online }).toEqual({ scenario: undefined, online: false });
});

it('takes the scenario from either place', () => {
  const told = { scenario: 'a.yaml', online: true };
  expect(settingsOf({ ...DEFAULTS, online: 'a.yaml' })).toMatchObject(told);
  expect(settingsOf({ ...DEFAULTS, online: '', scenario: 'a.yaml' })).toMatchObject(told);
  expect(settingsOf({ ...DEFAULTS, scenario: 'a.yaml' })).toMatchObject({ ...told, online: false });
});

it('says all that is wrong at once', () => {
  const wrong = { duration: '1s', threads: '1,x', rounds: 1, seed: -1, online: '' };
  expect(problemsOf(wrong)).toEqual([
    '--duration is not a duration from 2s to 10m',
    '--threads is not a list of numbers from 1 to 1024, as 1,2,4',
    '--online needs a scenario: its target and its devices',
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
])('refuses %j', (flags, flag) => {
  expect(problemsOf(flags).join()).toContain(flag);
});

it('reads what a processor can of /proc/cpuinfo', () => {
  expect(cpuExtensions('processor\t: 0\nflags\t\t: fpu sse2 ssse3 avx2 sha_ni\nbugs\t: x\n')).toBe(
    'sha_ni ssse3 avx2',
  );
  expect(cpuExtensions('Features\t: fp asimd sha1 sha2\n')).toBe('asimd sha1 sha2');
  expect(cpuExtensions('flags\t: fpu\n')).toBe('none');
  expect(cpuExtensions('')).toBe('unknown');
});
