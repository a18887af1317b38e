/** A journal back from the disk, line by line, so that a long one takes no memory. What is wrong with it is said with its line. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { defaultMessage } from '../../input/zod-message.ts';
import { badInput, type Problem } from '../../model/errors.ts';
import { formMessages } from '../file/form-messages.ts';
import { JOURNAL_VERSION, type JournalEntry, type JournalHead } from './entry.ts';
import { entrySchema, headSchema } from './entry-schema.ts';
import { MOST_LINE_BYTES } from './journal.ts';
import { parseJsonLine } from './json-line.ts';

const MOST_PROBLEMS = 20;
const NEWLINE = 0x0a;

/** Whoever makes something of a journal. */
export interface JournalListener {
  onHead(head: JournalHead): void;
  /** What does not go with the entries before it, in words. */
  onEntry(entry: JournalEntry): string | undefined;
}

/**
 * Throws `bad-input` with every problem, twenty at most. A last line that does not end was being written when the process was killed: it
 * is passed over.
 */
export async function readJournal(path: string, listener: JournalListener): Promise<void> {
  const problems: Problem[] = [];
  let line = 0;
  const complain = (message: string): void => {
    problems.push({ file: path, ...(line > 0 ? { line } : {}), message });
  };
  try {
    for await (const text of linesOf(path)) {
      line++;
      const isHead = line === 1;
      for (const message of isHead ? takeHead(text, listener) : takeEntry(text, listener)) complain(message);
      // Without a head nothing else can be read.
      if (problems.length >= MOST_PROBLEMS || (isHead && problems.length > 0)) break;
    }
    if (line === 0) complain('is no journal of a run: it holds no whole line');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    line = error instanceof LineTooLong ? line + 1 : 0;
    complain(error.message);
  }
  if (problems.length > 0) throw badInput(problems.slice(0, MOST_PROBLEMS));
}

function takeHead(text: string, listener: JournalListener): string[] {
  const value = parsed(text) as { type?: unknown; journalVersion?: unknown } | null | undefined;
  if (value?.type !== 'head') return ['is no journal of a run'];
  const { journalVersion } = value;
  if (journalVersion !== JOURNAL_VERSION)
    return [`has journalVersion ${String(journalVersion)}; this version reads ${JOURNAL_VERSION}`];
  const result = headSchema.safeParse(value, { error: defaultMessage });
  if (!result.success) return formMessages(result.error.issues, value);
  listener.onHead(value as JournalHead);
  return [];
}

function takeEntry(text: string, listener: JournalListener): string[] {
  const value = parsed(text);
  if (value === undefined) return ['is no JSON'];
  const result = entrySchema.safeParse(value, { error: defaultMessage });
  if (!result.success) return formMessages(result.error.issues, value);
  const objection = listener.onEntry(value as JournalEntry);
  return objection === undefined ? [] : [objection];
}

function parsed(text: string): unknown {
  try {
    return parseJsonLine(text);
  } catch {
    return undefined;
  }
}

class LineTooLong extends Error {}

/** Lines of a file that end. Throws where one is longer than any of a journal, and what reading throws. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const info = await stat(path);
  // A pipe would be waited for, a device may have no end.
  if (!info.isFile()) throw new Error('is no file');
  let pieces: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      pieces.push(chunk.subarray(from, end));
      yield Buffer.concat(pieces).toString('utf8');
      from = end + 1;
      pieces = [];
      bytes = 0;
    }
    pieces.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes > MOST_LINE_BYTES) throw new LineTooLong(`is longer than ${MOST_LINE_BYTES} bytes`);
  }
}
