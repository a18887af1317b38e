/** A device list as a JSON array or as one JSON object per line. */
import { open, readFile, stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { OPEN_FLAGS } from '../../input/given-file.ts';
import { columnsOf } from './device-columns.ts';
import type { DeviceRows } from './device-rows.ts';
import { jsonElements } from './json-elements.ts';
import type { ListForm } from './list-form.ts';
import { devicesWithin } from './strange-list.ts';

/** A JSON array is read whole; V8 has no longer strings than about 512 MB. */
const MAX_JSON_BYTES = 256 * 1024 * 1024;
/** The least bytes that a device takes in a list. */
const DEVICE_BYTES = 64;
const MAX_LINE_CHARS = 1024 * 1024;

/** Stops after `most` devices. Rejects only when the file cannot be read. */
export async function readJson(file: string, rows: DeviceRows, most: number): Promise<void> {
  if ((await stat(file)).size > MAX_JSON_BYTES) {
    return rows.problem(
      'size',
      undefined,
      'the list is too long for one JSON array',
      'write it as .jsonl or .csv',
    );
  }
  const text = withoutBom(await readFile(file, { encoding: 'utf8', flag: OPEN_FLAGS }));
  if (!/^[ \t\r\n]*\[/.test(text)) {
    const devices = devicesWithin(text.trim(), rows.form);
    if (!Array.isArray(devices)) return rows.problem('array', 1, devices.message, devices.hint);
    return addAll(devices, rows, most);
  }
  for (const part of jsonElements(text)) {
    if (rows.seen >= most) return;
    if (rows.seen % breathEvery(rows) === 0) await setImmediate();
    const isBreak = 'message' in part;
    // A whole list is often one line: only its number tells which device is meant.
    rows.element = isBreak ? 0 : rows.seen + 1;
    if (isBreak) rows.problem('array', part.line, part.message);
    else addJson(part.text, part.line, rows);
  }
}

/** What stood within an object: where in the text, nobody knows. */
async function addAll(devices: readonly unknown[], rows: DeviceRows, most: number): Promise<void> {
  for (const device of devices.slice(0, most)) {
    if (rows.seen % breathEvery(rows) === 0) await setImmediate();
    rows.element = rows.seen + 1;
    addValue(device, undefined, rows);
  }
}

/** Stops after `most` devices. Rejects only when the file cannot be read. */
export async function readJsonLines(file: string, rows: DeviceRows, most: number): Promise<void> {
  let line = 0;
  let carried = '';
  // A stream that decodes never cuts a character in two.
  const handle = await open(file, OPEN_FLAGS);
  for await (const chunk of handle.createReadStream({ encoding: 'utf8', highWaterMark: rows.chunkBytes })) {
    const lines = (carried + chunk).split('\n');
    carried = lines.pop()!;
    for (const text of lines) {
      if (rows.seen >= most) return;
      addLine(text, ++line, rows);
    }
    if (carried.length > MAX_LINE_CHARS)
      return rows.problem('line', line + 1, 'this line is too long for one device');
  }
  if (rows.seen < most) addLine(carried, line + 1, rows);
}

function addLine(text: string, line: number, rows: DeviceRows): void {
  const bare = line === 1 ? withoutBom(text) : text;
  if (bare.trim() === '') return;
  if (rows.seen === 0 && bare.trimStart().startsWith('['))
    fail(rows, 'array', line, 'a list in [ ] is no JSON lines; name the file .json');
  else addJson(bare, line, rows);
}

function addJson(text: string, line: number, rows: DeviceRows): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which holds a secret.
    fail(rows, 'not JSON', line, 'this is not valid JSON');
    return;
  }
  addValue(value, line, rows);
}

function addValue(value: unknown, line: number | undefined, rows: DeviceRows): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fail(rows, 'not an object', line, `a device is an object with ${rows.form.required.join(', ')}`);
    return;
  }
  const device = fieldsOf(value as Record<string, unknown>, rows.form);
  if (typeof device === 'string') fail(rows, 'wrong fields', line, device);
  else rows.add(line, (field) => device.get(field));
}

/** The texts of its fields, or what is wrong. */
function fieldsOf(value: Record<string, unknown>, form: ListForm): Map<string, string> | string {
  const names = Object.keys(value);
  const { columns, problems } = columnsOf(names, form);
  if (problems.length > 0) {
    return problems.map(({ message, hint }) => sentence(message, hint)).join('; ');
  }
  const device = new Map<string, string>();
  for (const field of [...form.fields, ...form.address]) {
    const text = columns[field]! < 0 ? '' : value[names[columns[field]!]!];
    if (typeof text === 'number' && form.address.includes(field)) device.set(field, String(text));
    else if (typeof text === 'string') device.set(field, text);
    else if (text !== null || !mayBeAbsent(field, form)) return `${field} is not a string`;
  }
  return device;
}

/** What need not be there may be written as null. */
function mayBeAbsent(field: string, { required, nameFrom }: ListForm): boolean {
  return !required.includes(field) || (field === 'deviceName' && nameFrom.length > 0);
}

function sentence(message: string, hint: string | undefined): string {
  return (hint === undefined ? message : `${message}, ${hint}`).replaceAll('column', 'key');
}

function fail(rows: DeviceRows, kind: string, line: number | undefined, message: string): void {
  rows.seen++;
  rows.problem(kind, line, message);
}

function withoutBom(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Devices between two turns of the event loop. */
function breathEvery({ chunkBytes }: DeviceRows): number {
  return chunkBytes / DEVICE_BYTES;
}
