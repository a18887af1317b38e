/** A terminal's screen as HTML: the few colours that the live view uses, from the escapes of `tmux capture-pane -e`. */

/** Select Graphic Rendition, by its number; what is not here is not shown. */
const STYLE: Record<number, string> = {
  1: 'font-weight:bold',
  2: 'opacity:.65',
  31: 'color:#f47067',
  32: 'color:#6bc46d',
  33: 'color:#daaa3f',
  36: 'color:#56b6c2',
  90: 'color:#768390',
};

const ESCAPED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export function htmlOfScreen(screen: string): string {
  let styles: number[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what it looks for.
  const parts = screen.split(/\u001b\[([\d;]*)m/);
  return parts
    .map((part, at) => {
      if (at % 2 === 0) return span(part, styles);
      for (const code of part.split(';').map(Number)) styles = turned(styles, code);
      return '';
    })
    .join('');
}

function turned(styles: number[], code: number): number[] {
  if (code === 0) return [];
  if (code === 22) return styles.filter((each) => each !== 1 && each !== 2);
  if (code === 39) return styles.filter((each) => each < 30);
  return [...styles, code];
}

function span(text: string, styles: number[]): string {
  const escaped = text.replace(/[&<>]/g, (letter) => ESCAPED[letter]!);
  const style = styles.flatMap((code) => STYLE[code] ?? []).join(';');
  return style === '' || text === '' ? escaped : `<span style="${style}">${escaped}</span>`;
}
