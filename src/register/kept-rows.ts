/** What an earlier run of the command has left in its list: who has a secret already, and where the whole rows end. */
import { parse } from 'csv-parse/sync';
import { readGivenFile } from '../input/given-file.ts';
import { DeviceIndex } from '../model/devices/device-index.ts';
import { DeviceTableBuilder } from '../model/devices/device-table.ts';
import type { Problem } from '../model/errors.ts';
import { COLUMNS, type GrantKind } from './granted.ts';

/** Some five million rows. */
const MOST_BYTES = 512 * 1024 * 1024;

export interface KeptRows {
  count: number;
  has(productKey: string, deviceName: string): boolean;
  /** Up to the end of the last whole row; 0 where the list is still to be begun. */
  soundBytes: number;
  /** Length of the file when it was read. */
  fileBytes: number;
  /** Whether something follows them: a row that was being written when the power went. */
  isTorn: boolean;
}

/** Problems where it is there and is no such list: it is not to be written over. */
export async function readKeptRows(file: string, kind: GrantKind): Promise<KeptRows | Problem[]> {
  const read = await readGivenFile(file, MOST_BYTES);
  if ('wrong' in read) {
    const { wrong, hint, isMissing } = read;
    return isMissing ? NOTHING : [{ file, message: `the list to write ${wrong}`, ...(hint ? { hint } : {}) }];
  }
  const { content } = read;
  const soundBytes = content.lastIndexOf(0x0a) + 1;
  const header = headerOf(kind);
  if (soundBytes === 0) {
    // Nothing, or a header that was being written.
    const isBegun = header.startsWith(content.toString('utf8'));
    const fileBytes = content.length;
    return isBegun ? { ...NOTHING, fileBytes, isTorn: fileBytes > 0 } : [strange(file, kind, content)];
  }
  const text = content.toString('utf8', 0, soundBytes);
  if (!text.startsWith(header)) return [strange(file, kind, content)];
  return rowsOf(file, kind, text.slice(header.length), {
    soundBytes,
    fileBytes: content.length,
    isTorn: soundBytes < content.length,
  });
}

const NOTHING: KeptRows = { count: 0, has: () => false, soundBytes: 0, fileBytes: 0, isTorn: false };

function headerOf(kind: GrantKind): string {
  return `${COLUMNS[kind].join(',')}\n`;
}

function rowsOf(
  file: string,
  kind: GrantKind,
  text: string,
  end: Omit<KeptRows, 'count' | 'has'>,
): KeptRows | Problem[] {
  const builder = new DeviceTableBuilder(Math.max(1024, text.length));
  const index = new DeviceIndex(builder);
  const problems: Problem[] = [];
  const width = COLUMNS[kind].length;
  const say = (line: number, message: string): void => {
    if (problems.length < MOST_PROBLEMS) problems.push({ file, line: line + 1, message, hint: NOT_OURS });
  };
  try {
    parse(text, {
      relax_column_count: true,
      on_record: (record: string[], { lines }) => {
        if (record.length !== width || record.includes('')) say(lines, 'is no row of such a list');
        else if (index.add(builder.add(record[0]!, record[1]!, '')) !== -1) say(lines, 'is a device again');
        return null;
      },
    });
  } catch {
    // The parser's own message quotes the row, which holds a secret.
    return [{ file, message: 'is no CSV', hint: NOT_OURS }];
  }
  if (problems.length > 0) return problems;
  return {
    ...end,
    count: builder.count,
    has: (productKey, deviceName) => index.find(productKey, deviceName) !== -1,
  };
}

const MOST_PROBLEMS = 20;
const NOT_OURS = 'only a list that this command has written is gone on with: name another with --out';

function strange(file: string, kind: GrantKind, content: Buffer): Problem {
  const other = (Object.keys(COLUMNS) as GrantKind[]).find(
    (each) => each !== kind && content.toString('utf8', 0, 256).startsWith(headerOf(each)),
  );
  if (other === undefined)
    return {
      file,
      line: 1,
      message: 'is there already, and is no list that this command has written',
      hint: `name another with --out; the first line of one is ${headerOf(kind).trimEnd()}`,
    };
  const method = other === 'token' ? '--method mqtt-nwl' : 'a method other than mqtt-nwl';
  return { file, line: 1, message: `holds what came of ${method}`, hint: 'name another with --out' };
}
