/** What a problem may show of what the user wrote: logs keep it, and people paste it into issues. */

const MAX_SHOWN_CHARS = 60;

/** Letters, with at most two digits at the end: no DeviceSecret and hardly any password is of this form. */
const NAME = /^[\p{L}_$][\p{L}_$ -]{0,22}\d{0,2}$/u;

/** In quotes, its beginning only where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text);
}

/** Whether it may be shown where a name is expected but anything may be, because a column or key is not where it should be. */
export function isPlausibleName(text: string): boolean {
  return NAME.test(text);
}
