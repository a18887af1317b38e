/** The axes of a chart as uPlot takes them. */
import type uPlot from 'uplot';
import type { Chart } from '../chart.ts';
import { colour } from './colours.ts';
import {
  atLoad,
  atNs,
  atPercentile,
  atTick,
  atTime,
  logRange,
  logTicks,
  PERCENTILE_TICKS,
  TIME_STEPS,
} from './scales.ts';

export function scaleX({ axis }: Chart, x: number[]): uPlot.Scale {
  return axis === 'percentile'
    ? { time: false, distr: 3, log: 10 }
    : { time: false, range: (_self, min, max) => [min ?? 0, max ?? x.at(-1) ?? 1] };
}

export function scaleY({ scale, unit }: Chart): uPlot.Scale {
  if (scale === 'log') return { distr: 3, log: 10, range: (_self, min, max) => logRange(min, max) };
  return {
    range: (_self, _min, max) => {
      const top = unit === '%' ? Math.max(max ?? 0, 4) : (max ?? 0);
      return [0, top > 0 ? top * 1.06 : 1];
    },
  };
}

const FONT = '12px system-ui, sans-serif';

function axisOf(more: uPlot.Axis): uPlot.Axis {
  return {
    stroke: () => colour('muted'),
    font: FONT,
    grid: { stroke: () => colour('grid'), width: 1 },
    ticks: { show: false },
    gap: 6,
    ...more,
  };
}

/** Below it, 50 % and 75 % would stand in the way of 90 %. */
const ROOM_FOR_ALL = 640;

function isNine(odds: number): boolean {
  return Number.isInteger(Math.log10(odds));
}

export function axisX({ axis }: Chart): uPlot.Axis {
  if (axis === 'ns') return axisOf({ size: 26, space: 80, values: (_self, ticks) => ticks.map(atNs) });
  if (axis === 'load')
    return axisOf({ size: 26, space: 64, incrs: WHOLE, values: (_self, ticks) => ticks.map(atLoad) });
  if (axis === 'time')
    return axisOf({ size: 26, space: 64, incrs: TIME_STEPS, values: (_self, ticks) => ticks.map(atTime) });
  return axisOf({
    size: 26,
    splits: (self) => {
      const { min, max } = self.scales.x!;
      const ticks = self.width < ROOM_FOR_ALL ? PERCENTILE_TICKS.filter(isNine) : PERCENTILE_TICKS;
      return ticks.filter((tick) => tick >= min! * 0.999 && tick <= max! * 1.001);
    },
    filter: (_self, ticks) => ticks,
    values: (_self, ticks) => ticks.map(atPercentile),
  });
}

export function axisY({ scale, unit }: Chart): uPlot.Axis {
  const values = (_self: uPlot, ticks: number[]): string[] => ticks.map((tick) => atTick(tick, unit));
  const size = 58;
  if (scale === 'linear')
    return axisOf({ size, space: 34, values, ...(unit === 'count' ? { incrs: WHOLE } : {}) });
  return axisOf({
    size,
    splits: (_self, _axis, min, max) => logTicks(min, max),
    filter: (_self, ticks) => ticks,
    values,
  });
}

/** Half a connection is none. */
const WHOLE = [1, 2, 5]
  .flatMap((place) => Array.from({ length: 8 }, (_, power) => place * 10 ** power))
  .sort((a, b) => a - b);
