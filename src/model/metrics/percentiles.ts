/** The percentiles that reports give of a trend, lowest first. One row is all that is said of one. */

interface PercentileRow {
  percent: number;
  /** Narrowest table that it stands in: every one, all of text and the page, or the page alone. */
  shownIn: Table;
  /** Whether a summary may have been written before there was this percentile, and lack it. */
  addedLater?: true;
}

/** Tables, from the narrowest to the widest. */
const TABLES = ['brief', 'text', 'page'] as const;
type Table = (typeof TABLES)[number];

const ROWS = {
  p50: { percent: 50, shownIn: 'brief' },
  p75: { percent: 75, shownIn: 'page' },
  p90: { percent: 90, shownIn: 'brief' },
  p95: { percent: 95, shownIn: 'page' },
  p99: { percent: 99, shownIn: 'brief' },
  p999: { percent: 99.9, shownIn: 'text' },
} as const satisfies Record<string, PercentileRow>;

export type Percentile = keyof typeof ROWS;
type AddedLater = {
  [Name in Percentile]: (typeof ROWS)[Name] extends { addedLater: true } ? Name : never;
}[Percentile];
/** Values of the percentiles, in the unit of the trend; those that were added later are absent from a run of before. */
export type PercentileValues = Record<Exclude<Percentile, AddedLater>, number> &
  Partial<Record<AddedLater, number>>;

export const PERCENTILE_ROWS: Readonly<Record<Percentile, PercentileRow>> = ROWS;
export const PERCENTILES = Object.keys(ROWS) as readonly Percentile[];

function shownIn(table: Table): Percentile[] {
  const isIn = (name: Percentile): boolean =>
    TABLES.indexOf(PERCENTILE_ROWS[name].shownIn) <= TABLES.indexOf(table);
  return PERCENTILES.filter(isIn);
}

/** Heads of the columns in a table of this width: p99.9. */
export function percentileHeads(table: Table): string[] {
  return shownIn(table).map((name) => `p${PERCENTILE_ROWS[name].percent}`);
}

/** Values under these heads; undefined where a run of before has none. */
export function percentilesIn(table: Table, values: PercentileValues): (number | undefined)[] {
  return shownIn(table).map((name) => values[name]);
}
