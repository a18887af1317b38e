/** `mqtt-fleet devices`: a device list with random secrets. */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CommandModule } from 'yargs';
import { badInput, FleetError, type Problem } from '../errors.ts';
import { checkDevice } from '../scenario/device-rows.ts';
import { DEFAULT_PREFIX, generatedName } from '../scenario/generated-devices.ts';
import type { Door } from './door.ts';

type Format = 'csv' | 'jsonl';

const FORMATS: readonly Format[] = ['csv', 'jsonl'];
const SECRET_BYTES = 16;
/** Rows made at once: a chunk of about 64 KB. */
const ROWS_PER_CHUNK = 1024;

export function devicesCommand(door: Door): CommandModule {
  return {
    command: 'devices',
    describe: 'write a device list with random secrets',
    builder: (yargs) =>
      yargs
        .option('product-key', {
          type: 'string',
          demandOption: true,
          requiresArg: true,
          describe: 'ProductKey of all',
        })
        .option('count', {
          alias: 'c',
          type: 'number',
          demandOption: true,
          requiresArg: true,
          describe: 'how many',
        })
        .option('prefix', {
          type: 'string',
          default: DEFAULT_PREFIX,
          requiresArg: true,
          describe: 'names begin with it',
        })
        .option('out', {
          alias: 'o',
          type: 'string',
          requiresArg: true,
          describe: 'file, readable by you only; or stdout',
        })
        .option('format', { choices: FORMATS, describe: 'by default by the name of the file, or csv' })
        .example('$0 devices --product-key pk --count 1000 --out devices.csv', 'd000001 to d001000'),
    handler: async (args) => {
      const out = args.out as string | undefined;
      const prefix = args.prefix as string;
      const productKey = args.productKey as string;
      const count = args.count as number;
      checkFlags(productKey, prefix, count);
      const format =
        (args.format as Format | undefined) ?? (out && /\.(jsonl|ndjson)$/i.test(out) ? 'jsonl' : 'csv');
      const rows = Readable.from(chunks(productKey, prefix, count, format));
      await (out === undefined ? toStdout(rows, door.stdout) : toFile(rows, out));
    },
  };
}

function checkFlags(productKey: string, prefix: string, count: number): void {
  const problems: Problem[] = [];
  if (!Number.isSafeInteger(count) || count < 1) {
    problems.push({ file: '--count', message: 'is not a whole number above 0' });
  } else {
    // The last name is the longest; if it is sound, all are.
    problems.push(...checkDevice('--product-key, --prefix', productKey, generatedName(prefix, count)));
  }
  if (problems.length > 0) throw badInput(problems);
}

function* chunks(productKey: string, prefix: string, count: number, format: Format): Generator<string> {
  if (format === 'csv') yield 'productKey,deviceName,deviceSecret\n';
  for (let first = 1; first <= count; first += ROWS_PER_CHUNK) {
    const rows = Math.min(ROWS_PER_CHUNK, count - first + 1);
    const secrets = randomBytes(rows * SECRET_BYTES).toString('hex');
    let text = '';
    for (let row = 0; row < rows; row++) {
      const deviceName = generatedName(prefix, first + row);
      const deviceSecret = secrets.slice(row * SECRET_BYTES * 2, (row + 1) * SECRET_BYTES * 2);
      text +=
        format === 'csv'
          ? csvRow(productKey, deviceName, deviceSecret)
          : jsonRow(productKey, deviceName, deviceSecret);
    }
    yield text;
  }
}

function csvRow(...fields: string[]): string {
  return `${fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;
}

function jsonRow(productKey: string, deviceName: string, deviceSecret: string): string {
  return `${JSON.stringify({ productKey, deviceName, deviceSecret })}\n`;
}

/** Mode 0600, and never over a list that is there: its secrets would be gone. */
async function toFile(rows: Readable, file: string): Promise<void> {
  try {
    await pipeline(rows, createWriteStream(file, { mode: 0o600, flags: 'wx' }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST')
      throw badInput([{ file, message: 'is there already', hint: 'delete it, or name another' }]);
    throw new FleetError('harness', `the device list cannot be written: ${code}`, { cause: error });
  }
}

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
