/** What the page's script draws: plain data in a block of the page. */

/** Number in the palette of report.css: 1 to 7, told apart by the colour-blind too. */
export type Colour = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export interface Series {
  label: string;
  /** Values, one for each place of the axis; null where there is none. */
  values: (number | null)[];
  colour: Colour;
  /** Tells apart what shares a colour. */
  dashed?: true;
  /** A value that holds for the whole second rather than at its end. */
  steps?: true;
  /** Not drawn until its legend is clicked. */
  hidden?: true;
}

export interface Chart {
  /** Id of the element it is drawn in. */
  id: string;
  /**
   * `time` is seconds since the start line; `percentile` is 1 / (1 - p), on a log scale; `ns` is nanoseconds; `load` is connections, or
   * how many of something per second.
   */
  axis: 'time' | 'percentile' | 'ns' | 'load';
  unit: 'count' | 'per second' | 'ms' | '%';
  scale: 'linear' | 'log';
  series: Series[];
}

export interface PageData {
  /** Empty where no chart has it. */
  axes: Record<Exclude<Chart['axis'], 'load'>, number[]> & { load?: number[] };
  /** A load that is marked by an upright line. */
  knee?: number;
  /** What comes after is shaded. Seconds. */
  endOfRun: number;
  charts: Chart[];
}

export function isEmpty({ series }: Chart): boolean {
  return series.every(({ values }) => values.every((value) => value === null));
}
