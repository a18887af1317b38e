/** What a reader wants first: did it run to its end, did it pass, and may the numbers be believed. */
import type { Summary } from '../../metrics/summary.ts';
import { nothingConnected } from '../../metrics/threshold/verdict.ts';
import { html, type Markup } from './markup.ts';

/** Said by a sign as well as by a colour. */
export type Mark = 'good' | 'doubtful' | 'bad' | 'none';

const SIGNS: Record<Mark, string> = { good: '✓', doubtful: '!', bad: '✗', none: '–' };

export function marked(mark: Mark, text: string): Markup {
  return html`<span class="${mark}"><span class="sign" aria-hidden="true">${SIGNS[mark]}</span> ${text}</span>`;
}

/** A cell above everything else. */
export interface VerdictCell {
  about: string;
  mark: Mark;
  word: string;
  more: string;
}

export function verdicts(summary: Summary): Markup {
  return html`${verdictCells([outcome(summary), thresholds(summary), generator(summary), standIn(summary)])}${reasons(summary)}`;
}

export function verdictCells(verdicts: VerdictCell[]): Markup {
  const cells = verdicts.map(
    ({
      about,
      mark,
      word,
      more,
    }) => html`<div><dt>${about}</dt><dd>${marked(mark, word)}<small>${more}</small></dd></div>
`,
  );
  return html`<dl class="verdicts">${cells}</dl>`;
}

const OUTCOME_MARKS = { completed: 'good', aborted: 'doubtful', partial: 'bad' } as const;

function outcome(summary: Summary): VerdictCell {
  const { state, reason } = summary.outcome;
  const unconnected = nothingConnected(summary);
  const said = [reason, unconnected].filter((each) => each !== null && each !== undefined);
  return {
    about: 'Outcome',
    mark: unconnected === undefined ? OUTCOME_MARKS[state] : 'bad',
    word: state,
    more: [`after ${(summary.durationMs / 1000).toFixed(1)} s`, ...said].join(': '),
  };
}

function thresholds({ thresholds }: Summary): VerdictCell {
  const about = 'Thresholds';
  const failed = thresholds.filter(({ verdict }) => verdict === 'fail').length;
  const noData = thresholds.filter(({ verdict }) => verdict === 'no-data').length;
  const of = `of ${thresholds.length}`;
  if (thresholds.length === 0) return { about, mark: 'none', word: 'none set', more: 'nothing was judged' };
  if (failed + noData === 0) return { about, mark: 'good', word: 'passed', more: `all ${of}` };
  const parts = [failed > 0 && `${failed} failed`, noData > 0 && `${noData} without data`];
  return { about, mark: 'bad', word: 'failed', more: `${parts.filter(Boolean).join(', ')} ${of}` };
}

function generator({ health: { verdict } }: Summary): VerdictCell {
  const about = 'Generator';
  if (verdict === 'valid')
    return { about, mark: 'good', word: 'valid', more: 'it kept up with the schedule' };
  const more = 'its own lateness is in the figures';
  return { about, mark: verdict === 'suspect' ? 'doubtful' : 'bad', word: verdict, more };
}

function standIn({ standIn, outcome }: Summary): VerdictCell {
  const about = 'Stand-in';
  if (standIn === null && outcome.state === 'partial')
    return { about, mark: 'none', word: 'no word', more: 'none was used, or it could not be asked any more' };
  if (standIn === null) return { about, mark: 'none', word: 'not used', more: 'the target is not embedded' };
  return standIn.differences.length === 0
    ? { about, mark: 'good', word: 'agrees', more: 'its own counts equal the run’s' }
    : { about, mark: 'bad', word: 'differs', more: 'its own counts are others' };
}

/** Why a verdict is not good, in the words of the summary. */
function reasons({ health, imbalances, standIn, warnings = [] }: Summary): Markup | undefined {
  const said = [
    ...health.reasons.map((reason) => html`<li><b>Generator</b> ${reason}</li>`),
    ...imbalances.map((imbalance) => html`<li><b>The books do not balance</b> ${imbalance}</li>`),
    ...warnings.map((warning) => html`<li><b>Warning</b> ${warning}</li>`),
    ...(standIn?.differences ?? []).map((difference) => html`<li><b>Stand-in</b> ${difference}</li>`),
  ];
  return said.length === 0 ? undefined : html`<ul class="reasons">${said}</ul>`;
}
