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
 * The console exports `ProductKey`, scripts write `product_key`: case, `_`, `-` and spaces do not count, and what a field is called in
 * Chinese or by an API does as well where no column has its name. Columns of other names are ignored, unless they look like a misspelt
 * field that would then be missing.
 */
export function columnsOf(
  names: readonly string[],
  { fields: own, address, required, aliases, otherNames, nameFrom }: ListForm,
): { columns: Columns; problems: ColumnProblem[] } {
  const problems: ColumnProblem[] = [];
  const fields = [...own, ...address];
  const columns: Record<string, number> = Object.fromEntries(fields.map((field) => [field, -1]));
  const fieldNamed = new Map(fields.map((field) => [plain(field), field]));
  const short = names.map(plain);
  for (const [at, name] of short.entries()) {
    const field = fieldNamed.get(name);
    if (field === undefined) continue;
    if (columns[field]! >= 0)
      problems.push({ message: `the column ${field} is there twice, the second time as column ${at + 1}` });
    columns[field] = at;
  }
  const isMissing = (field: string): boolean => columns[field]! < 0;
  const taken = new Set(Object.values(columns));
  for (const [alias, field] of aliases) {
    const at = short.indexOf(alias);
    if (at === -1 || !isMissing(field)) continue;
    columns[field] = at;
    taken.add(at);
  }
  const missing = fields.filter(isMissing);
  const typos = new Set<string>();
  for (const [at, name] of names.entries()) {
    if (taken.has(at) || fieldNamed.has(short[at]!)) continue;
    const meant = missing.find(
      (field) => (otherNames.get(short[at]!) === field || isTypoOf(short[at]!, field)) && !typos.has(field),
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
      const hint = field === 'productKey' ? GIVEN_TO_ALL : undefined;
      problems.push({ isMissing: true, message: `the column ${field} is missing`, ...(hint && { hint }) });
    }
  }
  return { columns, problems };
}

/** Devices that were applied for in bulk come without the product that they were applied for. */
const GIVEN_TO_ALL = 'where all are of one product, the scenario can say it: devices.productKey';

function plain(name: string): string {
  return name.replace(/[\s_-]/g, '').toLowerCase();
}

/** Whether at most a quarter of the letters differ: an unrelated column must not be taken for a mistake. */
function isTypoOf(short: string, field: string): boolean {
  const slack = Math.ceil(field.length / 4);
  return Math.abs(short.length - field.length) <= slack && nearest(short, [field], slack) === field;
}
