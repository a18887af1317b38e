/** Streams that know whose they are, so that all of a shard's share the same few listeners: no closure per connection. */
import type { OnReadOpts } from 'node:net';
import type { Duplex } from 'node:stream';

export interface StreamOwner {
  /** The chunk is valid during the call only. False where, of a socket made with `sharedRead`, nothing more is to be read for now. */
  read(chunk: Buffer): boolean;
  /** `closed` follows. */
  failed(error: Error): void;
  closed(): void;
  /** Hears, after `awaitDrain`, that the stream holds nothing back any more. */
  drained(): void;
}

/** One whose packets are written through an outbox that tells `countSent`. */
export interface CountingOwner extends StreamOwner {
  sentBytes: number;
}

const OWNER = Symbol('owner');
type OwnedStream = Duplex & { [OWNER]?: StreamOwner };

const READ_BYTES = 64 * 1024;

/** How the sockets of a shard are read: one buffer for all of them, since what was read is dealt with before the next read. */
export function sharedRead(): OnReadOpts {
  return { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: onRead };
}

/** Makes a stream somebody's; again for another owner, who then hears in place of the first. Its bytes are not read yet. */
export function own(stream: Duplex, owner: StreamOwner): void {
  const isNew = ownerOf(stream) === undefined;
  (stream as OwnedStream)[OWNER] = owner;
  if (!isNew) return;
  stream.on('error', onError);
  stream.on('close', onClose);
}

/** Lets an owned stream's owner read its bytes; a socket made with `sharedRead` is read by itself. */
export function readData(stream: Duplex): void {
  stream.on('data', onData);
}

export function ownerOf(stream: Duplex): StreamOwner | undefined {
  return (stream as OwnedStream)[OWNER];
}

export function countSent(stream: Duplex, bytes: number): void {
  (ownerOf(stream) as CountingOwner).sentBytes += bytes;
}

export function awaitDrain(stream: Duplex): void {
  if (!stream.listeners('drain').includes(onDrain)) stream.once('drain', onDrain);
}

/** Pauses a stream that holds something back until it has gone: who does not take what is said to him is not listened to. */
export function readOnlyAsFastAsWritten(stream: Duplex): void {
  if (!stream.writableNeedDrain || stream.isPaused()) return;
  stream.pause();
  stream.once('drain', resume);
}

function resume(this: Duplex): void {
  this.resume();
}

function onDrain(this: OwnedStream): void {
  this[OWNER]!.drained();
}

function onRead(this: unknown, length: number, buffer: Uint8Array): boolean {
  return (this as OwnedStream)[OWNER]?.read((buffer as Buffer).subarray(0, length)) ?? true;
}

function onData(this: OwnedStream, chunk: Buffer): void {
  this[OWNER]!.read(chunk);
}

function onError(this: OwnedStream, error: Error): void {
  this[OWNER]!.failed(error);
}

function onClose(this: OwnedStream): void {
  this[OWNER]!.closed();
}
