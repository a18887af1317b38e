/** Device source → DeviceTable: a list in a file, by the extension of its name, or generated devices. */
import { open } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { type FileTrouble, lookAt, OPEN_FLAGS, troubleOf } from '../../input/given-file.ts';
import { nearest } from '../../input/nearest.ts';
import { type DeviceTable, DeviceTableBuilder } from '../../model/devices/device-table.ts';
import {
  type GeneratedLogin,
  generateDevices,
  generatedName,
} from '../../model/devices/generated-devices.ts';
import type { Problem } from '../../model/errors.ts';
import type { DeviceSource } from '../../model/scenario.ts';
import type { UrlTarget } from '../../platform/login-method.ts';
import { readCsv } from './device-list-csv.ts';
import { readJson, readJsonLines } from './device-list-json.ts';
import { checkDevice, DeviceRows } from './device-rows.ts';
import { type ListForm, pathOf, TRIPLES } from './list-form.ts';
import { strangerByBytes } from './strange-list.ts';

type Reader = (file: string, rows: DeviceRows, most: number) => Promise<void>;

const READERS: Record<string, Reader> = {
  '.csv': readCsv,
  '.tsv': readCsv,
  '.txt': readText,
  '.json': readJson,
  '.jsonl': readJsonLines,
  '.ndjson': readJsonLines,
};
/** The first guess of the table's text; it grows when a list has more. */
const MAX_TEXT_HINT = 256 * 1024 * 1024;

/** Where in a scenario the devices are described, for problems that no line of a list can show. */
export type Place = Omit<Problem, 'message' | 'hint'>;

export interface ListOptions {
  /** Names the list in problems; by default its path. */
  shownAs?: string;
  /** The place of the list's name, or of the description of generated devices. */
  at?: Place;
  countAt?: Place;
  /** What the list must have; by default triples. */
  form?: ListForm;
}

/**
 * Reads a list, and tells all problems at once (at most twenty of a kind), none of which shows a field's value. That `count` asks for more
 * devices than the list has is one of them. Never throws for what is in or of the file.
 */
export async function readDevices(source: DeviceSource, options: ListOptions = {}): Promise<DeviceReading> {
  return source.kind === 'generate' ? generated(source, options) : listed(source, options);
}

export interface DeviceReading {
  devices: DeviceTable;
  problems: Problem[];
  warnings: Problem[];
  /** Where the list says that its devices connect, two at most. */
  addresses: readonly UrlTarget[];
}

function generated(
  source: DeviceSource & { kind: 'generate' },
  { at = { file: 'generated devices' }, form = TRIPLES }: ListOptions,
): DeviceReading {
  const { productKey, count, prefix } = source;
  const cannot = form.method.columns.find(
    ({ name, generated, isOptional }) =>
      generated === undefined && !isOptional && form.given[name] === undefined,
  );
  if (cannot !== undefined) {
    const hint = `give auth.${cannot.name} to all of them, list devices in a file, or write auth: none`;
    return unread(at, { message: `generated devices have no ${cannot.name}`, hint });
  }
  // The last name is the longest; if it is sound, all are.
  const problems = checkDevice(at.file, productKey, generatedName(prefix, count), form).map((problem) => ({
    ...problem,
    ...at,
  }));
  if (problems.length > 0)
    return { devices: new DeviceTableBuilder().build(), problems, warnings: [], addresses: [] };
  const devices = generateDevices(productKey, count, prefix, generatedLogin(form, productKey));
  return { devices, ...troublesOf(devices, at, form), addresses: [] };
}

/** What stands against the logins of devices that no row tells of. */
function troublesOf(
  devices: DeviceTable,
  at: Place,
  { method }: ListForm,
): Pick<DeviceReading, 'problems' | 'warnings'> {
  const rows = new DeviceRows(at.file, 0);
  if (method.trouble === undefined) return { problems: [], warnings: [] };
  for (let row = 0; row < devices.count; row++) {
    rows.element = row + 1;
    const trouble = method.trouble(method.columns.map((_, nth) => devices.loginColumn(row, nth)));
    if (trouble !== undefined) rows.loginProblem(undefined, trouble);
  }
  rows.finish();
  const placed = (problem: Problem): Problem => ({ ...problem, ...at });
  return { problems: rows.problems.map(placed), warnings: rows.warnings.map(placed) };
}

