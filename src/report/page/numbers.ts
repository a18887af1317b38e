/** How figures stand on the page: what is shown may be rounded, the exact value is beside it for programs and in the tooltip. */
import { formatCount, formatMs } from '../text/format.ts';
import { html, type Markup } from './markup.ts';

const THREE_PLACES = new Intl.NumberFormat('en-US', { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const ONE_PLACE = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A dash would look like a minus. */
export const NOT_AVAILABLE: Markup = html`<span class="none">n/a</span>`;

function figure(value: number, shown: string): Markup {
  return html`<data value="${value}" title="${value}">${shown}</data>`;
}

export function count(value: number): Markup {
  return figure(value, formatCount(value));
}

/** Milliseconds to the microsecond, so that the points of a column stand under each other. */
export function ms(value: number): Markup {
  return figure(value, THREE_PLACES.format(value));
}

/** Milliseconds in three digits, for headlines. */
export function roundMs(value: number): Markup {
  return figure(value, formatMs(value));
}

export function perSec(value: number): Markup {
  return figure(value, ONE_PLACE.format(value));
}

/** A share of 1 in percent. */
export function percent(value: number): Markup {
  return html`${figure(value, ONE_PLACE.format(value * 100))} %`;
}
