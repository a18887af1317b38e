/** Text of others (of brokers, files, device lists) made safe for a terminal: whatever would steer it is shown as an escape instead. Pure. */

/**
 * Control characters (of which C1 has a CSI of its own), line ends of Unicode, what turns the direction of writing round, invisible
 * operators, halves of characters, and what XML cannot say.
 */
const STEERING =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]/gu;

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text on one line, as a program would write it: `\u001b[31m`. */
export function visible(text: string): string {
  return text.replace(STEERING, (character) => SHORT[character] ?? escapeOf(character));
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * The text on one line that steers no terminal. Runners of GitHub obey what a program prints: a line that begins with `::`, and one that
 * holds `##[` anywhere (the older form, which they still read).
 */
export function terminalText(text: string): string {
  return visible(text)
    .replace(/^(\s*):(?=:)/, '$1\\u003a')
    .replaceAll('##[', '#\\u0023[');
}

/** The text so that it steers no terminal; its lines stay lines. */
export function terminalLines(text: string): string {
  return text.split(/\r?\n/).map(terminalText).join('\n');
}

/** A report with every text in it made safe, names of its properties as well. */
export function inert<T>(value: T): T {
  return inertValue(value) as T;
}

function inertValue(value: unknown): unknown {
  if (typeof value === 'string') return terminalText(value);
  if (Array.isArray(value)) return value.map(inertValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [terminalText(name), inertValue(each)]),
  );
}

/** JSON that reads back as the same value, but steers nothing where it is shown. */
export function terminalJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
    .replace(STEERING, (character) => (character === '\n' ? character : escapeOf(character)))
    .replaceAll('##[', '#\\u0023[');
}
