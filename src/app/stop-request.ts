/**
 * A signal that asks a command to come to its end, heard from the command's first piece of work to its last file: between two pieces
 * nobody may be there to act on it, and it is not to end the process.
 */
import type { Door } from './door.ts';

type Listener = (signal: NodeJS.Signals) => void;

export class StopRequest {
  /** The first one that came. */
  signal: NodeJS.Signals | undefined;
  private readonly listeners = new Set<Listener>();
  private readonly unsubscribe: () => void;

  /** `otherwise` hears of it where nobody listens. */
  constructor(door: Door, otherwise: Listener) {
    this.unsubscribe = door.onStop((signal) => {
      this.signal = signal;
      if (this.listeners.size === 0) otherwise(signal);
      for (const listener of this.listeners) listener(signal);
    });
  }

  /** Calls back at once where it has come already. Returns the way to unsubscribe. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.signal) listener(this.signal);
    return () => this.listeners.delete(listener);
  }

  /** From here on a signal ends the process. */
  close(): void {
    this.unsubscribe();
  }
}

/** For commands that end in a report: who asks a second time would not get it. */
export function stopRequestOf(door: Door): StopRequest {
  return new StopRequest(door, (signal) => door.stderr.write(`${signal}: the report is still written\n`));
}
