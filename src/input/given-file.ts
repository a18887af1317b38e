/**
 * A file that the user named, read whole within a bound. Only a regular file is opened: a pipe without a writer would be waited for for
 * ever, a device has no end, and opening some of them does something.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** Why a file cannot be had, as a predicate ("is a folder"); none quotes its name or what is in it. */
export interface FileTrouble {
  wrong: string;
  hint?: string;
  /** Nothing of that name is there. */
  isMissing?: true;
}

/** A name may become a pipe after it was looked at. */
export const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** Never throws for what is in or of the file. */
export async function readGivenFile(
  file: string,
  mostBytes: number,
): Promise<{ content: Buffer } | FileTrouble> {
  const looked = await lookAt(file);
  if ('wrong' in looked) return looked;
  if (looked.info.size > mostBytes) return tooLarge(mostBytes);
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, OPEN_FLAGS);
    const content = await readUpTo(handle, mostBytes + 1);
    return content.length > mostBytes ? tooLarge(mostBytes) : { content };
  } catch (error) {
    return troubleOf(error);
  } finally {
    await handle?.close();
  }
}

/** The same for a text, which must be UTF-8; without its byte order mark. */
export async function readGivenText(
  file: string,
  mostBytes: number,
): Promise<{ text: string } | FileTrouble> {
  const read = await readGivenFile(file, mostBytes);
  return 'wrong' in read ? read : textOf(read.content);
}

export function textOf(content: Buffer): { text: string } | FileTrouble {
  const mark = content.length < 2 ? 0 : content.readUInt16BE(0);
  if (mark === 0xfffe || mark === 0xfeff) return { wrong: 'is UTF-16', hint: SAVE_AS };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(content) };
  } catch {
    return { wrong: 'is not a text in UTF-8', hint: SAVE_AS };
  }
}

const SAVE_AS = 'save it as UTF-8';

/** Of a regular file, for whoever reads it as a stream. */
export async function lookAt(file: string): Promise<{ info: Stats } | FileTrouble> {
  try {
    const info = await stat(file);
    return info.isFile() ? { info } : { wrong: kindOf(info), hint: NAME_A_FILE };
  } catch (error) {
    return troubleOf(error);
  }
}

const NAME_A_FILE = 'name a regular file';

function kindOf(info: Stats): string {
  if (info.isDirectory()) return 'is a folder';
  if (info.isFIFO()) return 'is a pipe';
  return info.isSocket() ? 'is a socket' : 'is a device';
}

/** A file may grow, and those under /proc give no size. */
async function readUpTo(handle: FileHandle, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < mostBytes) {
    const { bytesRead, buffer } = await handle.read(
      Buffer.allocUnsafe(Math.min(CHUNK_BYTES, mostBytes - length)),
    );
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  return Buffer.concat(chunks, length);
}

const CHUNK_BYTES = 256 * 1024;

function tooLarge(mostBytes: number): FileTrouble {
  const text = mostBytes >= 1024 * 1024 ? `${mostBytes / 1024 / 1024} MB` : `${mostBytes / 1024} KB`;
  return { wrong: `is over ${text}` };
}

/** The message of the error would repeat the path. Throws what is none of the file system's. */
export function troubleOf(error: unknown): FileTrouble {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = IN_WORDS[code];
  if (known !== undefined) return known;
  if (code === '') throw error;
  return { wrong: `cannot be read: ${code}` };
}

const IN_WORDS: Readonly<Record<string, FileTrouble>> = {
  ENOENT: { wrong: 'is not there', isMissing: true },
  ENOTDIR: { wrong: 'is not there', isMissing: true },
  EACCES: { wrong: 'may not be read', hint: 'its permissions, or those of its folder, forbid it' },
  EPERM: { wrong: 'may not be read', hint: 'its permissions, or those of its folder, forbid it' },
  ELOOP: { wrong: 'is a link to itself' },
  ENAMETOOLONG: { wrong: 'has a name that is too long' },
  ERR_INVALID_ARG_VALUE: { wrong: 'has a NUL byte in its name' },
  EMFILE: { wrong: 'cannot be opened: too many open files', hint: 'ulimit -n' },
};
