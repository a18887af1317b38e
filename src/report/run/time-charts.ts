/** The run over time: one value a second in every chart, all on one axis. */
import type { WorkerVitals } from '../../metrics/health/health.ts';
import type { SecondFacts, Summary } from '../../metrics/summary.ts';
import { type Counter, TIME_TRENDS } from '../../model/metrics/metric-names.ts';
import { TIME_ROWS } from '../../model/metrics/trends.ts';
import type { Chart, Colour, Series } from '../page/chart.ts';

/** A chart with what is written above it. */
export interface TitledChart {
  title: string;
  chart: Chart;
}

/** Places on the axis, in seconds: the start line, and the ends of the seconds. What holds for a second is drawn from one to the next. */
export function timeAxis({ windows }: Summary): number[] {
  return [0, ...windows.map(({ toMs }) => toMs / 1e3)];
}

export function loadCharts(summary: Summary): TitledChart[] {
  const { windows, counters } = summary;
  const rate = (label: string, counter: Counter, colour: Colour): Series[] =>
    counters[counter] === 0 ? [] : [steps(label, colour, windows, (second) => rateIn(second, counter))];
  const open: Series = {
    label: 'open',
    colour: 1,
    values: [windows.length > 0 ? 0 : null, ...windows.map(({ open }) => open)],
  };
  return [
    titled('Connections open', time('open', 'count', 'linear', [open])),
    titled(
      'Connects',
      time('connects', 'per second', 'linear', [
        ...rate('ok', 'connects_ok', 1),
        ...rate('failed', 'connects_failed', 2),
        ...rate('dropped', 'connects_dropped', 5),
        ...rate('tried again', 'connects_retried', 6),
        ...rate('disconnected', 'disconnects', 4),
        ...rate('reconnected', 'reconnects_ok', 3),
      ]),
    ),
    titled(
      'Messages',
      time('messages', 'per second', 'linear', [
        ...rate('sent', 'messages_sent', 1),
        ...rate('acked', 'messages_acked', 3),
        ...rate('received', 'messages_received', 4),
        ...rate('failed', 'messages_failed', 2),
      ]),
    ),
  ].filter(({ chart }) => chart.series.length > 0);
}

/** Trends of what a device or its user waits for; the parts of it are in the percentile curves. */
export const END_TO_END = TIME_TRENDS.filter((name) => TIME_ROWS[name].group === 'end-to-end');

export function latencyCharts({ windows, trends }: Summary): TitledChart[] {
  return END_TO_END.filter((name) => trends[name] !== null).map((name) => {
    const of = (label: 'p50' | 'p99' | 'max', colour: Colour): Series => ({
      label,
      colour,
      values: [null, ...windows.map((second) => second.trends[name]?.[label] ?? null)],
    });
    const series = [of('p50', 1), of('p99', 2), of('max', 7)];
    return titled(name, time(`latency-${name}`, 'ms', 'log', series));
  });
}

/** Most lines that can be told apart: of more workers the lowest, the middle and the highest are drawn. */
const MOST_LINES = 6;

export function healthCharts({ windows, health }: Summary): TitledChart[] {
  const workers = health.workers.length;
  const chart = (
    title: string,
    id: string,
    unit: Chart['unit'],
    of: (vitals: WorkerVitals) => number | null,
  ): TitledChart => {
    const rows = windows.map((second) =>
      Array.from({ length: workers }, (_, worker) => {
        const vitals = second.workers[worker];
        return vitals && !second.closing ? of(vitals) : null;
      }),
    );
    return titled(
      title,
      time(`health-${id}`, unit, 'linear', workers > MOST_LINES ? spread(rows) : lines(rows, workers)),
    );
  };
  const percent = (share: number | null): number | null =>
    share === null ? null : Math.round(share * 1e4) / 100;
  return [
    chart('Event loop busy', 'utilization', '%', ({ utilization }) => percent(utilization)),
    chart('CPU of the thread', 'cpu', '%', ({ cpu }) => percent(cpu)),
    chart('Garbage collection', 'gc', '%', ({ gc }) => percent(gc)),
    chart('Longest hold-up of the event loop', 'loop-delay', 'ms', ({ loopDelayMaxMs }) => loopDelayMaxMs),
  ];
}

function lines(rows: (number | null)[][], workers: number): Series[] {
  return Array.from({ length: workers }, (_, worker) =>
    held(
      `worker ${worker}`,
      ((worker % MOST_LINES) + 1) as Colour,
      rows.map((row) => row[worker] ?? null),
    ),
  );
}

function spread(rows: (number | null)[][]): Series[] {
  const sorted = rows.map((row) => row.filter((value) => value !== null).sort((a, b) => a - b));
  const at = (share: number): (number | null)[] =>
    sorted.map((row) => row[Math.round(share * (row.length - 1))] ?? null);
  return [
    held('highest worker', 2, at(1)),
    held('middle worker', 1, at(0.5)),
    held('lowest worker', 7, at(0)),
  ];
}

function steps(
  label: string,
  colour: Colour,
  windows: SecondFacts[],
  of: (second: SecondFacts) => number | null,
): Series {
  return held(label, colour, windows.map(of));
}

function held(label: string, colour: Colour, values: (number | null)[]): Series {
  return { label, colour, steps: true, values: [values[0] ?? null, ...values] };
}

/** Rate of a counter in a second; null while connections were being closed: what is left of a second then says nothing of a rate. */
export function rateIn({ counters, closing, fromMs, toMs }: SecondFacts, counter: Counter): number | null {
  const seconds = (toMs - fromMs) / 1e3;
  return closing || seconds <= 0 ? null : Math.round(((counters[counter] ?? 0) / seconds) * 100) / 100;
}

function time(id: string, unit: Chart['unit'], scale: Chart['scale'], series: Series[]): Chart {
  return { id, axis: 'time', unit, scale, series };
}

function titled(title: string, chart: Chart): TitledChart {
  return { title, chart };
}
