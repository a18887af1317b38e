import { expect, it } from 'vitest';
import { filesAllowed, tooFewFiles } from '../../../src/cli/open-files.ts';

const of = (code: string) => Object.assign(new Error(code), { code });

it('names the limit and what to do', () => {
  const said = tooFewFiles(of('EMFILE'), 60);
  expect(said).toContain('a process may have 60 files open (ulimit -n)');
  expect(said).toContain('raise that to 200');
});

it('says that it is the machine where it is', () => {
  expect(tooFewFiles(of('ENFILE'), 60)).toContain('this machine has no file left');
});

it('knows a shortage that comes as something else', () => {
  expect(tooFewFiles(of('ERR_MODULE_NOT_FOUND'), 60)).toContain('60 files');
});

it.each([200, 1024, undefined])('leaves other errors alone (%s)', (limit) => {
  const error = of('ERR_MODULE_NOT_FOUND');
  expect(() => tooFewFiles(error, limit)).toThrow(error);
});

it.runIf(process.platform === 'linux')('reads the limit', () => {
  expect(filesAllowed()).toBeGreaterThan(100);
});
