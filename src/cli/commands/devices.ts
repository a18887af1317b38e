/** `mqtt-fleet devices`: a device list with random secrets, or with a certificate for each device. */
import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { dirname, extname, relative, resolve } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { text } from '../../input/fields.ts';
import { DEFAULT_PREFIX, generatedName, MAX_GENERATED } from '../../model/devices/generated-devices.ts';
import { badInput, FleetError } from '../../model/errors.ts';
import { checkDevice } from '../../scenario/devices/device-rows.ts';
import { makeDeviceAuthority } from '../../stand-in/device-certificates.ts';
import type { Command } from '../command.ts';
import { someText, wholeNumberOr } from '../flags/flag-fields.ts';
import { flags } from '../flags/flags.ts';
import { writeAuthority, writeKeyPair } from './certificate-files.ts';

const FORMATS = ['csv', 'json', 'jsonl'] as const;
type Format = (typeof FORMATS)[number];

/** The format of a file by the extension of its name, as a device list is read. */
const FORMAT_OF: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
};
const SECRET_BYTES = 16;
/** Rows made at once: a chunk of about 64 KB. */
const ROWS_PER_CHUNK = 1024;

const FLAGS = flags({
  productKey: someText().meta({ description: 'ProductKey of all devices' }),
  count: wholeNumberOr(`is not a whole number from 1 to ${MAX_GENERATED}`, 1, MAX_GENERATED).meta({
    alias: 'c',
    description: 'How many devices',
  }),
  prefix: text().prefault(DEFAULT_PREFIX).meta({ description: 'What their names begin with' }),
  certificates: someText().optional().meta({
    description: 'Folder for certificates of the devices, and of an authority (ca.pem), in place of secrets',
  }),
  out: someText()
    .optional()
    .meta({ alias: 'o', description: 'File to write, readable by you only; else stdout' }),
  format: z
    .enum(FORMATS)
    .optional()
    .meta({ description: 'Format of the list', shownDefault: 'by the extension of --out, else csv' }),
})
  .rule(['productKey', 'count', 'prefix'], ({ productKey, count, prefix }, complain) => {
    // The last name is the longest; if it is sound, all are.
    for (const { message, hint } of checkDevice('', productKey, generatedName(prefix, count)))
      complain(['productKey', 'prefix'], message, hint);
  })
  .rule(['format', 'out'], ({ format, out }, complain) => {
    const named = formatOf(out);
    if (format === undefined || named === undefined || format === named) return;
    const message = `${format} does not go into a file named ${extname(out!)}`;
    complain(['format'], message, 'leave --format out, or name the file by its format');
  });

export const devicesCommand: Command<typeof FLAGS.fields> = {
  usage: 'devices',
  describe: 'Write a device list with random secrets, or with certificates',
  flags: FLAGS,
  examples: [['$0 devices --product-key pk -c 50 -o list.csv', 'Names d000001 to d000050']],
  async run({ productKey, prefix, count, out, format, certificates }, door) {
    const devices =
      certificates === undefined
        ? withSecrets(productKey, prefix, count)
        : withCertificates(productKey, prefix, count, certificates, out);
    const rows = Readable.from(chunks(devices, format ?? formatOf(out) ?? 'csv'));
    await (out === undefined ? toStdout(rows, door.stdout) : toFile(rows, out));
  },
};

/** What the name of a file tells of its format; undefined where it tells nothing. */
function formatOf(file: string | undefined): Format | undefined {
  return file === undefined ? undefined : FORMAT_OF[extname(file).toLowerCase()];
}

type Row = Readonly<Record<string, string>>;

function* withSecrets(productKey: string, prefix: string, count: number): Generator<Row[]> {
  for (let first = 1; first <= count; first += ROWS_PER_CHUNK) {
    const rows = Math.min(ROWS_PER_CHUNK, count - first + 1);
    const secrets = randomBytes(rows * SECRET_BYTES).toString('hex');
    yield Array.from({ length: rows }, (_, row) => ({
      productKey,
      deviceName: generatedName(prefix, first + row),
      deviceSecret: secrets.slice(row * SECRET_BYTES * 2, (row + 1) * SECRET_BYTES * 2),
    }));
  }
}

/** Their paths are from where the list is, or absolute where it goes nobody knows where. */
async function* withCertificates(
  productKey: string,
  prefix: string,
  count: number,
  folder: string,
  out: string | undefined,
): AsyncGenerator<Row[]> {
  const authority = await makeDeviceAuthority();
  await writeAuthority(folder, authority);
  const listed = (file: string): string =>
    out === undefined ? resolve(file) : relative(dirname(resolve(out)), resolve(file));
  for (let number = 1; number <= count; number++) {
    const deviceName = generatedName(prefix, number);
    const pair = await writeKeyPair(folder, deviceName, await authority.certify(productKey, deviceName));
    yield [{ productKey, deviceName, cert: listed(pair.cert), key: listed(pair.key) }];
  }
}

async function* chunks(
  devices: Iterable<Row[]> | AsyncIterable<Row[]>,
  format: Format,
): AsyncGenerator<string> {
  let isFirst = true;
  for await (const rows of devices) {
    let text = '';
    if (isFirst && format === 'csv') text += csvRow(Object.keys(rows[0]!));
    for (const row of rows) {
      if (format === 'csv') text += csvRow(Object.values(row));
      else if (format === 'jsonl') text += `${JSON.stringify(row)}\n`;
      else text += `${isFirst ? '[\n' : ',\n'}${JSON.stringify(row)}`;
      isFirst = false;
    }
    yield text;
  }
  if (format === 'json') yield '\n]\n';
}

function csvRow(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;
}

/** Mode 0600, and never over a list that is there: its secrets would be gone. */
async function toFile(rows: Readable, file: string): Promise<void> {
  let isOurs = false;
  try {
    // Before the first row is made, with which certificates are written.
    const handle = await open(file, 'wx', 0o600);
    isOurs = true;
    await pipeline(rows, handle.createWriteStream());
  } catch (error) {
    if (isOurs) await rm(file, { force: true });
    if (error instanceof FleetError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST')
      throw badInput([{ file, message: 'is there already', hint: 'delete it, or name another' }]);
    const wrong = WRONG_PLACE[code];
    if (wrong !== undefined)
      throw badInput([{ file, message: `cannot be written: ${wrong(dirname(file))}`, hint: OTHER_PLACE }]);
    throw new FleetError('harness', `the device list ${file} cannot be written: ${code}`, {
      hint: OTHER_PLACE,
      cause: error,
    });
  }
}

const OTHER_PLACE = 'make the folder first, or name another file with --out';

const WRONG_PLACE: Readonly<Record<string, (folder: string) => string>> = {
  ENOENT: (folder) => `there is no folder ${folder}`,
  ENOTDIR: (folder) => `${folder} is not a folder`,
  EACCES: (folder) => `you may not write in ${folder}`,
  EROFS: (folder) => `${folder} is read-only`,
};

/**
 * stdout stays open for whoever comes after, and each chunk is waited for: a million devices do not pile up before a slow reader. One that
 * closes early (`| head`) is no fault.
 */
async function toStdout(rows: Readable, stdout: Writable): Promise<void> {
  const ignore = (): void => {};
  // The write's own callback has the error; without a listener the event would end the process as well.
  stdout.on('error', ignore);
  for await (const chunk of rows) {
    const error = await new Promise<NodeJS.ErrnoException | null | undefined>((done) =>
      stdout.write(chunk, done),
    );
    if (error?.code === 'EPIPE') return;
    if (error) throw error;
  }
  stdout.off('error', ignore);
}
