/** What a command may touch of the process: handed in by main, so that no command exits, reads signals or prints by itself. */
import type { ExitCode } from './exit-code.ts';

export interface Door {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** For a question to whoever sits at the terminal; absent where nobody does. */
  stdin?: NodeJS.ReadStream;
  env: NodeJS.ProcessEnv;
  /** The exit code of the command; 0 when never called. */
  finish(code: ExitCode): void;
  /** Calls back on the first SIGINT, SIGTERM or SIGHUP: stop gracefully. A second one ends the process. Returns the way to unsubscribe. */
  onStop(listener: (signal: NodeJS.Signals) => void): () => void;
  /** Calls back when the process ends while a command still runs: a crash, or the second signal. Returns the way to unsubscribe. */
  onExit(listener: () => void): () => void;
}
