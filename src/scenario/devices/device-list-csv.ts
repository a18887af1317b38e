/** A device list as CSV, read as a stream. */
import { open } from 'node:fs/promises';
import { type CsvError, parse } from 'csv-parse';
import { OPEN_FLAGS } from '../../input/given-file.ts';
import { type Columns, columnsOf } from './device-columns.ts';
import type { DeviceRows } from './device-rows.ts';
import { headerOf } from './list-form.ts';
import {
  isOtherEncoding,
  looksLikeHeader,
  type Naming,
  OTHER_ENCODING,
  otherSeparator,
} from './strange-list.ts';

/** Longer is no row: a quote that is never closed would otherwise swallow the file into memory. */
const MAX_RECORD_CHARS = 64 * 1024;

/** Stops after `most` devices. Rejects only when the file cannot be read. */
export async function readCsv(file: string, rows: DeviceRows, most: number): Promise<void> {
  const handle = await open(file, OPEN_FLAGS);
  const reader = new CsvRows(rows);
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_CHARS,
    // Returning null keeps the record out of the parser's own output: no object stream, no million objects.
    on_record: (record: string[], { lines }) => {
      if (rows.seen < most && !reader.stopped) reader.record(record, lines);
      return null;
    },
  });
  // Each write reports its error to its callback; without a listener the event would end the process as well.
  parser.on('error', () => {});
  parser.resume();
  try {
    for await (const chunk of handle.createReadStream({ highWaterMark: 256 * 1024 })) {
      await finished((done) => parser.write(chunk, done));
      if (rows.seen >= most || reader.stopped) return;
    }
    await finished((done) => parser.once('error', done).end(() => done()));
    reader.end();
  } catch (error) {
    if (!isCsvError(error)) throw error;
    // What comes after the last device that is wanted is not read, wherever a chunk of the file ends.
    if (rows.seen >= most) return;
    rows.problem(error.code, lineOf(error), SYNTAX[error.code] ?? 'this is not CSV');
  } finally {
    parser.destroy();
  }
}

/** The parser's own messages quote the row, which holds a secret; these do not. */
const SYNTAX: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'a closing quote is followed by something other than a comma',
  INVALID_OPENING_QUOTE: 'a quote in the middle of a field',
  CSV_MAX_RECORD_SIZE: `a row of more than ${MAX_RECORD_CHARS} characters; is a quote never closed?`,
};

/** Header first, then devices. */
class CsvRows {
  stopped = false;
  private readonly rows: DeviceRows;
  private columns: Columns | undefined;
  private width = 0;

  constructor(rows: DeviceRows) {
    this.rows = rows;
  }

  record(record: string[], line: number): void {
    if (this.columns === undefined) this.header(record, line);
    else if (record.length === this.width) this.device(record, line, this.columns);
    else this.misfit(record.length, line);
  }

  private device(record: string[], line: number, columns: Columns): void {
    const fieldOf = (field: string): string | undefined => record[columns[field]!];
    this.rows.add(line, fieldOf);
  }

  end(): void {
    if (this.columns === undefined) this.rows.problem('header', 1, 'the list is empty', this.hint);
  }

  private header(names: string[], line: number): void {
    const separator = otherSeparator(names);
    const { form } = this.rows;
    const { columns, problems } = columnsOf(separator?.names ?? names, form);
    this.columns = columns;
    this.width = names.length;
    const say = ({ message, hint }: Naming): void => this.rows.problem('header', line, message, hint);
    const isNone = problems.length === form.required.length && problems.every(({ isMissing }) => isMissing);
    this.stopped = problems.length > 0 || separator !== undefined;
    if (separator !== undefined) say(separator);
    if (isNone && isOtherEncoding(names)) say(OTHER_ENCODING);
    else if (isNone && looksLikeHeader(separator?.names ?? names))
      say({ message: `the header names none of ${form.required.join(', ')}`, hint: this.hint });
    else if (isNone && separator === undefined) say({ message: 'the list has no header', hint: this.hint });
    else if (!isNone) for (const { message, hint } of problems) say({ message, hint: hint ?? this.hint });
  }

  private get hint(): string {
    return `the first line names the columns: ${headerOf(this.rows.form)}`;
  }

  private misfit(fields: number, line: number): void {
    this.rows.seen++;
    const kind = fields > this.width ? 'fields too many' : 'fields too few';
    this.rows.problem(kind, line, `${fields} fields where the header names ${this.width}`);
  }
}

function finished(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && error.constructor.name === 'CsvError';
}

function lineOf(error: CsvError): number | undefined {
  return typeof error.lines === 'number' ? error.lines : undefined;
}
