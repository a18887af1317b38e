/** Lists of devices that are in a form of somebody else's: what they are, and how to make one of ours of them. Shows no value. */

import type { Problem } from '../../model/errors.ts';
import { PLATFORMS } from '../../platform/platforms.ts';
import { columnsOf } from './device-columns.ts';
import { type ListForm, listFormOf } from './list-form.ts';

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

/** Two digits in a row, or more characters than a name has: a device rather than the name of a column. */
const DEVICE_FIELD = /\d\d|.{33}/;

/** Whether a first line that names none of the columns is a device, as far as can be told. */
export function seemsDevice(names: readonly string[]): boolean {
  return names.some((name) => DEVICE_FIELD.test(name));
}

/** What to say of a header that is whole for another way to sign in; undefined where there is none. */
export function otherLogin(names: readonly string[], { platform, method }: ListForm): Naming | undefined {
  // The platform's own ways first: the scenario has said which platform it is.
  for (const owner of [platform, ...PLATFORMS]) {
    for (const other of owner.methods) {
      // One that asks for no column would fit any list.
      if (other.name === method.name || other.columns.every(({ isOptional }) => isOptional)) continue;
      if (columnsOf(names, listFormOf(owner, other)).problems.length > 0) continue;
      const where = owner === platform ? '' : `platform: ${owner.name}, `;
      return {
        message: `the list is not for auth: ${method.name}`,
        hint: `its columns are those of ${where}auth: ${other.name}`,
      };
    }
  }
  return undefined;
}

/** Bytes that were no UTF-8, as Excel writes Chinese. */
export function isOtherEncoding(names: readonly string[]): boolean {
  return names.some((name) => name.includes('\ufffd'));
}

export const OTHER_ENCODING: Naming = { message: 'the header is neither UTF-8 nor GBK', hint: AS_UTF8 };

/** Longer is not looked into. */
const MOST_CHARS = 64 * 1024 * 1024;
const MOST_DEPTH = 4;
/** More is no device. */
const MOST_NAMES = 64;

/** The devices in a JSON object that is no array: what an API puts around a list, or one device alone. */
export function devicesWithin(text: string, form: ListForm): unknown[] | Naming {
  const none = { message: `a JSON device list is an array: [{"${form.fields[0]}": …}]` };
  if (text.length > MOST_CHARS || !text.startsWith('{')) return none;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return isObjectLine(text.slice(0, text.indexOf('\n') + 1))
      ? { message: 'the list has a JSON object on each line', hint: 'name it .jsonl' }
      : none;
  }
  const found = listIn(value, form, MOST_DEPTH);
  if (found !== undefined) return found;
  if (isDevice(value, form)) return [value];
  const names = Object.keys(value as object);
  return (names.length > MOST_NAMES ? undefined : otherLogin(names, form)) ?? none;
}

function isObjectLine(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** The first array of devices, or else the first device, within an object. */
function listIn(value: unknown, form: ListForm, depth: number): unknown[] | undefined {
  if (depth === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const inside = Object.values(value);
  const list = inside.find((each): each is unknown[] => Array.isArray(each) && isDevice(each[0], form));
  if (list !== undefined) return list;
  for (const each of inside) {
    const further = listIn(each, form, depth - 1);
    if (further !== undefined) return further;
  }
  const one = inside.find((each) => isDevice(each, form));
  return one === undefined ? undefined : [one];
}

/** Whether an object has any key that says something of a device. */
function isDevice(value: unknown, form: ListForm): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { problems } = columnsOf(Object.keys(value), form);
  return problems.filter(({ isMissing }) => isMissing).length < form.required.length;
}
