/** Texts of others in GitHub's Markdown: whatever is in them is shown, nothing of it is obeyed. */
import { visible } from '../../model/terminal-text.ts';

/** What means something within a line or a table cell. */
const MARKUP = /[\\`*_~[\]|#$!]/g;
const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** What would become a link by itself, and a name that would be called: an entity is text and nothing else. */
const LINK = /:(?=\/\/)|(?<=www)\.|@/gi;

/** What would begin a list, where it is the first of a line or of an item. */
const BULLET = /^(\d{0,9})([-+.)])(?=\s|$)/;

/** Markdown that shows the text as it is. Not the first of a line all the same: a runner would obey what begins with `::`. */
export function asText(text: string): string {
  return oneLine(text)
    .replace(MARKUP, '\\$&')
    .replace(/[&<>]/g, (character) => HTML[character]!)
    .replace(LINK, (character) => `&#${character.charCodeAt(0)};`)
    .replace(BULLET, '$1\\$2');
}

/**
 * Markdown that shows the text as code where it can be: a name is easier to read unescaped. In code, nothing but these has a meaning; `##[`
 * has one for a runner.
 */
export function asCode(text: string): string {
  const line = oneLine(text);
  return line === '' || /[`|\\]|##\[/.test(line) ? asText(line) : `\`${line}\``;
}

export function markdownTable(head: string[], rows: string[][], numbersFrom = head.length): string {
  const rule = head.map((_, index) => (index < numbersFrom ? '---' : '---:'));
  return ruledTable(head, rule, rows);
}

/** `rule` says of each column how it is aligned: `:--`, `--:`. */
export function ruledTable(head: string[], rule: string[], rows: string[][]): string {
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** White space and control characters are spaces, halves of characters the replacement character; what else would steer is shown. */
function oneLine(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return visible(line);
}
