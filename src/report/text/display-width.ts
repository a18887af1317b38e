/** Columns that a text takes on a terminal: two of a Chinese character, none of an accent that is put on the letter before it. */
import stringWidth from 'string-width';

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

export function displayWidth(text: string): number {
  return stringWidth(text);
}

/** The beginning of a text that takes at most so many columns; no character is cut in two, nor is one parted from its accents. */
export function cutToWidth(text: string, columns: number): string {
  let [end, width] = [0, 0];
  for (const { segment } of GRAPHEMES.segment(text)) {
    width += stringWidth(segment);
    if (width > columns) break;
    end += segment.length;
  }
  return text.slice(0, end);
}
