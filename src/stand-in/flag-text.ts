/** Forms that flags of the stand-in are typed in, where those are others than a scenario's: on a command line there are no lists and maps. */
import * as z from 'zod';
import { parsed, rate } from '../input/fields.ts';
import { parsePercent } from '../model/units.ts';

/** Text, and what `parse` makes of it; the hint is for text of which it makes undefined. */
export function readBy<Value>(parse: (text: string) => Value | undefined, hint: string) {
  return parsed(parse, 'not of the form it takes', hint);
}

/** A rate, where a bare number is one per second. */
export const bareRate = () =>
  z
    .string()
    .transform((text) => (/^[\d.]+$/.test(text) ? `${text}/s` : text))
    .pipe(rate());

/** `50%` → 0.5, at most 1. */
export function parseShare(text: string): number | undefined {
  const share = parsePercent(text);
  return share !== undefined && share <= 1 ? share : undefined;
}

/** All parts between commas, or undefined if one of them is wrong. */
export function parseList<Item>(text: string, parse: (part: string) => Item | undefined): Item[] | undefined {
  const items = text.split(',').map(parse);
  return items.every((item) => item !== undefined) ? items : undefined;
}
