/** A device list as CSV, read as a stream. */
import { type FileHandle, open } from 'node:fs/promises';
import { type CsvError, parse } from 'csv-parse';
import { OPEN_FLAGS } from '../../input/given-file.ts';
import { type CsvDialect, csvDialectOf } from './csv-dialect.ts';
import { type ColumnProblem, type Columns, columnsOf } from './device-columns.ts';
import type { DeviceRows } from './device-rows.ts';
import { headerOf } from './list-form.ts';
import { isOtherEncoding, OTHER_ENCODING, otherLogin, seemsDevice } from './strange-list.ts';

/** Longer is no row: a quote that is never closed would otherwise swallow the file into memory. */
const MAX_RECORD_CHARS = 64 * 1024;

/** Stops after `most` devices. Rejects only when the file cannot be read. */
export async function readCsv(file: string, rows: DeviceRows, most: number): Promise<void> {
  const handle = await open(file, OPEN_FLAGS);
  let dialect: CsvDialect;
  try {
    dialect = await csvDialectOf(handle, rows.form);
  } catch (error) {
    await handle.close();
    throw error;
  }
  const reader = new CsvRows(rows, dialect);
  const parser = parse({
    bom: true,
    delimiter: dialect.separator,
    from_line: dialect.headerLine,
    // Blanks around what stands in quotes are kept: they are meant.
    trim: true,
    relax_column_count: true,
    skip_empty_lines: true,
    // What Excel leaves below a table.
    skip_records_with_empty_values: true,
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
    for await (const chunk of textOf(handle, dialect, rows.chunkBytes)) {
      await finished((done) => parser.write(chunk, done));
      if (rows.seen >= most || reader.stopped) return;
    }
    await finished((done) => parser.once('error', done).end(() => done()));
    reader.end();
  } catch (error) {
    if (!isCsvError(error)) throw error;
    // What comes after the last device that is wanted is not read, wherever a chunk of the file ends.
    if (rows.seen >= most) return;
    rows.problem(
      error.code,
      lineOf(error),
      SYNTAX[error.code] ?? 'this is not CSV',
      SYNTAX_HINTS[error.code],
    );
  } finally {
    parser.destroy();
  }
}

/** Bytes in UTF-8, which the parser reads by itself. */
async function* textOf(
  handle: FileHandle,
  { encoding }: CsvDialect,
  chunkBytes: number,
): AsyncGenerator<Buffer | string> {
  const decoder = encoding === 'utf-8' ? undefined : new TextDecoder(encoding);
  const stream = handle.createReadStream({ start: 0, highWaterMark: chunkBytes });
  for await (const chunk of stream) yield decoder?.decode(chunk, { stream: true }) ?? chunk;
}

/** The parser's own messages quote the row, which holds a secret; these do not. */
const SYNTAX: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'a closing quote is followed by something other than a separator',
  INVALID_OPENING_QUOTE: 'a quote in the middle of a field',
  CSV_MAX_RECORD_SIZE: `a row of more than ${MAX_RECORD_CHARS} characters; is a quote never closed?`,
};
const SYNTAX_HINTS: Record<string, string> = {
  INVALID_OPENING_QUOTE: '="…" is how Excel keeps digits a text: format the column as text instead',
};

/** Header first, then devices. */
class CsvRows {
  stopped = false;
  private readonly rows: DeviceRows;
  private readonly dialect: CsvDialect;
  private columns: Columns | undefined;
  private width = 0;

  constructor(rows: DeviceRows, dialect: CsvDialect) {
    this.rows = rows;
    this.dialect = dialect;
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
    const { form } = this.rows;
    const { columns, problems } = columnsOf(names, form);
    this.columns = columns;
    this.width = names.length;
    this.stopped = problems.length > 0;
    if (this.dialect.encoding !== 'utf-8' && !this.stopped)
      this.rows.warn(
        line,
        'the list is not UTF-8 and was read as GBK',
        'look whether its names are right, or save it as UTF-8',
      );
    for (const { message, hint = this.hint } of this.wrongHeader(names, problems))
      this.rows.problem('header', line, message, hint);
  }

  private wrongHeader(
    names: readonly string[],
    problems: ColumnProblem[],
  ): Omit<ColumnProblem, 'isMissing'>[] {
    const { form } = this.rows;
    const isNone = problems.length > 0 && problems.every(({ isMissing }) => isMissing);
    if (!isNone || problems.length < form.required.length) return problems;
    if (isOtherEncoding(names)) return [OTHER_ENCODING];
    const other = otherLogin(names, form);
    if (other !== undefined) return [other];
    const none = `the first line names none of ${form.required.join(', ')}`;
    return [{ message: seemsDevice(names) ? 'the list seems to have no header' : none }];
  }

  private get hint(): string {
    return `the first line names the columns: ${headerOf(this.rows.form)}`;
  }

  private misfit(fields: number, line: number): void {
    this.rows.seen++;
    const kind = fields > this.width ? 'fields too many' : 'fields too few';
    const mark =
      this.dialect.separator === ',' ? '' : ` (separated by ${JSON.stringify(this.dialect.separator)})`;
    this.rows.problem(kind, line, `${fields} fields where the header names ${this.width}${mark}`);
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
