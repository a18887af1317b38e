/** How a run stands, as a block of lines that a terminal redraws in place. Pure. */
import { terminalText } from '../../model/terminal-text.ts';
import { formatDuration, msFromUs } from '../../model/units.ts';
import { cutToWidth, displayWidth } from '../text/display-width.ts';
import { formatCount, formatMs } from '../text/format.ts';
import type { Paint } from '../text/paint.ts';
import { type Course, type Figures, HISTORY_SECONDS, type Latency, type LiveFacts } from './live-facts.ts';
import { progressBar } from './progress.ts';
import { sparkline } from './sparkline.ts';

/** Text and how it is painted: of painted text the width is no longer known. */
type Piece = [text: string, paint?: (text: string) => string];

type Values = (number | undefined)[];

/** Labels stand left of this column, histories right of that one. */
const TEXT_AT = 13;
const HISTORY_AT = 59;
/** Characters of a history at least: those of its caption, `p99, last 14 s`. */
const NARROWEST_HISTORY = 14;
const WIDEST_BAR = 60;
const NARROWEST_BAR = 5;
const NUMBER_WIDTH = 7;
const MOST_TROUBLES = 3;

/** Lines of the block, each shorter than `columns`: one that fills its row wraps on some terminals. */
export function liveBlock(facts: LiveFacts, columns: number, paint: Paint): string[] {
  const page = new ScreenPage(columns - 1, paint);
  if (facts.course.phase === 'starting') startingRow(page, facts);
  else {
    courseRow(page, facts.course);
    loadRows(page, facts);
    latencyRows(page, facts.figures.latencies);
    troubleRows(page, facts.figures.troubles);
    healthRow(page, facts.figures.health);
  }
  return page.lines;
}

class ScreenPage {
  readonly lines: string[] = [];
  readonly room: number;
  readonly paint: Paint;
  /** 0 where there is no room for any. */
  readonly historyWidth: number;

  constructor(room: number, paint: Paint) {
    this.room = room;
    this.paint = paint;
    const width = Math.min(HISTORY_SECONDS, room - HISTORY_AT);
    this.historyWidth = width < NARROWEST_HISTORY ? 0 : width;
  }

  /** Pieces two spaces apart, as many as there is room for; the first is cut rather than left out. */
  row(label: string, pieces: Piece[], history = ''): void {
    const shownLabel = label.slice(0, this.room).padEnd(Math.min(TEXT_AT, this.room));
    // What is indented belongs to the row above.
    let line = label.startsWith(' ') ? shownLabel : this.paint.strong(shownLabel);
    let width = shownLabel.length;
    pieces.forEach(([foreign, paint], index) => {
      const text = terminalText(foreign);
      const gap = index === 0 ? 0 : 2;
      const left = this.room - width - gap;
      const fits = displayWidth(text) <= left;
      if (!fits && (index > 0 || left < 2)) {
        width = this.room;
        return;
      }
      const shown = fits ? text : `${cutToWidth(text, left - 1)}…`;
      line += ' '.repeat(gap) + (paint ? paint(shown) : shown);
      width += gap + displayWidth(shown);
    });
    if (history !== '' && this.historyWidth > 0 && width < HISTORY_AT - 1) {
      line += ' '.repeat(HISTORY_AT - width) + this.paint.dim(history);
    }
    this.lines.push(line.trimEnd());
  }

  history(values: Values, highest?: number): string {
    const shown = values.slice(-this.historyWidth);
    return sparkline(shown, highest ?? Math.max(0, ...shown.map((value) => value ?? 0)));
  }
}