function generatedLogin({ method, given, platform }: ListForm, productKey: string): GeneratedLogin {
  return {
    columns: (productKey, deviceName) => {
      const names = { productKey, deviceName, clientId: `${productKey}.${deviceName}` };
      return method.columns.map(({ name, isFile, generated }) => {
        const value = given[name] ?? generated?.(productKey, deviceName) ?? '';
        return isFile ? pathOf(value, '', names) : value;
      });
    },
    clientId: (deviceName) => platform.devices.clientId(deviceName, productKey),
  };
}

async function listed(source: DeviceSource & { kind: 'file' }, options: ListOptions): Promise<DeviceReading> {
  const shownAs = options.shownAs ?? source.file;
  const form = options.form ?? TRIPLES;
  const read = READERS[extname(source.file).toLowerCase()];
  const at = options.at ?? { file: shownAs };
  if (read === undefined) return unread(at, unknownFormat(extname(source.file)));
  const looked = await lookAt(source.file);
  if ('wrong' in looked) return unread(at, notReadable(shownAs, looked, form));
  const { info } = looked;
  let rows: DeviceRows;
  try {
    const stranger = strangerByBytes(await beginningOf(source.file));
    if (stranger !== undefined) return unread({ file: shownAs, line: 1 }, stranger);
    rows = new DeviceRows(shownAs, Math.min(info.size, MAX_TEXT_HINT), form, dirname(source.file));
    await read(source.file, rows, source.count ?? Number.POSITIVE_INFINITY);
  } catch (error) {
    return unread(at, notReadable(shownAs, troubleOf(error), form));
  }
  rows.finish();
  if (rows.problems.length === 0 && rows.seen === 0)
    rows.problem('none', undefined, 'the list names no device');
  const short = rows.problems.length === 0 && source.count !== undefined && rows.seen < source.count;
  if (short) {
    const message = `${shownAs} has only ${rows.seen} devices, fewer than count asks for`;
    rows.problems.push({ ...(options.countAt ?? { file: shownAs }), message });
  }
  const warnings = [...rows.warnings];
  if (isOpenToAll(info.mode)) warnings.push({ ...at, ...openToAll(shownAs) });
  const { problems, addresses } = rows;
  return { devices: rows.table.build(), problems, warnings, addresses };
}

function notReadable(
  shownAs: string,
  trouble: FileTrouble,
  { required }: ListForm,
): Pick<Problem, 'message' | 'hint'> {
  const { wrong, hint, isMissing } = trouble;
  if (isMissing)
    return {
      message: `the device list ${shownAs} cannot be read: there is no such file`,
      hint: `write it with your own ${required.includes('deviceSecret') ? 'triples' : 'devices'}: ${required.join(',')}`,
    };
  return { message: `the device list ${shownAs} ${wrong}`, ...(hint === undefined ? {} : { hint }) };
}

/** What it begins with tells what it is. */
async function readText(file: string, rows: DeviceRows, most: number): Promise<void> {
  const beginning = (await beginningOf(file))
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  const isJson = beginning.startsWith('[') || beginning.startsWith('{');
  await (isJson ? readJson : readCsv)(file, rows, most);
}

const MAGIC_BYTES = 16;

async function beginningOf(file: string): Promise<Buffer> {
  const handle = await open(file, OPEN_FLAGS);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Windows keeps that elsewhere, and says that everyone may read. */
function isOpenToAll(mode: number): boolean {
  return process.platform !== 'win32' && (mode & 0o004) !== 0;
}

function openToAll(shownAs: string): Pick<Problem, 'message' | 'hint'> {
  return {
    message: `the device list ${shownAs} may be read by every user of this machine`,
    hint: 'chmod 600',
  };
}

function unread(at: Place, what: Pick<Problem, 'message' | 'hint'>): DeviceReading {
  return {
    devices: new DeviceTableBuilder().build(),
    problems: [{ ...at, ...what }],
    warnings: [],
    addresses: [],
  };
}

function unknownFormat(extension: string): Pick<Problem, 'message' | 'hint'> {
  const meant = nearest(extension, Object.keys(READERS));
  const hint = meant === undefined ? 'name it .csv, .txt, .json or .jsonl' : `did you mean ${meant}?`;
  if (/^\.(?:xlsx?|xlsm|ods|numbers)$/i.test(extension))
    return { message: 'a device list is a text, and no workbook', hint: 'save it as CSV in UTF-8' };
  return { message: 'the name of a device list tells its format by its extension', hint };
}
