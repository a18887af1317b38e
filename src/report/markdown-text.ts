/** Texts of others in GitHub's Markdown: whatever is in them is shown, nothing of it is obeyed. */

/** What means something within a line or a table cell. */
const MARKUP = /[\\`*_~[\]|#$!]/g;
const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** As text. Never the first of a line: there `+`, `-` or `1.` would begin a list. */
export function asText(text: string): string {
  return oneLine(text)
    .replace(MARKUP, '\\$&')
    .replace(/[&<>]/g, (character) => HTML[character]!);
}

/** As code where it can be: a name is easier to read unescaped. In code, nothing but these has a meaning. */
export function asCode(text: string): string {
  const line = oneLine(text);
  return line === '' || /[`|\\]/.test(line) ? asText(line) : `\`${line}\``;
}

export function markdownTable(head: string[], rows: string[][], numbersFrom = head.length): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index < numbersFrom ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Control characters and line ends are spaces, halves of characters the replacement character. */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}
