/** One chart, by uPlot. */
import uPlot from 'uplot';
import type { Chart, PageData, Series } from '../chart.ts';
import { axisX, axisY, scaleX, scaleY } from './axes.ts';
import { colour } from './colours.ts';
import { makeLegend } from './legend.ts';
import { atLoad, atNs, atPercentile, atTime } from './scales.ts';

const HEIGHT: Record<Chart['axis'], number> = { time: 170, percentile: 340, ns: 340, load: 240 };

const AT = { time: atTime, percentile: atPercentile, ns: atNs, load: atLoad };

/** Points are drawn while they are this far apart, and where a line has no neighbour to go to. */
const POINT_SPACE = 12;

export function drawChart(chart: Chart, { axes, endOfRun, knee }: PageData): uPlot {
  const figure = document.getElementById(chart.id)!;
  const into = figure.querySelector<HTMLElement>('.plot')!;
  const x = axes[chart.axis] ?? [];
  // What is named first is drawn last, above the others.
  const lines = chart.series.toReversed();
  const at = AT[chart.axis];
  const legend = makeLegend(
    chart,
    figure,
    (index) => at(x[index]!),
    (line, show) => plot.setSeries(chart.series.length - line, { show }),
  );
  const size = () => ({ width: into.clientWidth, height: HEIGHT[chart.axis] });
  const plot = new uPlot(
    {
      ...size(),
      padding: [8, chart.axis === 'time' ? 14 : 28, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { size: 7 },
        drag: { x: true, y: false },
        ...(chart.axis === 'time' ? { sync: { key: 'time' } } : {}),
      },
      scales: { x: scaleX(chart, x), y: scaleY(chart) },
      axes: [axisX(chart), axisY(chart)],
      series: [{}, ...lines.map(line)],
      hooks: {
        drawClear: [(self) => drawBelow(self, chart, endOfRun, knee)],
        setCursor: [(self) => legend.show(self.cursor.idx)],
      },
    },
    [x, ...lines.map(({ values }) => values)],
    into,
  );
  new ResizeObserver(() => {
    if (into.clientWidth !== plot.width) plot.setSize(size());
  }).observe(into);
  return plot;
}

function line({ label, colour: number, dashed, steps, hidden }: Series): uPlot.Series {
  const stroke = (): string => colour(`c${number}`);
  return {
    label,
    show: hidden !== true,
    stroke,
    width: 1.75,
    ...(dashed ? { dash: [6, 4] } : {}),
    ...(steps ? { paths: uPlot.paths.stepped!({ align: -1 }) } : {}),
    points: {
      size: 5,
      stroke,
      fill: stroke,
      show: !steps,
      // Null is all of them.
      filter: (self, index) => (isSparse(self) ? null : isolated(self.data[index]!)),
    },
  };
}

function isSparse({ data, width }: uPlot): boolean {
  return data[0].length * POINT_SPACE < width;
}

/** The places of values that have no neighbour to draw a line to. */
function isolated(values: uPlot.AlignedData[number]): number[] {
  const isThere = (at: number): boolean => (values[at] ?? null) !== null;
  return Array.from({ length: values.length }, (_, at) => at).filter(
    (at) => isThere(at) && !isThere(at - 1) && !isThere(at + 1),
  );
}

/** Under the lines. */
function drawBelow(self: uPlot, { axis }: Chart, endOfRun: number, knee: number | undefined): void {
  if (axis === 'time') shade(self, endOfRun);
  if (axis === 'load' && knee !== undefined) mark(self, knee);
}

/** What comes after the end of the run. */
function shade(self: uPlot, end: number): void {
  const { ctx, bbox } = self;
  const from = Math.max(bbox.left, self.valToPos(end, 'x', true));
  const right = bbox.left + bbox.width;
  if (!(from < right)) return;
  ctx.save();
  ctx.fillStyle = colour('shade');
  ctx.fillRect(from, bbox.top, right - from, bbox.height);
  ctx.restore();
}

/** The load that is marked. */
function mark(self: uPlot, load: number): void {
  const { ctx, bbox } = self;
  const at = Math.round(self.valToPos(load, 'x', true));
  if (!(at >= bbox.left && at <= bbox.left + bbox.width)) return;
  ctx.save();
  ctx.fillStyle = colour('muted');
  ctx.fillRect(at, bbox.top, Math.ceil(devicePixelRatio), bbox.height);
  ctx.restore();
}
