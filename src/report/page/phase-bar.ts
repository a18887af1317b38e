/** Where the time of a connect goes: the means of its phases as one bar. */
import type { Summary } from '../../metrics/summary.ts';
import { TIME_TRENDS } from '../../model/metrics/metric-names.ts';
import { TIME_ROWS } from '../../model/metrics/trends.ts';
import type { Colour } from './chart.ts';
import { html, type Markup } from './markup.ts';
import { ms, NOT_AVAILABLE, percent } from './numbers.ts';

/** Phases in the order in which they happen. */
const PHASES = TIME_TRENDS.flatMap((trend) => {
  const { phase } = TIME_ROWS[trend];
  return phase === undefined ? [] : [{ trend, ...phase }];
});

interface Part {
  name: string;
  says: string;
  /** Per connect, ms: a phase that only some connects had counts by their number. */
  mean: number | null;
  colour: Colour;
}

export function phaseBar({ trends }: Summary): Markup {
  const whole = trends.connect_service;
  if (whole === null) return html`<p>${NOT_AVAILABLE}: no device connected.</p>`;
  const parts = PHASES.map(({ trend, name, says, colour }): Part => {
    const stats = trends[trend];
    const mean = stats === null ? null : (stats.mean * stats.count) / whole.count;
    return { name, says, mean, colour };
  });
  return html`
<svg class="phases" role="img" aria-label="Mean time of each phase of a connect" height="28">${bars(parts, whole.mean)}</svg>
<div class="scroll"><table class="phases">
<thead><tr><th>phase</th><th class="number">mean, ms</th><th class="number">share</th><th class="words">is</th></tr></thead>
<tbody>${parts.map((part) => row(part, whole.mean))}</tbody>
<tfoot><tr><th>connect_service</th><td class="number">${ms(whole.mean)}</td><td class="number">100.0 %</td><td class="words">of ${whole.count} connects</td></tr></tfoot>
</table></div>`;
}

function bars(parts: Part[], whole: number): Markup[] {
  let from = 0;
  return parts
    .filter(({ mean }) => mean !== null && mean > 0)
    .map(({ name, mean, colour }) => {
      const width = whole > 0 ? (mean! / whole) * 100 : 0;
      const bar = html`<rect class="c${colour}" x="${from.toFixed(3)}%" width="${width.toFixed(3)}%" height="28"><title>${name}: ${mean!.toFixed(3)} ms</title></rect>`;
      from += width;
      return bar;
    });
}

function row({ name, says, mean, colour }: Part, whole: number): Markup {
  const figures =
    mean === null
      ? html`<td class="number">${NOT_AVAILABLE}</td><td class="number"></td>`
      : html`<td class="number">${ms(mean)}</td><td class="number">${whole > 0 ? percent(mean / whole) : NOT_AVAILABLE}</td>`;
  return html`<tr><th><i class="swatch c${colour}"></i>${name}</th>${figures}<td class="words">${says}</td></tr>
`;
}
