/**
 * Where the packets of a shard's connections are put together and from where they are written: one buffer for all of them, no allocation
 * per packet. What one connection says within a tick of the event loop goes to its socket in one write.
 */
import type { Duplex } from 'node:stream';

const BYTES = 64 * 1024;

export class Outbox {
  /** The buffer that `claim` makes room in: the packet goes to `bytes[at …]`. */
  bytes = Buffer.allocUnsafeSlow(BYTES);
  private from = 0;
  private to = 0;
  private stream: Duplex | undefined;
  /** A socket still holds a part of the buffer, which must not be written over. */
  private isHeld = false;
  private isScheduled = false;
  private readonly wrote: ((stream: Duplex, bytes: number) => void) | undefined;

  /** `wrote` is told of each write. */
  constructor(wrote?: (stream: Duplex, bytes: number) => void) {
    this.wrote = wrote;
  }

  /** Makes room for that many bytes of the stream's next packet, all of which are to be filled. Returns where they begin in `bytes`. */
  claim(stream: Duplex, length: number): number {
    if (stream !== this.stream) {
      this.flush();
      this.stream = stream;
      this.schedule();
    }
    if (this.to + length > this.bytes.length) this.turnOver(length);
    const at = this.to;
    this.to += length;
    return at;
  }

  /** The same for bytes that exist. */
  append(stream: Duplex, packet: Uint8Array): void {
    const at = this.claim(stream, packet.length);
    this.bytes.set(packet, at);
  }

  /** Hands what has gathered to its socket. Happens by itself at the end of the tick. */
  flush(): void {
    const { stream, bytes, from, to } = this;
    this.stream = undefined;
    if (stream === undefined || from === to) return;
    this.from = to;
    if (!stream.writable) return;
    const said = bytes.subarray(from, to);
    // Behind what waits already it would wait for long, and the buffer of all with it.
    const waits = stream.writableNeedDrain;
    stream.write(waits ? Buffer.from(said) : said);
    this.wrote?.(stream, to - from);
    // Nothing waits in the stream: the kernel has its own copy.
    if (!waits && stream.writableLength > 0) this.isHeld = true;
    else if (!this.isHeld) this.from = this.to = 0;
  }

  /** A fresh buffer, with what is under way for the stream at hand at its beginning. */
  private turnOver(length: number): void {
    const { stream } = this;
    this.flush();
    this.stream = stream;
    if (!this.isHeld && length <= this.bytes.length) return;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(BYTES, length));
    this.from = this.to = 0;
    this.isHeld = false;
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    process.nextTick(this.flushAtEndOfTick);
  }

  private readonly flushAtEndOfTick = (): void => {
    this.isScheduled = false;
    this.flush();
  };
}
