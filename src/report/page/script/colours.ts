/** Colours are the style sheet's: of the scheme that the reader has chosen, asked for whenever something is drawn. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
