import { expect, it } from 'vitest';
import { cpuExtensions } from '../../../../src/app/record/signing-environment.ts';

it('reads what a processor can of /proc/cpuinfo', () => {
  expect(cpuExtensions('processor\t: 0\nflags\t\t: fpu sse2 ssse3 avx2 sha_ni\nbugs\t: x\n')).toBe(
    'sha_ni ssse3 avx2',
  );
  expect(cpuExtensions('Features\t: fp asimd sha1 sha2\n')).toBe('asimd sha1 sha2');
  expect(cpuExtensions('flags\t: fpu\n')).toBe('none');
  expect(cpuExtensions('')).toBe('unknown');
});
