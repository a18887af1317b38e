/** Lists of devices that are in a form of somebody else's: what they are, and how to make one of ours of them. Shows no value. */

import { isPlausibleName } from '../../input/quoted.ts';
import type { Problem } from '../../model/errors.ts';
import { columnsOf } from './device-columns.ts';
import type { ListForm } from './list-form.ts';

export type Naming = Pick<Problem, 'message' | 'hint'>;

const AS_CSV = 'save it as CSV in UTF-8, and name that';
const AS_UTF8 = 'save it as UTF-8';

/** The first bytes of what people hand over for a text. */
const BY_FIRST_BYTES: readonly [number[], Naming][] = [
  [[0xff, 0xfe], { message: 'the list is UTF-16', hint: AS_UTF8 }],
  [[0xfe, 0xff], { message: 'the list is UTF-16', hint: AS_UTF8 }],
  [[0x50, 0x4b, 3, 4], { message: 'the list is an Excel workbook, or another zip file', hint: AS_CSV }],
  [[0xd0, 0xcf, 0x11, 0xe0], { message: 'the list is an Excel workbook of the old kind', hint: AS_CSV }],
  [[0x1f, 0x8b], { message: 'the list is compressed', hint: 'unpack it: gunzip' }],
];

/** `beginning` is the first bytes of the file; undefined for what may be a text. */
export function strangerByBytes(beginning: Buffer): Naming | undefined {
  const known = BY_FIRST_BYTES.find(([bytes]) => bytes.every((byte, at) => beginning[at] === byte));
  if (known !== undefined) return known[1];
  // Every other byte of Latin letters in UTF-16 is zero, and a mark need not be there.
  const isWide =
    beginning.length >= 8 &&
    [0, 1].some((odd) => beginning.every((byte, at) => at % 2 === odd || byte === 0));
  return isWide ? { message: 'the list is UTF-16', hint: AS_UTF8 } : undefined;
}

const SEPARATORS: readonly [string, string][] = [
  [';', 'semicolons (;)'],
  ['\t', 'tabs'],
  ['|', 'vertical bars (|)'],
];

/** What to say of a header that the parser took for one column, if it is one of several. */
export function otherSeparator(names: readonly string[]): (Naming & { names: string[] }) | undefined {
  if (names.length !== 1) return undefined;
  const found = SEPARATORS.find(([mark]) => names[0]!.includes(mark));
  if (found === undefined) return undefined;
  const [mark, words] = found;
  return {
    message: `columns are separated by ${words}`,
    hint: 'separate them by commas',
    names: names[0]!.split(mark),
  };
}

/** Words of headers in general, in which none of ours is. */
const HEADER_WORD =
  /^(?:id|no|nr|index|iotid|status|state|region|password|token|username|created|description|note|序号|状态|备注)$/i;

export function looksLikeHeader(names: readonly string[]): boolean {
  return names.some((name) => HEADER_WORD.test(name.replace(/[\s_-]/g, '')));
}

/** Bytes that were no UTF-8, as Excel writes Chinese. */
export function isOtherEncoding(names: readonly string[]): boolean {
  return names.some((name) => name.includes('\ufffd'));
}

export const OTHER_ENCODING: Naming = { message: 'the header is not UTF-8; it may be GBK', hint: AS_UTF8 };

/** Longer is not looked into: what it is would be told by its first line all the same. */
const MOST_CHARS = 16 * 1024 * 1024;

/** What to say of a .json file that is no array. */
export function strangerInJson(text: string, form: ListForm): Naming {
  const array = `[{"${form.fields[0]}": …}]`;
  const plain = { message: `a JSON device list is an array: ${array}` };
  if (text.length > MOST_CHARS || !text.startsWith('{')) return plain;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return isObjectLine(text.slice(0, text.indexOf('\n') + 1))
      ? { message: 'the list has a JSON object on each line', hint: 'name it .jsonl' }
      : plain;
  }
  const { problems } = columnsOf(Object.keys(value as object), form);
  if (problems.filter(({ isMissing }) => isMissing).length < form.required.length)
    return { message: 'the list is one device, and no array', hint: 'put [ ] around it' };
  const path = pathToList(value, 3);
  if (path === undefined) return plain;
  const shown = path.every(isPlausibleName) ? ` under ${path.join('.')}` : ' within an object';
  return { message: `the list is${shown}`, hint: `keep that array alone: ${array}` };
}

function isObjectLine(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** Path to the first array of objects, for what an API puts around one. */
function pathToList(value: unknown, depth: number): string[] | undefined {
  if (depth === 0 || typeof value !== 'object' || value === null) return undefined;
  for (const [name, inside] of Object.entries(value)) {
    if (Array.isArray(inside) && typeof inside[0] === 'object') return [name];
    const further = pathToList(inside, depth - 1);
    if (further !== undefined) return [name, ...further];
  }
  return undefined;
}
