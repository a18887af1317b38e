/** Above each chart: its lines by name, each a button that hides it, and their values where the cursor is. */
import type { Chart, Series } from '../chart.ts';
import { atCursor } from './scales.ts';

export interface Legend {
  /** Shows the values at this place of the axis; none where the cursor is not over a chart. */
  show(index: number | null | undefined): void;
}

/** `place` says where the cursor is: `12 s`, `99 %`. `toggle` gets the number of the line, from 0. */
export function makeLegend(
  chart: Chart,
  figure: Element,
  place: (index: number) => string,
  toggle: (line: number, isShown: boolean) => void,
): Legend {
  const where = figure.querySelector('.where')!;
  const entries = chart.series.map((series, line) => {
    const { button, output } = entry(series);
    button.addEventListener('click', () => {
      const isShown = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(isShown));
      toggle(line, isShown);
    });
    figure.querySelector('.legend')!.append(button);
    return { button, output };
  });
  return {
    show(index) {
      const isOver = index !== null && index !== undefined;
      where.textContent = isOver ? `at ${place(index)}` : '';
      for (const [line, { button, output }] of entries.entries()) {
        const isShown = isOver && button.getAttribute('aria-pressed') === 'true';
        output.textContent = isShown ? atCursor(chart.series[line]!.values[index], chart.unit) : '';
      }
    },
  };
}

function entry({ label, colour, dashed, hidden }: Series) {
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-pressed', String(hidden !== true));
  const swatch = document.createElement('i');
  swatch.className = `swatch c${colour}${dashed ? ' dashed' : ''}`;
  const output = document.createElement('output');
  button.append(swatch, label, output);
  return { button, output };
}
