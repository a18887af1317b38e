/** Reports with texts of others in every place that can hold one, and what must not be left of them where a terminal shows it. */
import { expect } from 'vitest';

/** ESC and its C1 form, a title, a line of its own that a runner would obey, a direction turned round, half of a character. */
export const HOSTILE = '::error::x\u001b[31m\u009b2J\u001b]0;t\u0007\r\n::add-mask::y\u202e##[group]\ud800';

/** Every text replaced, but those at the paths where only some words may stand. */
export function replaced<T>(value: T, text: (old: string) => string, keep: RegExp, path = ''): T {
  if (typeof value === 'string') return (keep.test(path) ? value : text(value)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const inside = (name: string, each: unknown): unknown => replaced(each, text, keep, `${path}.${name}`);
  if (Array.isArray(value)) return value.map((each) => inside('', each)) as T;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inside(name, each)])) as T;
}

/** Of Unicode's control characters only line ends and our own colours; nothing that turns writing round; no line that a runner obeys. */
export function expectInert(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what the painter writes.
  const plain = text.replace(/\u001b\[(?:0|1|2|22|31|32|39)m/g, '');
  expect(
    plain.match(/[^\P{Cc}\n]|[\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u),
  ).toBeNull();
  expect(plain).not.toMatch(/^\s*::|##\[/m);
}
