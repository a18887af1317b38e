/** What decides the cost of signing on this machine. */
import { getFips } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { environment } from './run-facts.ts';

/** Extensions of x86 (`flags`) and ARM (`Features`) that the hash functions of OpenSSL have code for. */
const EXTENSIONS = [
  'sha_ni',
  'ssse3',
  'avx',
  'avx2',
  'avx512vl',
  'bmi2',
  'xop',
  'asimd',
  'sha1',
  'sha2',
  'sve',
];

/** The environment of a run, and what the processor has for hashing. */
export function signingEnvironment(): Record<string, string | number> {
  return {
    ...environment(),
    cpuExtensions: cpuExtensions(cpuInfo()),
    fips: getFips() === 0 ? 'off' : 'on',
  };
}

/** The text of /proc/cpuinfo; empty where there is none, outside Linux. */
function cpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

/** What the first processor can, from the text of /proc/cpuinfo. */
export function cpuExtensions(cpuinfo: string): string {
  const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1];
  if (flags === undefined) return 'unknown';
  const known = new Set(flags.split(' '));
  return EXTENSIONS.filter((name) => known.has(name)).join(' ') || 'none';
}
