/** Shows how a run goes on: in place on a terminal, as plain lines every few seconds where there is none. */
import ansi from 'ansi-escapes';
import cliCursor from 'cli-cursor';
import type { Paint } from '../text/paint.ts';
import { liveBlock } from './live-block.ts';
import type { LiveFacts } from './live-facts.ts';
import { progressLine } from './progress.ts';

/** How a run stands, or one line of text on how something else does. */
type Standing = LiveFacts | string;

export interface LiveView {
  /** What there is to see from now on; asked for whenever something is drawn. */
  show(standing: () => Standing): void;
  /** A line that stays. */
  note(line: string): void;
  /** Clears what was drawn in place. */
  end(): void;
  /** The process ends in the middle of the run: leaves the last figures where they are, and the cursor below them. */
  abandon(): void;
}

/** Erases the block, but not from the first character on: when all of the screen is erased, tmux keeps a copy of it in its history. */
const CLEAR = `\r ${ansi.eraseDown}\r${ansi.eraseEndLine}`;

/** DECAWM: a terminal that has just become narrower cuts the lines that were made for its old width, and the rows stay as many. */
const NO_WRAPPING = '\u001B[?7l';
const WRAPPING = '\u001B[?7h';

/** Over what was there before. */
const NEXT_LINE = `${ansi.eraseEndLine}\n`;

const REDRAW_EVERY_MS = 250;
const PLAIN_EVERY_MS = 5_000;

/** The view that a stream can show: in place only where lines can be redrawn, and where nobody asked for plain text. */
export function createLiveView(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv, paint: Paint): LiveView {
  const isPlain = !stream.isTTY || env.CI || env.NO_COLOR || env.TERM === 'dumb';
  return isPlain ? new PlainLines(stream, paint) : new InPlace(stream, paint);
}

/**
 * Between two drawings the cursor waits at the first character of the block, rather than below it: when the terminal is resized, that
 * character moves with the cursor, while the number of rows below it changes with every line that is wrapped anew.
 */
class InPlace implements LiveView {
  private readonly stream: NodeJS.WriteStream;
  private readonly paint: Paint;
  private standing: (() => Standing) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly draw = (): void => this.redraw();

  constructor(stream: NodeJS.WriteStream, paint: Paint) {
    this.stream = stream;
    this.paint = paint;
  }

  show(standing: () => Standing): void {
    this.standing = standing;
    if (this.timer !== undefined) return;
    cliCursor.hide(this.stream);
    this.timer = setInterval(this.draw, REDRAW_EVERY_MS).unref();
    this.stream.on('resize', this.draw);
    this.draw();
  }

  note(line: string): void {
    this.stream.write(`\r${line}${ansi.eraseDown}\n`);
    this.draw();
  }

  end(): void {
    if (this.stop()) this.stream.write(CLEAR);
  }

  abandon(): void {
    const block = this.lines().join(NEXT_LINE);
    if (this.stop()) this.stream.write(`\r${block}${ansi.eraseDown}\n`);
  }

  private redraw(): void {
    const lines = this.lines();
    if (lines.length === 0) return;
    const up = lines.length > 1 ? ansi.cursorUp(lines.length - 1) : '';
    const block = `\r${NO_WRAPPING}${lines.join(NEXT_LINE)}${ansi.eraseDown}${WRAPPING}${up}\r`;
    this.stream.write(ansi.synchronizedOutput(block));
  }

  /** As many lines of the block as there is room for: above a block that is higher than the terminal nothing could be redrawn. */
  private lines(): string[] {
    if (this.standing === undefined) return [];
    const standing = this.standing();
    if (typeof standing === 'string') return [standing];
    const { columns = 80, rows = 24 } = this.stream;
    return liveBlock(standing, columns, this.paint).slice(0, rows);
  }

  /** False when there was nothing to stop. */
  private stop(): boolean {
    if (this.timer === undefined) return false;
    clearInterval(this.timer);
    this.timer = undefined;
    this.standing = undefined;
    this.stream.off('resize', this.draw);
    cliCursor.show(this.stream);
    return true;
  }
}

class PlainLines implements LiveView {
  private readonly stream: NodeJS.WriteStream;
  private readonly paint: Paint;
  private shownMs = Number.NEGATIVE_INFINITY;

  constructor(stream: NodeJS.WriteStream, paint: Paint) {
    this.stream = stream;
    this.paint = paint;
  }

  show(standing: () => Standing): void {
    const nowMs = performance.now();
    if (nowMs - this.shownMs < PLAIN_EVERY_MS) return;
    const now = standing();
    if (typeof now !== 'string' && now.course.phase === 'starting') return;
    this.shownMs = nowMs;
    this.stream.write(`${typeof now === 'string' ? now : progressLine(now, this.paint)}\n`);
  }

  note(line: string): void {
    this.stream.write(`${line}\n`);
  }

  end(): void {}

  abandon(): void {}
}

/** The view of --quiet. */
export const SILENT_VIEW: LiveView = { show() {}, note() {}, end() {}, abandon() {} };
