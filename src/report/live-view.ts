/** Shows the progress of a run: in place on a terminal, as plain lines every few seconds where there is none. */
import { createLogUpdate } from 'log-update';

export interface LiveView {
  /** Room for a line. */
  readonly columns: number;
  /** The latest line; shown at once on a terminal, rationed elsewhere. */
  show(line: string): void;
  /** A line that stays. */
  note(line: string): void;
  /** Clears what was drawn in place. */
  end(): void;
}

const PLAIN_EVERY_MS = 5_000;
const PLAIN_COLUMNS = 110;

export function createLiveView(
  stream: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv,
  now: () => number,
): LiveView {
  return stream.isTTY && !env.CI ? inPlace(stream) : plainLines(stream, now);
}

function inPlace(stream: NodeJS.WriteStream): LiveView {
  const update = createLogUpdate(stream);
  return {
    get columns() {
      return stream.columns;
    },
    show: (line) => update(line),
    note(line) {
      update.clear();
      stream.write(`${line}\n`);
    },
    end() {
      update.clear();
      update.done();
    },
  };
}

function plainLines(stream: NodeJS.WriteStream, now: () => number): LiveView {
  let shownMs = Number.NEGATIVE_INFINITY;
  return {
    columns: PLAIN_COLUMNS,
    show(line) {
      if (now() - shownMs < PLAIN_EVERY_MS) return;
      shownMs = now();
      stream.write(`${line}\n`);
    },
    note: (line) => void stream.write(`${line}\n`),
    end() {},
  };
}

/** For --quiet. */
export const SILENT_VIEW: LiveView = { columns: PLAIN_COLUMNS, show() {}, note() {}, end() {} };
