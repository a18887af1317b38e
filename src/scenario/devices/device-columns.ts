/** Which column (or JSON key) of a device list is which field. */

import { nearest } from '../../input/nearest.ts';
import { isPlausibleName, quoted } from '../../input/quoted.ts';
import type { ListForm } from './list-form.ts';

/** The position of each field; -1 where the list has none. */
export type Columns = Readonly<Record<string, number>>;

export interface ColumnProblem {
  /** No column has anything to do with this field. */
  isMissing?: true;
  message: string;
  hint?: string;
}

/**
 * The console exports `ProductKey`, scripts write `product_key`: case, `_`, `-` and spaces do not count. Columns of other names are
 * ignored, unless they look like a misspelt field that would then be missing.
 */
export function columnsOf(
  names: readonly string[],
  { fields, required, otherNames, nameFrom }: ListForm,
): { columns: Columns; problems: ColumnProblem[] } {
  const problems: ColumnProblem[] = [];
  const columns: Record<string, number> = Object.fromEntries(fields.map((field) => [field, -1]));
  for (const [at, name] of names.entries()) {
    const field = fields.find((known) => plain(known) === plain(name));
    if (field === undefined) continue;
    if (columns[field]! >= 0)
      problems.push({ message: `the column ${field} is there twice, the second time as column ${at + 1}` });
    columns[field] = at;
  }
  const isMissing = (field: string): boolean => columns[field]! < 0;
  const missing = fields.filter(isMissing);
  const typos = new Set<string>();
  for (const [at, name] of names.entries()) {
    if (fields.some((known) => plain(known) === plain(name))) continue;
    const meant = missing.find(
      (field) => (otherNames.get(plain(name)) === field || isTypoOf(name, field)) && !typos.has(field),
    );
    if (meant === undefined) continue;
    typos.add(meant);
    // A list without a header has its first device here, which must not be shown.
    const which = isPlausibleName(name) ? quoted(name) : at + 1;
    problems.push({ message: `unknown column ${which}`, hint: `did you mean ${meant}?` });
  }
  for (const field of required) {
    const isStoodInFor = field === 'deviceName' && !nameFrom.every(isMissing);
    if (isMissing(field) && !isStoodInFor && !typos.has(field)) {
      problems.push({ isMissing: true, message: `the column ${field} is missing` });
    }
  }
  return { columns, problems };
}

function plain(name: string): string {
  return name.replace(/[\s_-]/g, '').toLowerCase();
}

/** Whether at most a quarter of the letters differ: an unrelated column must not be taken for a mistake. */
function isTypoOf(name: string, field: string): boolean {
  const short = plain(name);
  const slack = Math.ceil(field.length / 4);
  return Math.abs(short.length - field.length) <= slack && nearest(short, [field], slack) === field;
}
