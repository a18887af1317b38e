/** SIGINT, SIGTERM and SIGHUP for the whole process, from its first moment on. */
import type { Door } from '../app/door.ts';
import { EXIT } from '../app/exit-code.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A terminal sends Ctrl-C to all of its foreground processes, and npm sends it on to its child: one key, two signals. */
const ECHO_MS = 200;

/**
 * A signal asks whoever listens to stop gracefully, and each but once; where nobody listens there is nothing to finish. The second is
 * the hard stop, for whoever does not want to wait for the drain: it leaves no report. A terminal that goes away says SIGHUP more than
 * once, by its shell and by the kernel, and nobody sits there who is out of patience: that one only ever asks.
 */
export function signalsOf(process: NodeJS.Process, nowMs = () => performance.now()): Door['onStop'] {
  const listeners = new Set<(signal: NodeJS.Signals) => void>();
  let first: { signal: NodeJS.Signals; atMs: number } | undefined;
  const isEcho = (signal: NodeJS.Signals): boolean =>
    first !== undefined &&
    (signal === 'SIGHUP' || (signal === first.signal && nowMs() - first.atMs < ECHO_MS));
  const handle = (signal: NodeJS.Signals): void => {
    if (isEcho(signal)) return;
    const told = [...listeners];
    listeners.clear();
    if (told.length === 0) {
      // It exits for main, whose process it was handed: nobody is left to be asked, and what still runs is not to be waited for. What is
      // said comes after the listeners of a command, which leave the terminal in order.
      const said = first ? 'stopped at once: no report was written' : `${signal}: nothing was opened yet`;
      process.on('exit', () => process.stderr.write(`${said}\n`));
      process.exit(EXIT.stopped);
    }
    first ??= { signal, atMs: nowMs() };
    for (const listener of told) listener(signal);
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}
