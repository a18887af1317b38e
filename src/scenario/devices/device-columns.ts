/** Which column (or JSON key) of a device list is which field. */

import { nearest } from '../../input/nearest.ts';
import { isPlausibleName, quoted } from '../../input/quoted.ts';
import { DEVICE_FIELDS, type DeviceField, REQUIRED_FIELDS } from './device-rows.ts';

/** The position of each field; clientId is -1 where the list has none. */
export type Columns = Record<DeviceField, number>;

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
export function columnsOf(names: readonly string[]): { columns: Columns; problems: ColumnProblem[] } {
  const problems: ColumnProblem[] = [];
  const columns: Columns = { productKey: -1, deviceName: -1, deviceSecret: -1, clientId: -1 };
  for (const [at, name] of names.entries()) {
    const field = DEVICE_FIELDS.find((known) => plain(known) === plain(name));
    if (field === undefined) continue;
    if (columns[field] >= 0)
      problems.push({ message: `the column ${field} is there twice, the second time as column ${at + 1}` });
    columns[field] = at;
  }
  const missing = DEVICE_FIELDS.filter((field) => columns[field] < 0);
  const typos = new Set<DeviceField>();
  for (const [at, name] of names.entries()) {
    if (DEVICE_FIELDS.some((known) => plain(known) === plain(name))) continue;
    const meant = missing.find(
      (field) => (OTHER_NAMES.get(plain(name)) === field || isTypoOf(name, field)) && !typos.has(field),
    );
    if (meant === undefined) continue;
    typos.add(meant);
    // A list without a header has its first device here, which must not be shown.
    const which = isPlausibleName(name) ? quoted(name) : at + 1;
    problems.push({ message: `unknown column ${which}`, hint: `did you mean ${meant}?` });
  }
  for (const field of REQUIRED_FIELDS) {
    if (columns[field] < 0 && !typos.has(field)) {
      problems.push({ isMissing: true, message: `the column ${field} is missing` });
    }
  }
  return { columns, problems };
}

/** As the console's own exports and other people's scripts call them. */
const OTHER_NAMES: ReadonlyMap<string, DeviceField> = new Map<string, DeviceField>([
  ...['产品key', '产品密钥', '产品', '产品标识', 'product', 'key'].map(
    (name) => [name, 'productKey'] as const,
  ),
  ...['设备名称', '设备名', '设备', 'device', 'name', 'dn'].map((name) => [name, 'deviceName'] as const),
  ...['设备密钥', '设备秘钥', '密钥', '秘钥', 'secret', 'ds'].map((name) => [name, 'deviceSecret'] as const),
]);

function plain(name: string): string {
  return name.replace(/[\s_-]/g, '').toLowerCase();
}

/** At most a quarter of the letters differ: an unrelated column must not be taken for a mistake. */
function isTypoOf(name: string, field: DeviceField): boolean {
  const short = plain(name);
  const slack = Math.ceil(field.length / 4);
  return Math.abs(short.length - field.length) <= slack && nearest(short, [field], slack) === field;
}
