import { EventEmitter } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Totals } from '../../../../src/metrics/totals.ts';
import type { LiveFacts } from '../../../../src/report/live/live-facts.ts';
import { createLiveView } from '../../../../src/report/live/live-view.ts';
import { paintFor } from '../../../../src/report/text/paint.ts';
import { busyTotals, standing } from '../standing.ts';

const PLAIN = paintFor({}, {});
const HIDE = '\u001B[?25l';
const SHOW = '\u001B[?25h';
const ERASE_DOWN = '\u001B[J';

class Screen extends EventEmitter {
  columns = 80;
  rows = 24;
  isTTY = true;
  readonly written: string[] = [];

  write(text: string): boolean {
    this.written.push(text);
    return true;
  }

  get drawings(): string[] {
    return this.written.filter((text) => text.includes('Generator'));
  }

  asStream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }
}

let screen: Screen;
let facts: LiveFacts;

beforeEach(() => {
  vi.useFakeTimers();
  screen = new Screen();
  facts = standing(busyTotals(), 10e6);
});

afterEach(() => void vi.useRealTimers());

describe('in place', () => {
  const view = () => createLiveView(screen.asStream(), {}, PLAIN);

  it('draws at once and then at most five times a second, however often it is told', () => {
    const live = view();
    for (let told = 0; told < 100; told++) live.show(() => facts);
    expect(screen.drawings).toHaveLength(1);
    vi.advanceTimersByTime(2_000);
    expect(screen.drawings.length).toBeGreaterThan(4);
    expect(screen.drawings.length).toBeLessThanOrEqual(11);
    live.end();
  });

  it('asks for the facts anew with each drawing', () => {
    const live = view();
    live.show(() => facts);
    facts = standing(busyTotals({ late: true }), 10e6);
    vi.advanceTimersByTime(300);
    expect(screen.drawings.at(-1)).toContain('too late');
    live.end();
  });

  it('ends each drawing with the cursor at its first character', () => {
    const live = view();
    live.show(() => facts);
    const drawing = screen.drawings[0]!;
    const rowsDown = drawing.split('\n').length - 1;
    expect(rowsDown).toBe(8);
    expect(drawing).toContain(`${ERASE_DOWN}\u001B[?7h\u001B[${rowsDown}A\r`);
    live.end();
  });

  it('draws anew, for the new width, when the terminal is resized', () => {
    const live = view();
    live.show(() => facts);
    screen.columns = 40;
    screen.emit('resize');
    expect(screen.drawings).toHaveLength(2);
    for (const line of screen.drawings[1]!.split('\n')) {
      expect(stripVTControlCharacters(line).length).toBeLessThan(40);
    }
    live.end();
    screen.emit('resize');
    expect(screen.drawings).toHaveLength(2);
  });

  it('draws no more rows than there are', () => {
    screen.rows = 3;
    const live = view();
    live.show(() => facts);
    expect(screen.written.at(-1)!.split('\n')).toHaveLength(3);
    expect(screen.written.at(-1)).toContain('Holding');
    live.end();
  });

  it('puts a note where the block was, and the block below it', () => {
    const live = view();
    live.note('before anything was shown');
    live.show(() => facts);
    live.note('stopping: SIGINT');
    expect(screen.written[0]).toBe(`\rbefore anything was shown${ERASE_DOWN}\n`);
    expect(screen.written.at(-2)).toBe(`\rstopping: SIGINT${ERASE_DOWN}\n`);
    expect(screen.written.at(-1)).toContain('Generator');
    live.end();
  });

  it('hides the cursor, and shows it again at the end with nothing left behind', () => {
    const live = view();
    live.show(() => facts);
    expect(screen.written[0]).toBe(HIDE);
    live.end();
    const [shown, cleared, ...more] = screen.written.slice(-2);
    expect(shown).toBe(SHOW);
    expect(cleared).toContain(ERASE_DOWN);
    expect(more).toEqual([]);
    const { length } = screen.written;
    live.end();
    live.abandon();
    vi.advanceTimersByTime(5_000);
    expect(screen.written).toHaveLength(length);
  });

  it('abandoned, leaves the last figures, a newline and a cursor', () => {
    const live = view();
    live.show(() => facts);
    live.abandon();
    expect(screen.written.at(-2)).toBe(SHOW);
    expect(screen.written.at(-1)).toMatch(/Generator[^\n]*\n$/);
  });

  it('ends and is abandoned without a word before there was anything to show', () => {
    const live = view();
    live.end();
    live.abandon();
    expect(screen.written).toEqual([]);
  });
});

describe('plain', () => {
  it.each([
    ['CI is set', true, { CI: 'true' }],
    ['NO_COLOR is set', true, { NO_COLOR: '1' }],
    ['the terminal can do nothing', true, { TERM: 'dumb' }],
    ['there is no terminal', false, {}],
  ])('when %s: a line every five seconds, without an escape sequence', (_, isTTY, env) => {
    screen.isTTY = isTTY;
    const view = createLiveView(screen.asStream(), env, PLAIN);
    view.show(() => standing(new Totals(1)));
    expect(screen.written).toEqual([]);
    for (let second = 0; second < 12; second++) {
      view.show(() => facts);
      vi.advanceTimersByTime(1_000);
    }
    view.note('stopping: SIGTERM');
    view.end();
    view.abandon();
    expect(screen.written).toHaveLength(4);
    for (const text of screen.written) expect(text).toMatch(/^[^\p{Cc}]+\n$/u);
    expect(screen.written[0]).toContain('open 1,200/1,200');
    expect(screen.written[3]).toBe('stopping: SIGTERM\n');
  });
});
