/**
 * The list in which granted secrets are kept: a row is on the disk (fsync) before anything else happens with its device, so that a killed
 * command has lost nothing that was given to it. Rows that come while the disk is busy go to it together. Only ever appended to.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { badInput, FleetError, messageOf } from '../model/errors.ts';
import { COLUMNS, type GrantKind } from './granted.ts';
import type { KeptRows } from './kept-rows.ts';

type ReadSoFar = Pick<KeptRows, 'soundBytes' | 'fileBytes'>;

interface Waiter {
  resolve(): void;
  reject(error: FleetError): void;
}

export class TriplesFile {
  private readonly handle: FileHandle;
  private readonly path: string;
  private text = '';
  private waiters: Waiter[] = [];
  private isWriting = false;
  /** Why nothing more can be written: a row after half a row would be lost. */
  private failure: FleetError | undefined;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.handle = handle;
  }

  /**
   * Opens a list whose first `soundBytes` are whole rows, and cuts off what follows; where there are none it is begun, for you alone to read.
   * Another command may have written on since it was read, before the lock was ours: nothing of that is to be cut off.
   */
  static async open(path: string, kind: GrantKind, read: ReadSoFar): Promise<TriplesFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'a', 0o600);
      const { size } = await handle.stat();
      if (size !== read.fileBytes) throw writtenMeanwhile(path);
      const file = new TriplesFile(path, handle);
      await handle.truncate(read.soundBytes);
      if (read.soundBytes === 0) await file.begin(kind);
      return file;
    } catch (error) {
      await handle?.close();
      throw error instanceof FleetError ? error : unwritten(path, error);
    }
  }

  /** Resolves when the row is safe; rejects with `report-not-written` where it could not be. */
  append(row: readonly string[]): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.text += lineOf(row);
      this.waiters.push({ resolve, reject });
      if (!this.isWriting) void this.write();
    });
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  /** The header, and the name of the file in its folder. */
  private async begin(kind: GrantKind): Promise<void> {
    await this.append(COLUMNS[kind]);
    const folder = await open(dirname(this.path), 'r');
    try {
      // A file system that cannot sync a folder has no better to offer.
      await folder.sync().catch(() => {});
    } finally {
      await folder.close();
    }
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.waiters.length > 0) {
      const { text, waiters } = this;
      this.text = '';
      this.waiters = [];
      try {
        if (this.failure !== undefined) throw this.failure;
        await this.handle.writeFile(text);
        await this.handle.datasync();
        for (const { resolve } of waiters) resolve();
      } catch (error) {
        this.failure ??= unwritten(this.path, error);
        for (const { reject } of waiters) reject(this.failure);
      }
    }
    this.isWriting = false;
  }
}

function lineOf(row: readonly string[]): string {
  const fields = row.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field));
  return `${fields.join(',')}\n`;
}

function writtenMeanwhile(file: string): FleetError {
  const message = 'was written by something else since it was read';
  return badInput([{ file, message, hint: 'run the same command again, which goes on with it' }]);
}

/** The system's message would be in order, were it not for its call's arguments. */
function unwritten(path: string, error: unknown): FleetError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : messageOf(error);
  return new FleetError('report-not-written', `could not write ${path}: ${code}`, {
    hint: 'what is in it is whole: make room, or mend what is in the way, and run the same command again',
    cause: error,
  });
}
