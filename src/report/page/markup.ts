/** Text becomes HTML here and nowhere else: whatever is put into a template is escaped, but for what is markup already. */

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in markup; undefined, null and false leave nothing. */
export type Content = Markup | string | number | undefined | null | false | readonly Content[];

export function html(parts: TemplateStringsArray, ...contents: Content[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + textOf(contents[index - 1]) + part));
}

function textOf(content: Content): string {
  if (content instanceof Markup) return content.text;
  if (Array.isArray(content)) return content.map(textOf).join('');
  if (content === undefined || content === null || content === false) return '';
  return escapeHtml(String(content));
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The text as HTML, for texts and for attributes in quotes. Control characters, which HTML has no place for, are shown by their pictures (␛). */
function escapeHtml(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => ESCAPES[character]!)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, (control) =>
        String.fromCharCode(0x2400 + control.charCodeAt(0)),
      )
  );
}

/** A block of data for the page's script. No text in it can end the block or begin a comment: it holds no `<`. */
export function dataBlock(id: string, data: unknown): Markup {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return new Markup(`<script type="application/json" id="${escapeHtml(id)}">${json}</script>`);
}
