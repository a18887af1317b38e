/** SIGINT and SIGTERM for the whole process, from its first moment on. */
import type { Door } from './door.ts';
import { EXIT } from './exit-code.ts';

/**
 * A signal asks whoever listens to stop gracefully, and each but once; where nobody listens there is nothing to finish. The second is
 * the hard stop, for whoever does not want to wait for the drain: it leaves no report.
 */
export function signalsOf(process: NodeJS.Process): Door['onStop'] {
  const listeners = new Set<(signal: NodeJS.Signals) => void>();
  let asked = false;
  const handle = (signal: NodeJS.Signals): void => {
    const told = [...listeners];
    listeners.clear();
    if (told.length === 0) {
      // After the listeners of a command, which leave the terminal in order.
      if (asked) process.on('exit', () => process.stderr.write('stopped at once: no report was written\n'));
      process.exit(EXIT.stopped);
    }
    asked = true;
    for (const listener of told) listener(signal);
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}
