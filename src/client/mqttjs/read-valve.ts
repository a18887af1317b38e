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
    // Those of a socket with a buffer of ours start its reading by themselves: also where nothing else would, once it is piped no more.
    const { resume, read } = stream;
    stream.resume = () => (this.isShut ? Duplex.prototype.resume : resume).call(stream);
    stream.read = (bytes) => (this.isShut ? Duplex.prototype.read : read).call(stream, bytes);
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