function startingRow(page: ScreenPage, { planned, workers }: LiveFacts): void {
  const threads = `${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  page.row('Starting', [[`${formatCount(planned)} devices on ${threads}`, page.paint.dim]]);
}

function courseRow(page: ScreenPage, { phase, elapsedUs, durationUs, leftUs }: Course): void {
  const shownUs = Math.min(elapsedUs, durationUs);
  const left =
    leftUs === 0 ? 'closing' : `${seconds(leftUs, Math.ceil)} ${phase === 'draining' ? 'at most' : 'left'}`;
  const pieces: Piece[] = [[`${seconds(shownUs, Math.floor)} of ${seconds(durationUs, Math.round)}`], [left]];
  const room = pieces.reduce((rest, [text]) => rest - text.length - 2, page.room - TEXT_AT);
  const width = Math.min(room, WIDEST_BAR);
  if (width >= NARROWEST_BAR) {
    pieces.unshift([' '.repeat(width), () => progressBar(shownUs, durationUs, width, page.paint)]);
  }
  page.row(phase.charAt(0).toUpperCase() + phase.slice(1), pieces);
}

/** Whole seconds in the notation of scenarios: 1m30s. */
function seconds(us: number, round: (value: number) => number): string {
  const wholeUs = Math.max(0, round(us / 1e6)) * 1e6;
  return wholeUs === 0 ? '0s' : formatDuration(wholeUs);
}

function loadRows(page: ScreenPage, { figures, planned }: LiveFacts): void {
  const { open, perSec, history, does } = figures;
  const rate = (value: number, word: string): Piece => [`${formatCount(value)} ${word}`];
  page.row(
    'Connections',
    [[`${formatCount(open)} of ${formatCount(planned)} open`], rate(perSec.connects_per_sec, 'connects/s')],
    page.history(history.open, planned),
  );
  if (!does.messages) return;
  const acked = does.acks ? [rate(perSec.messages_acked_per_sec, 'acked')] : [];
  page.row(
    'Messages/s',
    [
      rate(perSec.messages_sent_per_sec, 'sent'),
      ...acked,
      rate(perSec.messages_received_per_sec, 'received'),
    ],
    page.history(history.messages_sent_per_sec),
  );
}

function latencyRows(page: ScreenPage, latencies: Latency[]): void {
  if (latencies.length === 0) return;
  const { dim } = page.paint;
  const cell = (text: string, paint?: Piece[1]): Piece => [text.padStart(NUMBER_WIDTH), paint];
  const head = ['p50', 'p99', 'max'].map((name) => cell(name, dim));
  page.row('Latency (ms)', head, `p99, last ${page.historyWidth} s`);
  for (const { name, stats, p99History } of latencies) {
    const ms = (us: number): string => formatMs(msFromUs(us));
    const numbers = stats ? [stats.p50, stats.p99, stats.max].map(ms) : ['–', '–', '–'];
    page.row(
      `  ${name}`,
      numbers.map((text) => cell(text)),
      page.history(p99History),
    );
  }
}

function troubleRows(page: ScreenPage, troubles: Figures['troubles']): void {
  const { bad, dim } = page.paint;
  if (troubles.length === 0) page.row('Failures', [['none', dim]]);
  const shown = troubles.slice(0, MOST_TROUBLES);
  shown.forEach(({ text, count }, index) => {
    page.row(index === 0 ? 'Failures' : '', [[`${formatCount(count)} × ${text}`, bad]]);
  });
  const rest = troubles.slice(shown.length);
  if (rest.length === 0) return;
  const count = rest.reduce((sum, trouble) => sum + trouble.count, 0);
  page.row('', [[`${formatCount(count)} more, of ${rest.length} other kinds`, bad]]);
}

/** The words of the final report stand in brackets. */
const SAID = {
  valid: 'keeping up',
  suspect: 'late at times (suspect)',
  invalid: 'too late (invalid)',
};

function healthRow(page: ScreenPage, { verdict, busiest, slipP99Us }: Figures['health']): void {
  const { good, bad } = page.paint;
  const pieces: Piece[] = [[SAID[verdict], verdict === 'valid' ? good : bad]];
  if (busiest !== undefined) pieces.push([`busiest worker ${Math.round(busiest * 100)} %`]);
  if (slipP99Us !== undefined) pieces.push([`slip p99 ${formatMs(msFromUs(slipP99Us))} ms`]);
  page.row('Generator', pieces);
}
