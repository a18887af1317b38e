/** The page's own script: draws the charts of the data block, each into the figure of its id. */
import type { PageData } from '../chart.ts';
import { drawChart } from './draw.ts';

const block = document.getElementById('data')!;
const data = JSON.parse(block.textContent!) as PageData;
const drawn = data.charts.map((chart) => drawChart(chart, data));

function redraw(): void {
  for (const plot of drawn) plot.redraw();
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

// A canvas keeps the colours it was drawn with: for paper it is drawn anew, in those of the light scheme.
addEventListener('beforeprint', () => {
  document.documentElement.classList.add('on-paper');
  redraw();
});
addEventListener('afterprint', () => {
  document.documentElement.classList.remove('on-paper');
  redraw();
});
