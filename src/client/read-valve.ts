/** Stops and starts the reading of a stream from which a library pipes, whatever its pipe asks for in between. */
import { Duplex } from 'node:stream';

export class ReadValve {
  private readonly stream: Duplex;
  private readonly readMore: (bytes: number) => void;
  private isShut = false;

  constructor(stream: Duplex) {
    this.stream = stream;
    this.readMore = stream._read.bind(stream);
    stream._read = (bytes) => {
      if (!this.isShut) this.readMore(bytes);
    };
    // Those of a socket with a buffer of ours would start its reading by themselves.
    stream.resume = Duplex.prototype.resume;
    stream.read = Duplex.prototype.read;
  }

  /** What has just been read is the last, until all that waits to be written has gone. */
  shutUntilDrained(): void {
    if (this.isShut) return;
    this.isShut = true;
    this.stream.once('drain', this.open);
  }

  private readonly open = (): void => {
    this.isShut = false;
    this.readMore(0);
  };
}
