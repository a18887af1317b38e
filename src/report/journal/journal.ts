/**
 * A run's messages on the disk as they come, so that a killed run still has what it had measured. One append per message, small and
 * synchronous, in the coordinator's thread: what was appended survives the process. It does not wait for the disk (no sync before the
 * end), and the load is in other threads.
 */

import { closeSync, fsyncSync, ftruncateSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../model/errors.ts';
import { openFresh } from '../file/fresh-file.ts';
import { notWritten } from '../file/not-written.ts';
import type { JournalEntry, JournalHead } from './entry.ts';
import { jsonLine } from './json-line.ts';

export const JOURNAL = 'snapshots.jsonl';
const TEMPORARY = '.snapshots.jsonl.partial';

/** No line is longer: not the ledger of a shard with half a million devices. */
export const MOST_LINE_BYTES = 64 * 1024 * 1024;

/** A snapshot's place in the series of its shard is the journal's business. */
export type UnnumberedEntry =
  | Exclude<JournalEntry, { type: 'snapshot' }>
  | Omit<Extract<JournalEntry, { type: 'snapshot' }>, 'sequence'>;

/** What it writes with; a disk that fails can be had for tests only. */
export interface JournalDisk {
  write(file: number, bytes: Uint8Array): number;
  truncate(file: number, bytes: number): void;
  sync(file: number): void;
}

const REAL_DISK: JournalDisk = { write: writeSync, truncate: ftruncateSync, sync: fsyncSync };

export class Journal {
  /** Why nothing was appended any more from some point on; a gap in the middle would make wrong figures of the rest. */
  cut: string | undefined;
  private readonly path: string;
  private readonly disk: JournalDisk;
  private readonly onCut: (reason: string) => void;
  private readonly sequences = new Map<number, number>();
  private file: number;
  private bytes = 0;
  /** Where the last whole line begins (bytes). */
  private lastLineAt = 0;

  private constructor(path: string, file: number, disk: JournalDisk, onCut: (reason: string) => void) {
    this.path = path;
    this.file = file;
    this.disk = disk;
    this.onCut = onCut;
  }

  /**
   * Takes the folder over for a new run. Its head is on the disk before anything of an earlier run is removed by `clear`, so that a disk
   * without room costs no report; the name comes last, so that no earlier figures stand beside it. Throws `report-not-written`.
   */
  static open(
    folder: string,
    head: JournalHead,
    clear: () => void,
    { disk = REAL_DISK, onCut = () => {} }: { disk?: JournalDisk; onCut?: (reason: string) => void } = {},
  ): Journal {
    const [temporary, path] = [join(folder, TEMPORARY), join(folder, JOURNAL)];
    let journal: Journal | undefined;
    try {
      // Always at its end: else, when half a line was taken back, the next would leave a hole.
      journal = new Journal(path, openFresh(temporary, 'ax'), disk, onCut);
      journal.write(head);
      clear();
      renameSync(temporary, path);
      return journal;
    } catch (cause) {
      if (journal !== undefined) {
        journal.shut();
        rmSync(temporary, { force: true });
      }
      throw notWritten(path, cause);
    }
  }

  /** Writes an entry. Never throws, and does nothing once the journal is cut. */
  append(entry: UnnumberedEntry): void {
    if (this.cut !== undefined || this.file < 0) return;
    try {
      this.write(entry.type === 'snapshot' ? { ...entry, sequence: this.nextSequence(entry.shard) } : entry);
    } catch (error) {
      this.cutOff(error);
    }
  }

  /** Puts the journal on the disk for good. Where the report is whole, a journal that was cut is of no use any more: `isNeeded` false removes it. */
  close(isNeeded: boolean): void {
    if (this.file < 0) return;
    try {
      if (this.cut === undefined) this.disk.sync(this.file);
    } catch (error) {
      this.cutOff(error);
    }
    this.shut();
    if (this.cut !== undefined && !isNeeded) rmSync(this.path, { force: true });
  }

  private nextSequence(shard: number): number {
    const sequence = this.sequences.get(shard) ?? 0;
    this.sequences.set(shard, sequence + 1);
    return sequence;
  }

  /** Writes a line, by one call where the disk takes all of it. */
  private write(line: JournalHead | JournalEntry): void {
    const bytes = Buffer.from(jsonLine(line));
    if (bytes.length > MOST_LINE_BYTES) throw new RangeError(`a line of ${bytes.length} bytes is too long`);
    for (let written = 0; written < bytes.length; ) {
      written += this.disk.write(this.file, bytes.subarray(written));
    }
    this.lastLineAt = this.bytes;
    this.bytes += bytes.length;
  }

  /**
   * Half a line is taken back; where even that fails, whoever reads it passes over it. The few words that say why mostly fit where a line
   * did not; if not, a longer last line makes room for them: without them a run that was not killed would seem to have been.
   */
  private cutOff(error: unknown): void {
    this.cut = messageOf(error);
    const note = { type: 'cut', reason: this.cut } as const;
    const lastBytes = this.bytes - this.lastLineAt;
    if (!this.endsWith(note, this.bytes) && this.lastLineAt > 0 && lastBytes >= jsonLine(note).length)
      this.endsWith(note, this.lastLineAt);
    this.onCut(this.cut);
  }

  /** Whether the journal now ends with the line, after so many bytes of what it had. */
  private endsWith(line: JournalEntry, bytes: number): boolean {
    try {
      this.disk.truncate(this.file, bytes);
      this.bytes = bytes;
      this.write(line);
      return true;
    } catch {
      try {
        this.disk.truncate(this.file, bytes);
      } catch {}
      return false;
    }
  }

  private shut(): void {
    try {
      closeSync(this.file);
    } catch {}
    this.file = -1;
  }
}
