/** How a CSV was written: what separates its columns, and in which encoding. Told by its first lines. */
import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { columnsOf } from './device-columns.ts';
import type { ListForm } from './list-form.ts';

export interface CsvDialect {
  separator: string;
  /** Line, from 1, on which the header stands. */
  headerLine: 1 | 2;
  /** What Excel writes in China is not UTF-8 but GBK, of which GB 18030 is the whole. */
  encoding: 'utf-8' | 'gb18030';
}

/** A header is not longer. */
const MOST_HEADER_BYTES = 64 * 1024;
/** In the order in which they are believed. */
const SEPARATORS = [',', ';', '\t', '|'];

export async function csvDialectOf(file: FileHandle, form: ListForm): Promise<CsvDialect> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(MOST_HEADER_BYTES), 0, MOST_HEADER_BYTES, 0);
  const beginning = buffer.subarray(0, bytesRead);
  const ends = [beginning.indexOf('\n'), beginning.indexOf('\n', beginning.indexOf('\n') + 1)];
  const [first, second] = [lineOf(beginning, 0, ends[0]!), lineOf(beginning, ends[0]! + 1, ends[1]!)];
  // Excel's own word for its separator.
  const named = /^(?:\ufeff|\u00ef\u00bb\u00bf)?sep=(.)\r?$/i.exec(first.toString('latin1'));
  const header = named ? second : first;
  const encoding = isUtf8(header) ? 'utf-8' : 'gb18030';
  return {
    separator: named?.[1] ?? separatorOf(new TextDecoder(encoding).decode(header), form),
    headerLine: named ? 2 : 1,
    encoding,
  };
}

function lineOf(beginning: Buffer, from: number, end: number): Buffer {
  return beginning.subarray(from, end === -1 || end < from ? undefined : end);
}

/** The one that gives the most columns a meaning; where none does, the one that the header has. */
function separatorOf(header: string, form: ListForm): string {
  const known = (separator: string): number => {
    const { columns } = columnsOf(header.split(separator).map(unquoted), form);
    return Object.values(columns).filter((at) => at >= 0).length;
  };
  // A line that is no header may be as long as it likes.
  const names = header.length > 4096 ? [] : SEPARATORS.filter((separator) => header.includes(separator));
  const [best = ','] = names.sort((a, b) => known(b) - known(a));
  return best;
}

function unquoted(name: string): string {
  return name.trim().replace(/^"(.*)"$/, '$1');
}
