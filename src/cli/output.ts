/** One of the process's own streams, which may fail in any way at any time: a full disk, a terminal that is gone. No run ends by it. */

export class Output {
  /** The system's code, of the first write that failed; a reader that went away (`| head`) has what it wanted. */
  failure: string | undefined;
  private readonly stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
    // Unheard, it would end the process.
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (!this.isReaderGone(code)) this.failure ??= code ?? message;
    });
  }

  /** Resolves when everything that was written has arrived, or could not. */
  flushed(): Promise<void> {
    return new Promise((resolve) => this.stream.write('', () => resolve()));
  }

  /** Whether it says that whoever read a pipe has gone; a terminal that was closed says EIO. */
  private isReaderGone(code: string | undefined): boolean {
    return code === 'EPIPE' || (code === 'EIO' && this.stream.isTTY);
  }
}
